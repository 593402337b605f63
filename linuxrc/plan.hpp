// What linuxrc will do, as a value: stages of steps, each with what happens when it fails.
// Planning makes no system call; `linuxrc --plan` prints what execute.cpp would carry out.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "linuxrc/facts.hpp"

namespace linuxrc {

enum class Op {
  make_directory,     // target
  mount,              // source on target, type, flags, data; of NFS number = seconds of retry
  mount_workspace,    // a private tmpfs (ramfs where there is none) on target
  move_mount,         // source to target
  move_old_root,      // the same; where it fails the stage is planned anew without it
  unmount,            // target
  unmount_or_detach,  // target; lazily when it is busy
  detach,             // target, lazily: busy by intention
  make_node,          // target, block device number
  remove_file,        // target
  run_from_memory,    // this program, copied to target, executed again from there
  load_modules,       // modules.list; number = KiB that a RAM disk must hold
  check_image,        // the SHA-256 of source is what the file target says
  make_ram_disk,      // target, a loop device or zram (type), for number KiB
  ask_for_disk,       // says source and waits for the Enter key
  load_image,         // source onto target; number = first KiB
  read_count,         // the boot counter source, DEVICE:/PATH, waiting number seconds for it
  write_count,        // the lines data into it
  find_root,          // source as root= wrote it: waits for it, remembers its number
  mount_root,         // the remembered device (or device) on target, types, flags, data; number =
                      // seconds of retry, see retry.hpp
  mount_flash,        // source, a name that its type knows, on target, flags, data; number as above
  attach_image,       // the file source of what is mounted on target becomes the remembered device
  detach_image,       // the loop device of an attached image is closed
  write_real_root,    // the remembered device into source
  make_stand_in,      // a stand-in for /proc/sys/kernel in the directory target
  run_linuxrc,        // the image mounted on target is / for its child /linuxrc
  check_init,         // an init inside target: source, or the kernel's list
  open_meminfo,       // keeps target and, where the kernel has it, source open: free memory
  change_directory,   // target
  change_root,        // target
  pivot_root,         // the current directory, source, becomes /; the old root goes to target, "."
                      // for on top of it, where who has it open finds it
  pivot_back,         // the old root at target becomes / again, the new one goes back to source
  keep_old_root,      // keeps / open: the initramfs, which the new root will cover
  cover_root,         // the current directory, source, is moved over /
  uncover_root,       // what covers / is moved back to target
  enter_cover,        // change root to the current directory
  leave_cover,        // / is the initramfs kept open again
  enter_old_root,     // change directory to the initramfs kept open
  open_console,       // /dev/console, else the workspace's node source, becomes 0, 1 and 2
  free_ram_disk,      // through node target; number = Freeing
  delete_initramfs,   // every file of the initramfs kept open
  write_report,       // the boot report into target
  wait,               // number seconds
  say,                // source
  exec_init,          // what check_init chose
  exit,               // with code number
  // Of an overlay. They come last, so that a build without them has no place for them in its
  // tables.
  find_upper,     // source as find_root has it: the overlay's upper
  mount_upper,    // the remembered device, or the flash partition source, on target, read-write
  mount_overlay,  // source on target, type, data, as paths of the workspace
  set_link,       // the symbolic link target says source: renamed into place, on the disk
  rename,         // source to target
  set_aside,      // target gets a name that is free beside it
  wipe,           // all that target holds, on its file system, but what source names
  renew_work,     // the same without exception; what cannot be emptied gets another name
  leave,          // exit with code 0, whatever was warned of
  record_root,    // the file target says source, the UUID of the root that an extroot is for
  erase_flash,    // the flash partition source, from the mark 0xdeadc0de on
  format_upper,   // the blank disk found: as type, by the program source of the root target
  copy_changes,   // all that source holds, as an overlay's upper, into the new directory target
  copy_listed,    // of that, the files that sysupgrade's lists name; the root is at data
  remove_copy,    // the copy target, which was cut short, and what helped to make it
  move_mounts,    // what is mounted on the root at source ("" for /), but /rom and /overlay, to the
                  // same places of the root at target
  // Of an image that runs in RAM; no build without overlays has them.
  find_mtd,      // the MTD partition source is remembered: its character device, or its block
                 // device (type "block")
  make_source,   // the remembered device gets the node target
  check_source,  // source has number bytes, and the SHA-256 data, or one that target lists
  refuse,        // fails with the text source: what does not fit
  unpack,        // the archive source into target, a file system of its own; number = KiB it takes
  // Of a root over the network; last for the same reason.
  configure_network,  // the program target is given source, "ip=...", and has number seconds
};

// What happens when a step fails.
enum class OnFailure {
  stop,       // the stage ends; PID 1 opens an emergency shell
  next_root,  // the stage ends, and begins anew with the next root of the chain
  warn,       // said, then on to the next step
  ignore,     // expected often enough to say nothing
};

struct Step {
  Op op = Op::say;
  const char* source = "";
  const char* target = "";
  const char* type = "";
  const char* data = nullptr;  // mount data, or nullptr
  unsigned long flags = 0;     // MS_*
  dev_t device = 0;
  std::uint64_t number = 0;
  OnFailure on_failure = OnFailure::stop;
  // Nothing undoes this step. Every check that can fail stands before the first of these.
  bool irreversible = false;
};

// From `step` on the mounts of before cannot be had back. What an overlay deletes on its medium is
// gone as well, but leaves every mount where it is.
inline bool ends_way_back(const Step& step) {
  return step.irreversible && step.op < Op::find_upper;
}

// The step that takes `step` back, when a later one fails before the first that is irreversible;
// nothing where there is nothing to take back.
std::optional<Step> inverse_of(const Step& step);
std::optional<Step> inverse_of_overlay(const Step& step);  // of those of an overlay

// A stage's steps and the texts that planning composed. Fixed in size: planning never fails for
// want of memory.
class Plan {
 public:
  static constexpr std::size_t most_steps = 40;

