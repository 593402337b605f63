// The stage that gives a blank upper a file system. Nothing that could be somebody's is formatted:
// flash is erased where it says so itself, a disk where it is blank and the policy asks for it.
#include <sys/mount.h>

#include "linuxrc/overlay.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/root_name.hpp"

namespace linuxrc {
namespace {

bool is_blank(UpperContents contents) {
  return contents == UpperContents::zeroes || contents == UpperContents::erased;
}

}  // namespace

bool is_to_be_formatted(const Facts& facts, const OverlayOptions& options) {
  const bool flash = parse_root_name(options.upper.view()).form == RootName::Form::flash;
  return !flash && !options.format.empty() && is_blank(facts.overlay.upper.contents);
}

void plan_format_upper(const Facts& facts, Plan& plan) {
  const OverlayOptions options = overlay_options(facts);
  const UpperProbe& upper = facts.overlay.upper;
  if (!wants_overlay(facts) || options.in_memory || facts.overlay.fallback || !upper.found) return;
  const char* const name = plan.join(options.upper.view(), "");
  if (parse_root_name(options.upper.view()).form == RootName::Form::flash) {
    // OpenWrt's images end with it: what follows is of no firmware's use.
    if (upper.contents == UpperContents::dead_code)
      plan.add(
          {.op = Op::erase_flash, .source = name, .device = upper.device, .irreversible = true});
    return;
  }
  if (!is_to_be_formatted(facts, options)) return;
  const bool over_root = role_of(facts) == Role::over_root;
  const char* const root = over_root ? "" : in_workspace(facts, plan, "/root");
  const char* const dev = over_root ? "" : plan.join(root, "/dev");
  if (!over_root)
    plan.add({.op = Op::mount,
              .source = in_workspace(facts, plan, "/dev"),
              .target = dev,
              .type = "none",
              .flags = MS_BIND});
  plan.add({.op = Op::format_upper,
            .source = plan.join("mkfs.", options.format.view()),
            .target = root,
            .type = over_root ? in_workspace(facts, plan, "/dev/upper") : "/dev/upper",
            .device = upper.device,
            .on_failure = OnFailure::warn,
            .irreversible = true});
  if (!over_root)
    plan.add({.op = Op::unmount_or_detach, .target = dev, .on_failure = OnFailure::warn});
}

}  // namespace linuxrc
