// Laying a writable layer over the mounted root. docs/overlay.md tells it to its users.
//
// In the workspace the root, the lower, is moved from /root to /rom, the upper's file system is
// mounted on /overlay, and the overlay on /root, where the switch to init expects the new root;
// /rom and /overlay are then moved there. So the paths in the overlay's mount options go on being
// true.
#pragma once

#include "linuxrc/execute.hpp"
#include "linuxrc/overlay_options.hpp"

namespace linuxrc {

// The stages from "find upper" to "overlay". Where the upper cannot be used, memory takes its place
// for this boot; where there can be no overlay at all, the root is used as it is. Either is said
// and makes the boot degraded. An error when the root could not be put back where it was.
common::Status lay_overlay(Machine& machine);

// For a program called mount_root that is not PID 1: its role is to lay one over the current /,
// with the argument `ram` in memory.
void choose_over_root(const char* const* argv, Facts& facts);

// An overlay is asked for, and this role mounts a root to lay it over.
bool wants_overlay(const Facts& facts);

inline Path in_workspace(const Machine& machine, const char* name) {
  Path path;
  path.append("%s%s", machine.facts.work.c_str(), name);
  return path;
}
// The lower, mounted: "" for / itself.
Path lower_path(const Facts& facts);
// What the running kernel and the mounted root tell.
void gather_overlay(Machine& machine);
// What the upper's device begins with, before it is mounted.
void gather_upper_device(Machine& machine);
// What lies on the mounted upper.
void gather_upper(Machine& machine);
// Keeps the first reason why an upper cannot be used, for the message that it is not.
void note_why(UpperProbe& upper, const common::Error& error);

// Where mount_root finds, in the root or in the mounted upper's changes, an /etc/config/fstab that
// wants a disk on /overlay: notes which, and true.
bool find_extroot(Machine& machine);
// Of the extroot that is mounted as upper: it can be used, and is this root's or nobody's yet.
common::Status check_extroot(Machine& machine);
// The file `target` says `source`, the root's UUID.
common::Status record_root(Machine& machine, const Step& step);

// linuxrc.reset.media= names a device that is there and holds a file factory-reset.
void gather_reset_medium(Machine& machine);

// `linuxrc --factory-reset`: marks what is mounted on /overlay, for the next boot. The exit code.
int factory_reset(Log& log);

bool is_mount_root(const char* own_name);
// The overlay that runs took memory for an upper that could not be used, and so waits for it.
bool waits_for_upper(Sys& sys);
// Where that memory lies: point_of_memory, /overlay, or nullptr where nothing waits.
const char* waiting_memory(Sys& sys);
// Whether this boot has laid one; and the report's member "overlay", of one that it has: which
// upper, the state it was found in, whether memory is used.
void note_overlay(bool laid);
void append_overlay(const Facts& facts, common::Text<24576>& json);
// What is changed goes to memory, whoever decided so. For stages that come after the upper was
// looked at.
bool is_in_memory(const Facts& facts, const OverlayOptions& options);
// mount_root's memory lies where OpenWrt's does, and its programs look for it.
bool takes_tmp(const Facts& facts);
// What is carried over goes to an overlay that is laid with /rom as /, so that its options are
// those of a boot by mount_root.
inline bool is_laid_in_rom(const OverlayFacts& overlay) {
  return overlay.carry && overlay.memory_in_tmp && overlay.has_point;
}
bool is_to_be_formatted(const Facts& facts, const OverlayOptions& options);
common::Status erase_flash(Machine& machine, const Step& step);
common::Status format_upper(Machine& machine, const Step& step);

// The steps of prepare upper that carry over what was changed in memory.
void plan_carry(const Facts& facts, UpperUse use, Plan& plan);
// From the overlay in memory to the one on the upper.
void plan_switch_carried(const Facts& facts, Plan& plan);
// `mount_root done`, which OpenWrt calls when all services have started: the upper is ready, if
// that was not marked before. The exit code.
int mount_root_done(Log& log);

// The device that `step` names, and no other of the same UUID or label.
common::Status find_upper(Machine& machine, const Step& step);
// The node that a disk is mounted by, and /proc/mounts names.
Path disk_node(Machine& machine, const char* source);
// Flash, under the name that OpenWrt's programs know where / has its node.
common::Status mount_flash_upper(Machine& machine, const Step& step);
// Carries out the steps from find_upper to wipe.
common::Status perform_overlay(Machine& machine, const Step& step);
// Deletes what `path` holds, on its file system alone and hidden names too, but the entries whose
// names stand in the comma-separated `kept`, and not `path` itself. The first thing that could not
// be deleted is the error.
common::Status wipe(Machine& machine, const char* path, std::string_view kept);
// Copies an upper whole. A copy that failed is removed.
common::Status copy_changes(Machine& machine, const Step& step);
// The files of the upper that sysupgrade's lists name.
common::Status copy_listed(Machine& machine, const Step& step);
// Removes the copy `target`, and what helped to make it, if there is one.
common::Status remove_copy(Machine& machine, const char* target);
common::Status move_mounts(Machine& machine, const Step& step);
// Makes the symbolic link `path` say `text`: at any moment it says what it said before, or that.
common::Status set_link(Sys& sys, const char* path, const char* text);
// Renames `next`, whose bytes reach the disk first, to `path`.
common::Status put_in_place(Sys& sys, const char* next, const char* path);

constexpr const char* state_link = ".fs_state";
constexpr const char* lower_link = ".linuxrc.lower";
// In memory that took the place of an upper: which one.
constexpr const char* waits_link = ".linuxrc.waits";
// The place of memory in OpenWrt. Scripts grep for it in /proc/mounts, to tell whether what is
// changed outlives a restart.
constexpr const char* point_of_memory = "/tmp/root";
// OpenWrt's sysupgrade leaves the files that outlive a reset there.
constexpr const char* kept_by_reset = ".fs_state,.fs_state.new,sysupgrade.tgz,lost+found";

}  // namespace linuxrc
