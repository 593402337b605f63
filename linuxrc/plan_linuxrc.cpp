// The stage of the image's own /linuxrc.
#include "linuxrc/plan.hpp"
#include "linuxrc/root_chain.hpp"

namespace linuxrc {
namespace {

// What kernels from 7.0 on lack.
constexpr const char* stand_in = "/stand-in";
constexpr const char* stand_in_file = "/stand-in/real-root-dev";

// That of /sys/firmware/initrd cannot be removed.
constexpr const char* loaded_image = "/initrd.image";

}  // namespace

void plan_linuxrc(const Facts& facts, Plan& plan) {
  const Options& options = facts.options();
  if (role_of(facts) != Role::initramfs_init || !facts.initrd_loaded || root_is_image(facts))
    return;
  const char* file = "/proc/sys/kernel/real-root-dev";
  if (!facts.has_real_root_dev) {
    file = stand_in_file;
    plan.add({.op = Op::make_directory, .target = stand_in, .on_failure = OnFailure::warn});
    plan.add({.op = Op::make_stand_in, .target = stand_in, .on_failure = OnFailure::warn});
  }
  if (options.root != nullptr) {
    // As the kernel: the file holds root= before /linuxrc runs. A root that is not there yet is
    // no failure here, since /linuxrc may make it appear.
    const bool is_real = options.real_root == nullptr;  // and may be the first of a chain
    plan.add({.op = Op::find_root,
              .source = is_real ? current_root(facts, plan).name : options.root,
              .on_failure = OnFailure::ignore});
    plan.add({.op = Op::write_real_root, .source = file, .on_failure = OnFailure::ignore});
  }
  // Read-write even under `ro`, as the kernel; read-only when the file system can only do that.
  plan.add(mount_image(facts, 0));
  // Where the parent waits: from a directory of its own root ".." is what covers that root.
  plan.add({.op = Op::change_directory, .target = "/old"});
  // As the kernel, so that /linuxrc has its memory. Where nothing is run it goes with the
  // initramfs.
  if (facts.initrd_image.view() == loaded_image)
    plan.add({.op = Op::remove_file,
              .target = loaded_image,
              .on_failure = OnFailure::warn,
              .irreversible = true});
  plan.add({.op = Op::run_linuxrc,
            .source = file,
            .target = "/root",
            .on_failure = OnFailure::warn,
            .irreversible = true});
  if (!facts.has_real_root_dev)
    plan.add({.op = Op::detach, .target = stand_in, .on_failure = OnFailure::warn});
}

}  // namespace linuxrc
