// An image that is to run in RAM is found. Its other stages are in plan_ramroot_load.cpp and
// plan_ramroot_mount.cpp. What fails leaves it to the next image of the chain.
#include "linuxrc/plan_ramroot.hpp"

#include <sys/mount.h>

#include "linuxrc/root_name.hpp"

namespace linuxrc {
namespace {

using Form = ImagePlace::Form;

Step mount_flash_step(const Attempt& attempt, Plan& plan) {
  Step mount{.op = Op::mount_root,
             .source = plan.join(attempt.place.device, ""),
             .target = flash_folder,
             .flags = MS_RDONLY};
  if (attempt.place.form == Form::flash_file) {
    mount.op = Op::mount_flash;
    mount.type = flash_type(attempt.place.device);
  }
  return mount;
}

}  // namespace

Attempt attempt_of(const Facts& facts, Plan& plan) {
  const RamrootFacts& found = facts.ramroot;
  CurrentRoot image = current_root(facts, plan);
  if (found.in_place != InPlace::no) {
    const ChainOptions chain = chain_options(facts);
    image = {plan.join(root_of_chain(chain.chain.view(), found.place_at), ""), found.place_at,
             true};
  }
  return {image, parse_image_place(image.name), ramroot_options(facts, image.at)};
}

void add(const Attempt& attempt, Step step, Plan& plan) {
  let_next_root_follow(attempt.image, step);
  plan.add(step);
}

void refuse(const Attempt& attempt, const char* why, Plan& plan) {
  add(attempt, {.op = Op::refuse, .source = plan.join(plan.join(attempt.image.name, ": "), why)},
      plan);
}

Step find_step(const Facts& facts, const Attempt& attempt, Op op, Plan& plan) {
  return {.op = op,
          .source = plan.join(attempt.place.device, ""),
          .number = facts.options().root_wait_s};
}

const char* image_path(const Facts& facts, Plan& plan) {
  const Attempt attempt = attempt_of(facts, plan);
  switch (attempt.place.form) {
    case Form::initramfs:
      return plan.join(attempt.place.file, "");
    case Form::file:
    case Form::flash_file:
      return plan.join(flash_folder, attempt.place.file);
    default:
      return image_node;
  }
}

void plan_find_image(const Facts& facts, Plan& plan) {
  if (!wants_ramroot(facts)) return;
  const Attempt attempt = attempt_of(facts, plan);
  const bool in_place = facts.ramroot.in_place != InPlace::no;
  const std::uint32_t delay_s = facts.options().root_delay_s;
  if (delay_s != 0 && attempt.image.at == 0 && !in_place)
    plan.add({.op = Op::wait, .number = delay_s});
  if (!in_place) plan_count(facts, plan);
  const bool mounts = attempt.place.form == Form::file ||
                      (attempt.place.form == Form::flash_file && !attempt.place.file.empty());
  if (attempt.place.form == Form::unknown || (attempt.place.form == Form::flash_file && !mounts)) {
    refuse(attempt, "not DEVICE, DEVICE:/PATH, mtdN, mtd:NAME or /PATH of the initramfs", plan);
    return;
  }
  if (attempt.options.bad_word) {
    refuse(attempt, "linuxrc.ramroot.hash= is not sha256:HEX, or a size is no number", plan);
    return;
  }
  if (attempt.place.form == Form::initramfs) return;
  if (attempt.place.form == Form::file || attempt.place.form == Form::device)
    add(attempt, find_step(facts, attempt, Op::find_root, plan), plan);
  if (attempt.place.form == Form::mtd)
    add(attempt, find_step(facts, attempt, Op::find_mtd, plan), plan);
  add(attempt, {.op = Op::make_directory, .target = flash_folder}, plan);
  if (mounts)
    add(attempt, mount_flash_step(attempt, plan), plan);
  else
    add(attempt, {.op = Op::make_source, .target = image_path(facts, plan)}, plan);
}

void plan_root_of_chain(const Facts& facts, Plan& plan) {
  if (!wants_ramroot(facts)) plan_root(facts, plan);
}

}  // namespace linuxrc
