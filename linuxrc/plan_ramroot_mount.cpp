// What was loaded is mounted as the root, or, where nothing could be, what it lies on.
#include <sys/mount.h>

#include "linuxrc/plan_ramroot.hpp"

namespace linuxrc {

using Form = ImagePlace::Form;

void plan_in_place(const Facts& facts, const Attempt& attempt, const char* path, Plan& plan) {
  if (facts.ramroot.in_place == InPlace::flash) {
    if (!attempt.on_files())
      refuse(attempt,
             facts.ramroot.archive
                 ? "it is an archive, and lies on no file system that could be the root"
                 : "it is compressed, and lies on no file system that could be the root",
             plan);
    return;
  }
  switch (attempt.place.form) {
    case Form::file:
    case Form::flash_file:
      plan.add({.op = Op::attach_image,
                .source = plan.join(attempt.place.file, ""),
                .target = flash_folder,
                .flags = MS_RDONLY});
      return;
    case Form::initramfs:
      plan.add({.op = Op::attach_image, .source = path, .flags = MS_RDONLY});
      return;
    case Form::mtd: {
      Step find = find_step(facts, attempt, Op::find_mtd, plan);
      find.type = "block";
      plan.add(find);
      return;
    }
    case Form::device:  // is the remembered one
    case Form::unknown:
      return;
  }
}

namespace {

void mount_loaded(const Facts& facts, const Attempt& attempt, const char* types, Plan& plan) {
  const Options& options = facts.options();
  const unsigned long flags = options.read_write ? 0UL : static_cast<unsigned long>(MS_RDONLY);
  if (attempt.on_files())
    plan.add({.op = Op::unmount_or_detach, .target = flash_folder, .on_failure = OnFailure::warn});
  if (!facts.ramroot.archive)
    add(attempt,
        {.op = Op::mount_root,
         .source = ram_disk_node,
         .target = root_folder,
         .type = types,
         .data = options.image_flags,
         .flags = flags,
         .device = facts.ram_disk_device},
        plan);
  plan_init_of_chain(facts, root_folder, options.init, plan);
  // A remount has nothing of its own to take back.
  if (facts.ramroot.archive && flags != 0)
    add(attempt,
        {.op = Op::mount,
         .source = "tmpfs",
         .target = root_folder,
         .type = "tmpfs",
         .flags = flags | MS_REMOUNT},
        plan);
}

}  // namespace

void plan_mount_ramroot(const Facts& facts, Plan& plan) {
  if (!wants_ramroot(facts)) return;
  const Attempt attempt = attempt_of(facts, plan);
  const Options& options = facts.options();
  const char* const types = options.image_types == nullptr ? "" : options.image_types;
  switch (facts.ramroot.in_place) {
    case InPlace::flash:
      plan.add({.op = Op::move_mount, .source = flash_folder, .target = root_folder});
      break;
    case InPlace::image:
      plan.add({.op = Op::mount_root,
                .source = attempt.image.name,
                .target = root_folder,
                .type = types,
                .data = options.image_flags,
                .flags = MS_RDONLY});
      break;
    case InPlace::no:
      mount_loaded(facts, attempt, types, plan);
      break;
  }
}

}  // namespace linuxrc
