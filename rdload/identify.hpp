// What an image is, told from its first bytes, in the order in which the kernel looks
// (identify_ramdisk_image() in init/do_mounts_rd.c).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace rdload {

enum class Kind : unsigned char { unknown, filesystem, compressed, archive, wrapper };

enum class Format : unsigned char {
  unknown,
  // file systems
  romfs,
  cramfs,
  squashfs,
  minix,
  ext2,
  erofs,
  btrfs,
  iso9660,
  // compressions
  gzip,
  pack,  // 1f 9e: the kernel calls it gzip and then refuses it
  bzip2,
  lzma,
  xz,
  lzo,
  lz4,        // the legacy frame, the only one the kernel knows
  lz4_frame,  // the modern frame
  zstd,
  // neither
  cpio,
  uimage,
};

struct Image {
  Kind kind = Kind::unknown;
  Format format = Format::unknown;
  const char* name = "";    // as the kernel prints it: "ext2", "Minix", "gzip"; static storage
  const char* detail = "";  // the closer name: "ext4", "minix v1, 30-character names"
  // What a file system's superblock claims, in KiB rounded up; nothing for a compression.
  std::optional<std::uint64_t> size_kib;
  // The same claim in bytes, where the format counts so: an image may end there, within a KiB.
  std::uint64_t size_bytes = 0;
  std::uint32_t block_kib = 0;  // ext2: KiB of a block; 0 elsewhere
  // Why the claim cannot be true, or nullptr. Such an image is refused as corrupt.
  const char* flaw = nullptr;
  bool known_to_kernel = false;  // some kernel's table has this row
  // Why kernels from 2.6.30 on recognise this variant of a compression and then refuse it, or
  // nullptr.
  const char* kernel_refusal = nullptr;
  // A wrapper's contents, in bytes from the start of the wrapper.
  std::uint32_t payload_offset = 0;
  std::uint64_t payload_bytes = 0;

  [[nodiscard]] bool is(Kind wanted) const { return kind == wanted; }
};

// Bytes of an image that identify() looks at: up to the end of btrfs's superblock fields.
constexpr std::size_t identify_window = 68 * 1024;
// Bytes that the kernel itself looks at; its own formats need no more.
constexpr std::size_t kernel_window = 1536;

// Which rows are asked: those of the kernel alone, or those beyond it too (after the kernel's).
enum class Rows : unsigned char { kernel, all };

// Identifies the image whose first bytes are `window`. A shorter window reads as if zeros
// followed, so that nothing is ever matched against stale memory. Pure; never fails:
// Kind::unknown is an answer.
Image identify(std::span<const std::byte> window, Rows rows = Rows::all);

// The name of a format for people, such as "gzip" or "lz4 frame".
const char* format_name(Format format);

}  // namespace rdload
