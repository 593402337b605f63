#include "linuxrc/facts.hpp"

#include <iterator>

#include "common/sizes.hpp"
#include "linuxrc/device.hpp"

namespace linuxrc {

KernelVersion parse_kernel_version(std::string_view release) {
  unsigned parts[3] = {};  // "7" alone is 7.0.0
  std::size_t at = 0;
  for (const char c : release) {
    const unsigned digit = static_cast<unsigned>(c) - '0';
    if (digit < 10)
      parts[at] = parts[at] * 10 + digit;
    else if (c == '.' && at + 1 < std::size(parts))
      ++at;
    else
      break;
  }
  return {parts[0], parts[1], parts[2]};
}

bool is_memory(std::uint64_t magic) {
  constexpr std::uint64_t ramfs = 0x858458f6;  // linux/magic.h
  constexpr std::uint64_t tmpfs = 0x01021994;
  return magic == ramfs || magic == tmpfs;
}

const Options& Facts::options() const {
  const unsigned revision = command_line.revision() + configuration.revision() + 1;
  if (options_revision_ != revision) options_ = read_options(command_line, configuration);
  options_revision_ = revision;
  return options_;
}

Role role_of(const Facts& facts) {
  if (lies_over_root(facts)) return Role::over_root;
  if (facts.pid == 1) return facts.root_in_memory ? Role::initramfs_init : Role::ram_init;
  // The kernel runs /linuxrc with the RAM disk as /; so does our own /init, as a child.
  const bool on_ram_disk =
      is_ram_disk(facts.root_device) || facts.root_device == facts.ram_disk_device;
  return on_ram_disk ? Role::kernel_linuxrc : Role::not_ours;
}

Freeing freeing_of(const Facts& facts, dev_t device) {
  constexpr unsigned loop_major = 7;
  if (major(device) == loop_major) return Freeing::unmount;
  if (facts.zram_major != 0 && major(device) == facts.zram_major) return Freeing::discard;
  if (!is_ram_disk(device)) return Freeing::nothing;
  if (facts.kernel.before(4, 14)) return Freeing::flush;
  if (!facts.kernel.before(6, 10)) return Freeing::discard;
  return facts.brd_is_module ? Freeing::unload : Freeing::impossible;
}

}  // namespace linuxrc
