// What the boot report says of the overlay.
#include "linuxrc/json.hpp"
#include "linuxrc/overlay.hpp"

namespace linuxrc {
namespace {

bool is_laid = false;

}  // namespace

void note_overlay(bool laid) {
  is_laid = laid;
}

void append_overlay(const Facts& facts, common::Text<24576>& json) {
  if (!is_laid) return;
  const OverlayOptions options = overlay_options(facts);
  const bool intended = options.in_memory || facts.overlay.by_request;
  json.append("\"overlay\":{");
  append_member(json, "upper",
                options.in_memory       ? "tmpfs"
                : options.upper.empty() ? "rootfs_data"
                                        : options.upper.view());
  // As it was found.
  if (!intended) append_member(json, "state", describe(upper_state(facts.overlay.upper)));
  json.append("\"extroot\":%s,\n\"in_memory\":%s},\n", facts.overlay.extroot ? "true" : "false",
              is_in_memory(facts, options) ? "true" : "false");
}

}  // namespace linuxrc
