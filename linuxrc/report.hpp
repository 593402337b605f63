// The boot report: what was done, when, what was chosen and why, for programs to read. It lies in
// memory set aside when the program starts, so that nothing is allocated for it late in a boot.
#pragma once

#include "linuxrc/execute.hpp"

namespace linuxrc {

// A boot begins; what was noted before is forgotten.
void report_boot();
// Around each step: its time is taken from one to the other.
void report_begin(Machine& machine);
void report_end(Machine& machine, const Step& step, const common::Status& done);

// The boot goes on, but not as it was asked for; `why` is noted.
void degrade(Machine& machine, const char* why);
// The same, and "..., going on" is said.
void go_on_without(Machine& machine, const common::Error& error);

// Where no new root is mounted: whether the current / has /run, for the two below.
void gather_report_place(Log& log, Facts& facts);
// A file system in memory for the report, where the new root at `new_root` ("" is the current /)
// has /run and none is moved there; and the step that writes it, the last before init.
void plan_report_place(const Facts& facts, const char* new_root, Plan& plan);
void plan_report(const Facts& facts, Plan& plan);
// The same for programs that end where others go on: /linuxrc of the kernel, which writes onto the
// RAM disk, and mount_root, which leaves a /run alone that is not in memory.
void plan_report_of_child(const Facts& facts, Plan& plan);
// Writes /run/linuxrc.json.
common::Status write_report(Machine& machine, const Step& step);
// What is in /run is of the boot that has laid the overlay, and stays.
void leave_report();
// The boot ends here, with `why`: the report says so, and which step it was. Of the current /;
// where that is an initramfs /run is made for it.
void report_stop(Machine& machine, const common::Error& why);

}  // namespace linuxrc
