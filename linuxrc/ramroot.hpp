// Running in RAM from flash: linuxrc.ramroot= names an image, which is checked, loaded onto a RAM
// disk and mounted as the root, and the flash is unmounted. docs/ramroot.md tells it to its users.
//
// The images of linuxrc.ramroot= and linuxrc.ramroot.fallback= are a chain of roots: the boot
// counter and the reports are those of root_chain.hpp.
#pragma once

#include <string_view>

#include "linuxrc/execute.hpp"

namespace linuxrc {

// Where an image lies, as the command line says it.
struct ImagePlace {
  enum class Form {
    unknown,
    initramfs,   // "/images/root.img": a file of the initramfs
    device,      // "/dev/sda2", "UUID=...": the image is the device's contents
    mtd,         // "mtd2", "mtd:NAME": those of an MTD partition
    file,        // "/dev/sda1:/root.img": a file on the device
    flash_file,  // "mtd2:/root.img", "ubi0:NAME:/root.img": a file on a flash file system
  };
  Form form = Form::unknown;
  std::string_view device;
  std::string_view file;  // with its leading slash
};
ImagePlace parse_image_place(std::string_view text);

// What is asked of one of the images, the `at`th from 0 on.
struct RamrootOptions {
  const char* sum = nullptr;      // linuxrc.ramroot.hash=: its SHA-256 in hexadecimal
  bool bad_word = false;          // a hash or size that makes no sense: no image can pass
  std::uint64_t size = 0;         // linuxrc.ramroot.size=: its bytes; 0 when not given
  std::uint64_t reserve_kib = 0;  // linuxrc.ramroot.reserve=: what must be left of the memory
  bool may_run_in_place = true;   // linuxrc.ramroot.onfail=
};
RamrootOptions ramroot_options(const Facts& facts, unsigned at);

// linuxrc.ramroot= is given, and this role obeys it.
bool wants_ramroot(const Facts& facts);

// The image does not fit into the memory there is, as far as that is known.
bool is_too_large(const Facts& facts, const RamrootOptions& options);
// `head` are the first bytes of a compressed image.
bool is_compressed(std::string_view head);

// Where the flash is mounted; and the node, where the image is a whole device.
constexpr const char* flash_folder = "/flash";
constexpr const char* image_node = "/flash/image";
// And where the root is, before the switch.
constexpr const char* root_folder = "/root";

// The image as this program can open it once it was found; `plan` keeps the text.
const char* image_path(const Facts& facts, Plan& plan);

// Reads what the image, the memory and the drivers are. An error when the image cannot be read.
common::Status gather_ramroot(Machine& machine);

// The stages that find, load and mount the image that is next; plan_root where none is asked for.
common::Status mount_root_of_chain(Machine& machine);
// After the last image failed with `error`: one that is sound is used where it lies, if that is
// the policy. Without any, `error`.
common::Status run_in_place(Machine& machine, const common::Error& error);

// Whether the file `path` is an archive, and what its files will take of memory: 0 when it is
// damaged. An error when it cannot be read.
common::Status measure_archive(Machine& machine, const char* path, bool& is_archive,
                               std::uint64_t& kib);
common::Status unpack(Machine& machine, const Step& step);

// Carries out the steps from find_mtd to unpack.
common::Status perform_ramroot(Machine& machine, const Step& step);

}  // namespace linuxrc
