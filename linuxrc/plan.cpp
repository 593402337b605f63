#include "linuxrc/plan.hpp"

#include <cstring>

#include "linuxrc/device.hpp"

namespace linuxrc {

void Plan::add(const Step& step) {
  if (count_ == most_steps) {
    overflowed_ = true;
    return;
  }
  steps_[count_++] = step;
}

void Plan::drop_last() {
  --count_;
  if (!overflowed_) texts_used_ = static_cast<std::size_t>(steps_[count_].source - texts_.data());
}

void Plan::drop_unmount(const char* target) {
  for (std::size_t i = count_; i-- > 0;) {
    if (steps_[i].op != Op::unmount_or_detach || std::strcmp(steps_[i].target, target) != 0)
      continue;
    --count_;
    for (; i < count_; ++i) steps_[i] = steps_[i + 1];
    return;
  }
}

const char* Plan::join(std::string_view first, std::string_view second) {
  const std::size_t size = first.size() + second.size() + 1;
  if (size > texts_.size() - texts_used_) {
    overflowed_ = true;
    return "";
  }
  char* const text = texts_.data() + texts_used_;
  std::memcpy(text, first.data(), first.size());
  std::memcpy(text + first.size(), second.data(), second.size());
  text[size - 1] = '\0';
  texts_used_ += size;
  return text;
}

std::span<const Stage> stages() {
  static constexpr std::array<Stage, 16> all{{{"workspace", plan_workspace},
                                              {"load", plan_load},
                                              {"linuxrc", plan_linuxrc},
                                              {"choose", plan_choose},
                                              {"network", plan_network, true},
                                              {"root", plan_root_of_chain},
                                              {"find image", plan_find_image, true},
                                              {"load image", plan_load_ramroot, true},
                                              {"RAM root", plan_mount_ramroot, true},
                                              {"find upper", plan_find_upper, true},
                                              {"format upper", plan_format_upper, true},
                                              {"mount upper", plan_mount_upper, true},
                                              {"prepare upper", plan_prepare_upper, true},
                                              {"overlay", plan_overlay, true},
                                              {"directories", plan_directories, true},
                                              {"switch", plan_switch}}};
  return all;
}

const char* describe(Role role) {
  switch (role) {
    case Role::not_ours:
      return "none: not started by a kernel that boots";
    case Role::kernel_linuxrc:
      return "/linuxrc, run by the kernel";
    case Role::ram_init:
      return "init=/linuxrc, PID 1 on the RAM disk";
    case Role::initramfs_init:
      return "/init of an initramfs";
    case Role::over_root:
      break;
  }
  return describe_over_root();
}

const char* describe(Freeing freeing) {
  switch (freeing) {
    case Freeing::nothing:
      return "not a RAM disk: nothing to free";
    case Freeing::flush:
      return "BLKFLSBUF";
    case Freeing::discard:
      return "BLKDISCARD";
    case Freeing::unmount:
      return "unmounting its last user";
    case Freeing::unload:
      return "unloading the brd module";
    case Freeing::impossible:
      return "not possible: brd is built in and has no discard before Linux 6.10";
  }
  return "";
}

}  // namespace linuxrc
