// Carries out planned stages through Sys.
#pragma once

#include <optional>
#include <span>

#include "linuxrc/loader.hpp"
#include "linuxrc/log.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/sys_io.hpp"
#include "linuxrc/watchdog.hpp"

namespace linuxrc {

// What execution needs and finds out. One for the whole run.
struct Machine {
  Sys& sys;
  Log& log;
  Watchdog& watchdog;
  ImageLoader& loader;
  Facts& facts;
  const char* const* argv;  // as the kernel gave it; argv[1] and on go to init
  const char* const* envp;

  std::optional<dev_t> root{};      // what find_root found
  Path root_node{};                 // its device node, as /proc/mounts will name it
  Path init{};                      // what check_init chose, as seen from the new root
  std::size_t next_init = 0;        // of the kernel's list: what comes after `init`, if anything
  std::optional<FileFacts> self{};  // this program's file, which is never init
  int meminfo = -1;
  int zoneinfo = -1;
  int old_root = -1;
  int proc = -1;      // tells who holds the old root
  int loop = -1;      // the loop device of an image, which lives while it is open or mounted
  int ram_disk = -1;  // the same of the loop device that is /dev/ram0
  std::uint64_t free_kib = 0;  // free memory before the old root was unmounted
  bool modules_loaded = false;
  const char* stand_in = nullptr;  // made by make_stand_in; nullptr where none is needed
  bool old_root_busy = false;      // it could only be detached lazily
  bool next_root = false;          // the step that failed leaves it to the next root of the chain
  bool degraded = false;           // some step failed and was only warned of
  Plan undo{};                     // what takes back the steps that were done, the last one first
  bool no_way_back = false;        // some step was done that nothing takes back
};

// Runs one stage. An error is that of the first step whose policy is to stop; the message names
// the step.
common::Status execute(Machine& machine, const Plan& plan);

// Remembers what takes `step` back, which was done.
void note_done(Machine& machine, const Step& step);
// Takes back what was noted after the first `mark` steps, the last first. What cannot be taken back
// leaves paths that mean something else, so that ends it: false, and said.
bool take_back(Machine& machine, std::size_t mark);
// Takes all stages back, where none of them did what nothing takes back, and says so.
void take_all_back(Machine& machine);

// One stage: planned from what is known now, then carried out.
common::Status run_stage(Machine& machine, Planner planner);
// The stages that choose, find and mount a root: of a chain the first that can be had.
common::Status choose_and_mount(Machine& machine);

// For a moment / is `path`: symbolic links there resolve as they will for its init. "" is no
// change. The current directory is / afterwards. The caller keeps `path` for as long.
class Inside {
 public:
  Inside(Sys& sys, const char* path);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  [[nodiscard]] const common::Status& status() const { return status_; }
  // Back to the / from before; once. Where that fails Sys::lost says so, and no step follows.
  common::Status leave();

 private:
  Sys& sys_;
  const char* path_;
  int outer_root_ = -1;
  common::Status status_;
};

}  // namespace linuxrc
