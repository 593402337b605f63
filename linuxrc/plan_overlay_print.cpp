// The overlay's steps as text, and what takes them back.
#include "linuxrc/overlay.hpp"
#include "linuxrc/plan.hpp"

namespace linuxrc {

std::optional<Step> inverse_of_overlay(const Step& step) {
  if (step.op == Op::move_mounts)
    return Step{.op = Op::move_mounts, .source = step.target, .target = step.source};
  if (step.op != Op::mount_upper && step.op != Op::mount_overlay) return std::nullopt;
  return Step{.op = Op::unmount_or_detach, .target = step.target};
}

const char* describe_over_root() {
  return "mount_root: an overlay over the current root";
}

void describe_overlay(const Step& step, common::Text<512>& line) {
  switch (step.op) {
    case Op::find_upper:
      line.append("find the upper %s, waiting at most %llu s", step.source,
                  static_cast<unsigned long long>(step.number));
      break;
    case Op::mount_upper:
      line.append("mount the upper %s on %s, type %s", step.source, step.target,
                  *step.type == '\0' ? "as the kernel probes" : step.type);
      append_mount_options(step, line);
      break;
    case Op::mount_overlay:
      line.append("mount %s on %s, type %s", step.source, step.target, step.type);
      append_mount_options(step, line);
      break;
    case Op::set_link:
      line.append("make %s a link that says %s", step.target, step.source);
      break;
    case Op::rename:
      line.append("rename %s to %s", step.source, step.target);
      break;
    case Op::set_aside:
      line.append("rename %s to a name beside it that is free", step.target);
      break;
    case Op::wipe:
      line.append("delete all that %s holds", step.target);
      if (*step.source != '\0') line.append(", but %s", step.source);
      break;
    case Op::renew_work:
      line.append("empty %s, or rename it to a name beside it that is free", step.target);
      break;
    case Op::record_root:
      line.append("record in %s that it is for the root %s", step.target, step.source);
      break;
    case Op::erase_flash:
      line.append("erase the flash partition %s, from the mark 0xdeadc0de on", step.source);
      break;
    case Op::format_upper:
      line.append("make a file system on the blank upper: %s %s in %s", step.source, step.type,
                  *step.target == '\0' ? "/" : step.target);
      break;
    case Op::copy_changes:
      line.append("copy the changes in %s to %s", step.source, step.target);
      break;
    case Op::copy_listed:
      line.append("copy what sysupgrade's lists name from %s to %s", step.source, step.target);
      break;
    case Op::remove_copy:
      line.append("remove the copy %s, which was cut short", step.target);
      break;
    case Op::move_mounts:
      line.append("move what is mounted on %s/, but /rom and /overlay, to %s/", step.source,
                  step.target);
      break;
    case Op::leave:
      line.append("exit with code 0");
      break;
    default:
      break;
  }
}

}  // namespace linuxrc
