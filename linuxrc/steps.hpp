// The steps that take more than one system call, one function each.
#pragma once

#include "linuxrc/execute.hpp"

namespace linuxrc {

common::Status mount_workspace(Machine& machine, const Step& step);
common::Status make_node(Machine& machine, const char* path, dev_t device);
common::Status run_from_memory(Machine& machine, const Step& step);
common::Status load_modules(Machine& machine, const Step& step);
common::Status make_directory(Sys& sys, const char* path);
common::Status read_count(Machine& machine, const Step& step);
common::Status write_count(Machine& machine, const Step& step);
common::Status check_image(Machine& machine, const Step& step);
common::Status make_ram_disk(Machine& machine, const Step& step);
common::Status find_root(Machine& machine, const Step& step);
common::Status mount_root(Machine& machine, const Step& step);
// Of a flash partition by its name, as step.type alone; and as a root: as the first type of that
// list that it can be, read-only at last.
common::Status mount_flash(Machine& machine, const Step& step);
common::Status mount_flash_root(Machine& machine, const Step& step);
// machine.root_node, which is `device`, on step.target: as the first type of the list step.type
// that it can be, or of `filesystems`, the text of /proc/filesystems, where the list is empty.
// Read-only at last.
common::Status mount_as_some_type(Machine& machine, const Step& step, std::string_view filesystems,
                                  dev_t device);
common::Status attach_image(Machine& machine, const Step& step);
common::Status detach_image(Machine& machine);
common::Status write_real_root(Machine& machine, const Step& step);
common::Status make_stand_in(Machine& machine, const Step& step);
common::Status run_linuxrc(Machine& machine, const Step& step);
common::Status check_init(Machine& machine, const Step& step);
common::Status open_console(Machine& machine, const Step& step);
common::Status unmount_or_detach(Machine& machine, const Step& step);
common::Status free_ram_disk(Machine& machine, const Step& step);
common::Status delete_initramfs(Machine& machine, const Step& step);
common::Status exec_init(Machine& machine, const Step& step);
common::Status pivot_back(Machine& machine, const Step& step);
common::Status uncover_root(Machine& machine, const Step& step);
common::Status leave_cover(Machine& machine);

// Waits for `child`, reaping whatever else ends meanwhile, as init does for orphans: its status.
int wait_for(Machine& machine, pid_t child);

// Paths mean something else than they did: no step may follow, whatever its policy.
bool is_lost(const Machine& machine);
common::Error why_lost(const Machine& machine);  // of a machine that is
// True when / is what it was, after a step that left the root to the next one of the chain.
bool can_take_next_root(Machine& machine);

// Closes what keeps a loop device alive that is /dev/ram0: from here on it goes with its mount.
void let_ram_disk_go(Machine& machine);
// Notes how much memory is free, for free_ram_disk() to compare with where unmounting frees it.
void measure_memory(Machine& machine);
// What the kernel gave this program and, where something else stands for /dev/ram0, the number of
// that, by which a linuxrc on it knows what it runs on. The second takes it from there.
const char* const* environment_of_linuxrc(Machine& machine);
void read_environment(const char* const* envp, Facts& facts);
// Waits for `child`, which has asked to be traced, and keeps the stand-in where it looks for
// /proc/sys/kernel. Its wait status.
int trace_linuxrc(Machine& machine, pid_t child);

// After machine.init could not be executed for `why`: tells it, and chooses what comes next in the
// kernel's list, as seen from the current /. False when nothing does.
bool choose_next_init(Machine& machine, const common::Error& why);

// Makes the character device `device` as /dev/`name` of the workspace, where it is missing; its
// path. Whoever opens it says what is wrong with it.
Path make_character_node(Machine& machine, const char* name, dev_t device);
// Descriptors 0, 1 and 2 become the open device `path`; 0, or -errno of the open.
int become_console(Sys& sys, const char* path);
// The console as seen from the old root, which is / again: its own node, else the workspace's.
void reopen_console(Machine& machine);

// True when `path`, seen from the current /, is a regular file that this kernel can execute, and so
// is its interpreter, and that one's; else the error says why not.
common::Status check_executable(Machine& machine, const char* path);

}  // namespace linuxrc
