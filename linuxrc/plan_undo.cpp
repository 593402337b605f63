// What takes a step back.
#include <sys/mount.h>

#include "linuxrc/plan.hpp"

namespace linuxrc {

std::optional<Step> inverse_of(const Step& step) {
  if ((step.flags & MS_REMOUNT) != 0) return std::nullopt;  // it goes with the mount
  switch (step.op) {
    case Op::mount:
    case Op::mount_workspace:
    case Op::mount_root:
    case Op::mount_flash:
    case Op::attach_image:
      return Step{.op = step.op == Op::attach_image ? Op::detach_image : Op::unmount_or_detach,
                  .target = step.target};
    case Op::move_mount:
    case Op::move_old_root:
      return Step{.op = Op::move_mount, .source = step.target, .target = step.source};
    case Op::change_directory:
    case Op::enter_old_root:
      return Step{.op = Op::change_directory, .target = "/"};
    case Op::pivot_root:
      return Step{.op = Op::pivot_back, .source = step.source, .target = step.target};
    case Op::cover_root:
      return Step{.op = Op::uncover_root, .target = step.source};
    case Op::enter_cover:
      return Step{.op = Op::leave_cover};
    default:
      // A directory or a node more, a descriptor, something said; after pivot_root the change of
      // root goes with the pivot back.
      return inverse_of_overlay(step);
  }
}

}  // namespace linuxrc
