// World: images on flash that are to run in RAM, and the memory for them.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "linuxrc/device.hpp"
#include "linuxrc/file_sum.hpp"
#include "linuxrc/root_chain.hpp"
#include "linuxrc/root_name.hpp"
#include "tests/linuxrc/world.hpp"

namespace linuxrc::fake {
namespace {

using Form = ImagePlace::Form;

constexpr mode_t file_mode = S_IFREG | 0644;
constexpr unsigned mtd_number = 2;

std::string sum_of(const std::string& text) {
  Sha256 sum;
  sum.update({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
  return hexadecimal(sum.finish()).c_str();
}

}  // namespace

// The image of the facts where `where` says it is; gives what is the root if it cannot be loaded.
FileSystem* World::add_source(const ImagePlace& where, unsigned at) {
  std::string content = facts_.ramroot.compressed ? "\x1f\x8bimage" : "image";
  if (facts_.ramroot.archive) {
    const char* const init = facts_.options().init;
    const auto files = packed_root(init == nullptr ? "/sbin/init" : init);
    archive_is_tar = where.file.ends_with(".tar");
    content = archive_is_tar ? tar_of(files) : cpio_of(files);
  }
  const std::string device(where.device);
  FileSystem* files = nullptr;
  switch (where.form) {
    case Form::initramfs:
      files = kernel.rootfs;
      break;
    case Form::device:
      files = add_disk(makedev(254, at), device.substr(std::size("/dev/") - 1));
      kernel.disks.back().head = content;
      return files;
    case Form::mtd:
      kernel.disks.push_back({makedev(90, 2 * mtd_number), "", nullptr, 1000, 0, "", content});
      return nullptr;
    case Form::file:
      files = add_disk(makedev(254, at), device.substr(std::size("/dev/") - 1));
      break;
    case Form::flash_file:
      files = kernel.flash = add_disk(makedev(31, mtd_number), "");
      kernel.types.emplace_back("nodev\tjffs2");
      break;
    case Form::unknown:
      return nullptr;
  }
  const std::string path(where.file);
  kernel.tree.put(*files, path, file_mode, content);
  // An image that was given up in this boot is damaged.
  const bool damaged = at < facts_.next_root;
  if (facts_.ramroot.sum_beside || damaged)
    kernel.tree.put(*files, path + ".sha256", file_mode,
                    sum_of(damaged ? "another" : content) + "  image\n");
  return facts_.ramroot.compressed || facts_.ramroot.archive ? files : kernel.image_file;
}

void World::add_ramroot() {
  const ChainOptions options = chain_options(facts_);
  if (facts_.ramroot.has_loop) {
    kernel.image_file = add_disk(makedev(7, 0), "loop0");
    kernel.disks.back().fs = nullptr;
  }
  for (unsigned at = 0; !root_of_chain(options.chain.view(), at).empty(); ++at) {
    FileSystem* const fs =
        add_source(parse_image_place(root_of_chain(options.chain.view(), at)), at);
    if (fs != nullptr) chain.push_back(fs);
  }
  chain.push_back(image);
  kernel.tree.put(*kernel.proc, "/mtd", file_mode,
                  "dev:    size   erasesize  name\nmtd2: 00400000 00010000 \"rootfs\"\n");
  if (facts_.ramroot.available_kib != 0) kernel.free_kib = facts_.ramroot.available_kib;
  const RamrootOptions asked_for = ramroot_options(facts_, 0);
  const bool too_large = is_too_large(facts_, asked_for);
  refuses = asked_for.bad_word || (too_large && !asked_for.may_run_in_place);
  if (too_large && !refuses) in_place = chain.front();
  add_count_file(options);
}

}  // namespace linuxrc::fake
