// For a build without the loader, which says so.
#include "linuxrc/plan.hpp"

namespace linuxrc {

bool loads_floppy(const Facts&) {
  return false;
}

void plan_image_node(const Facts&, Plan&) {}

void plan_image(const Facts& facts, Plan& plan) {
  const Options& options = facts.options();
  if (options.no_initrd || (facts.initrd_image.empty() && !root_is_image(facts))) return;
  plan.add({.op = Op::load_image, .source = "/initrd.image", .target = "/dev/ram0"});
}

}  // namespace linuxrc