  Plan() = default;
  Plan(const Plan&) = delete;  // steps point into the texts
  Plan& operator=(const Plan&) = delete;

  void add(const Step& step);
  void say(const char* text) { add({.op = Op::say, .source = text}); }
  // Takes the last step off, and the texts from its `source` on, which it was the last to join.
  void drop_last();
  // Takes the last step off that unmounts `target`, if there is one.
  void drop_unmount(const char* target);
  // `first` and `second` joined, kept as long as the plan.
  const char* join(std::string_view first, std::string_view second);
  [[nodiscard]] std::span<const Step> steps() const { return {steps_.data(), count_}; }
  // True when steps or texts did not fit: such a plan must not be executed.
  [[nodiscard]] bool overflowed() const { return overflowed_; }

 private:
  std::array<Step, most_steps> steps_{};
  std::size_t count_ = 0;
  std::array<char, 4096> texts_{};
  std::size_t texts_used_ = 0;
  bool overflowed_ = false;
};

// The stages, in order. Each plans from what the ones before it found out; a stage that has
// nothing to do is empty.
void plan_workspace(const Facts& facts, Plan& plan);  // a place to work in, /proc in it
void plan_load(const Facts& facts, Plan& plan);       // modules; the image onto the RAM disk
void plan_image(const Facts& facts, Plan& plan);      // the latter alone
// The node by which the RAM disk of the image is freed, in the current directory.
void plan_image_node(const Facts& facts, Plan& plan);
void plan_linuxrc(const Facts& facts, Plan& plan);  // the image's /linuxrc as a child
// Mounts the image's file system, of the RAM disk, on /root.
Step mount_image(const Facts& facts, unsigned long flags);
void plan_choose(const Facts& facts, Plan& plan);   // which root of a chain it is to be
void plan_network(const Facts& facts, Plan& plan);  // addresses, for a root on a server
void plan_root(const Facts& facts, Plan& plan);     // the root is found and mounted
// The latter, unless an image is to run in RAM (plan_ramroot.cpp). Then these follow.
void plan_root_of_chain(const Facts& facts, Plan& plan);
void plan_find_image(const Facts& facts, Plan& plan);
void plan_load_ramroot(const Facts& facts, Plan& plan);
void plan_mount_ramroot(const Facts& facts, Plan& plan);
// Between root and switch, where an overlay is asked for (plan_overlay.cpp).
void plan_find_upper(const Facts& facts, Plan& plan);
void plan_format_upper(const Facts& facts, Plan& plan);
void plan_mount_upper(const Facts& facts, Plan& plan);
void plan_prepare_upper(const Facts& facts, Plan& plan);
void plan_overlay(const Facts& facts, Plan& plan);
// Where they are asked for, those of the new root that mounts are moved to.
void plan_directories(const Facts& facts, Plan& plan);
void plan_switch(const Facts& facts, Plan& plan);  // from here to init
// Of Role::over_root: the overlay becomes /, and the root that it lies over goes to /rom.
void plan_switch_over_root(const Facts& facts, Plan& plan);
const char* path_over_root(const Facts& facts, Plan& plan);  // new_root_path() of it

using Planner = void (*)(const Facts&, Plan&);
struct Stage {
  const char* name;
  Planner plan;
  bool optional = false;  // not spoken of when it is empty
};
std::span<const Stage> stages();

// A path in the workspace; `plan` keeps the text.
inline const char* in_workspace(const Facts& facts, Plan& plan, std::string_view name) {
  return plan.join(facts.work.view(), name);
}
// Where the new root stands mounted when plan_switch() begins; `plan` keeps the text.
const char* new_root_path(const Facts& facts, Plan& plan);
// There is no image, and load_ramdisk= asks for the one on the floppy disk that root= names: that
// becomes the root.
bool loads_floppy(const Facts& facts);
// root= names the RAM disk: the image's own file system is meant to be the root.
bool root_is_image(const Facts& facts);
// Nothing but the image's file system will be mounted as root.
bool stays_on_image(const Facts& facts);

// Writes a step as one line of text, without its number: "mount proc on /mnt/proc".
void describe(const Step& step, common::Text<512>& line);
// The same of the steps of an overlay's stages.
void describe_overlay(const Step& step, common::Text<512>& line);
// And of an image that runs in RAM.
void describe_ramroot(const Step& step, common::Text<512>& line);
// " (ro,nosuid,size=4M)": the flags and data of a mount.
void append_mount_options(const Step& step, common::Text<512>& line);
const char* describe(Role role);
const char* describe_over_root();
const char* describe(Freeing freeing);

}  // namespace linuxrc
