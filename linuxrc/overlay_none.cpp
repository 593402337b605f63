// For a build without overlays: no kernel that it is for has them.
#include "linuxrc/overlay.hpp"

namespace linuxrc {

bool lies_over_root(const Facts&) {
  return false;
}

std::optional<Step> inverse_of_overlay(const Step&) {
  return std::nullopt;
}

const char* describe_over_root() {
  return "";
}

const char* path_over_root(const Facts&, Plan&) {
  return "";
}

void choose_over_root(const char* const*, Facts&) {}

common::Status perform_overlay(Machine&, const Step&) {
  return common::Done{};
}

void plan_find_upper(const Facts&, Plan&) {}
void plan_format_upper(const Facts&, Plan&) {}
void plan_mount_upper(const Facts&, Plan&) {}
void plan_prepare_upper(const Facts&, Plan&) {}
void plan_overlay(const Facts&, Plan&) {}
void plan_switch_over_root(const Facts&, Plan&) {}

}  // namespace linuxrc
