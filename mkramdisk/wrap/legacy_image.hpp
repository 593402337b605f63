// The initrd that is to be wrapped or inspected: what it is, and which bytes of the file it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/error.hpp"
#include "mkramdisk/wrap/uimage.hpp"
#include "rdload/load.hpp"

namespace mkramdisk::wrap {

// Where in a file the image lies.
struct Place {
  std::string path;
  std::uint64_t offset = 0;             // bytes before it; what comes before is not kept
  std::uint64_t start_kib = 0;          // ramdisk_start=, from there on; what comes before is kept
  std::optional<std::uint64_t> length;  // bytes from the offset; else to the end of the file
};

struct LegacyImage {
  Place place;
  rdload::ImageFacts facts;
  // The bytes of the file that a boot loader would hand to the kernel. A uImage's header is not
  // among them: U-Boot takes it off.
  std::uint64_t begin = 0;
  std::uint64_t bytes = 0;
  std::uint64_t ram_kib = 0;  // what the RAM disk must hold; 0 when that is not known
  std::optional<UImageHeader> uimage;
};

// Looks at the file and decodes nothing but the beginning. Any kind of image is an answer. Errors:
// the file's (system), and corrupt for a uImage whose header's checksum is wrong.
common::Result<LegacyImage> look_at(const Place& place);

// Makes sure that the image is a legacy one and whole: a compressed one is decoded to its end,
// which gives ram_kib. Errors: not_usable for an initramfs or nothing known, corrupt for what is
// damaged or shorter than it claims.
common::Status check_whole(LegacyImage& image);

// "gzip image, ext2 file system inside, 4096 KiB, in a uImage".
std::string describe(const LegacyImage& image);

}  // namespace mkramdisk::wrap
