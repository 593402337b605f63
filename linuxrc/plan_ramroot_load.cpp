// An image that was found is checked, and loaded onto a RAM disk or unpacked onto a tmpfs.
#include <sys/mount.h>

#include "linuxrc/device.hpp"
#include "linuxrc/plan_ramroot.hpp"

namespace linuxrc {

namespace {

using Form = ImagePlace::Form;

constexpr std::uint64_t page_kib = 4;
constexpr std::uint64_t default_kib = 4096;  // of an image that says nothing: loading says why

std::uint64_t ram_disk_kib(const Facts& facts) {
  const std::uint64_t kib = facts.ramroot.image_kib != 0 ? facts.ramroot.image_kib : default_kib;
  return (kib + page_kib - 1) / page_kib * page_kib;
}

// brd's size is fixed: what does not fit there gets a loop device of its own size.
void add_ram_disk(const Facts& facts, const Attempt& attempt, Plan& plan) {
  const std::uint64_t kib = ram_disk_kib(facts);
  RamDisk kind = facts.ram_disk;
  if (kind == RamDisk::brd && facts.ramroot.brd_kib < kib && facts.ramroot.has_loop)
    kind = RamDisk::loop;
  if (kind == RamDisk::brd) {
    add(attempt, {.op = Op::make_node, .target = ram_disk_node, .device = ram0()}, plan);
    return;
  }
  const bool zram = kind == RamDisk::zram;
  if (zram && !facts.sys_mounted) {
    add(attempt, {.op = Op::make_directory, .target = "/sys"}, plan);
    add(attempt,
        {.op = Op::mount,
         .source = "sysfs",
         .target = "/sys",
         .type = "sysfs",
         .flags = MS_NOSUID | MS_NODEV | MS_NOEXEC},
        plan);
  }
  add(attempt,
      {.op = Op::make_ram_disk,
       .target = ram_disk_node,
       .type = zram ? "zram" : "loop",
       .number = kib},
      plan);
}

// The tmpfs that becomes the root must leave the system its memory, too. Where that is not known
// the kernel takes half of it.
void add_unpacking(const Facts& facts, const Attempt& attempt, const char* path, Plan& plan) {
  const RamrootFacts& found = facts.ramroot;
  const char* const asked = facts.options().image_flags;
  common::Text<80> data;
  data.append("mode=0755");
  if (found.available_kib > attempt.options.reserve_kib)
    data.append(",size=%lluk",
                static_cast<unsigned long long>(found.available_kib - attempt.options.reserve_kib));
  add(attempt,
      {.op = Op::mount,
       .source = "tmpfs",
       .target = root_folder,
       .type = "tmpfs",
       .data = asked == nullptr ? plan.join(data.view(), "") : asked},
      plan);
  add(attempt, {.op = Op::unpack, .source = path, .target = root_folder, .number = found.image_kib},
      plan);
}

void add_check(const Facts& facts, const Attempt& attempt, const char* path, Plan& plan) {
  const RamrootOptions& options = attempt.options;
  const bool looks_beside = options.sum == nullptr && facts.ramroot.sum_beside;
  if (options.sum == nullptr && !looks_beside && options.size == 0) {
    plan.say("no hash of the image is known: it is checked by its format alone");
    return;
  }
  add(attempt,
      {.op = Op::check_source,
       .source = path,
       .target = looks_beside ? plan.join(path, ".sha256") : "",
       .type =
           attempt.place.form == Form::device || attempt.place.form == Form::mtd ? "device" : "",
       .data = options.sum,
       .number = options.size},
      plan);
}

const char* memory_text(const Facts& facts, const RamrootOptions& options, Plan& plan) {
  common::Text<200> text;
  text.append("it takes %llu KiB of memory, with %llu KiB left over for the system",
              static_cast<unsigned long long>(facts.ramroot.image_kib),
              static_cast<unsigned long long>(options.reserve_kib));
  text.append(" (linuxrc.ramroot.reserve=), and %llu KiB are available",
              static_cast<unsigned long long>(facts.ramroot.available_kib));
  return plan.join(text.view(), "");
}

}  // namespace

void plan_load_ramroot(const Facts& facts, Plan& plan) {
  if (!wants_ramroot(facts)) return;
  const Attempt attempt = attempt_of(facts, plan);
  const char* const path = image_path(facts, plan);
  if (facts.ramroot.in_place != InPlace::no) {
    plan_in_place(facts, attempt, path, plan);
    return;
  }
  // First, so that one that is too large and damaged is not taken for one that is only too large.
  add_check(facts, attempt, path, plan);
  if (is_too_large(facts, attempt.options)) {
    refuse(attempt, memory_text(facts, attempt.options, plan), plan);
    return;
  }
  if (facts.ramroot.image_kib != 0) plan.say(memory_text(facts, attempt.options, plan));
  if (facts.ramroot.archive) {
    add_unpacking(facts, attempt, path, plan);
    return;
  }
  add_ram_disk(facts, attempt, plan);
  add(attempt, {.op = Op::load_image, .source = path, .target = ram_disk_node}, plan);
  if (facts.ram_disk == RamDisk::zram && !facts.sys_mounted)
    plan.add({.op = Op::unmount_or_detach, .target = "/sys", .on_failure = OnFailure::warn});
}

}  // namespace linuxrc
