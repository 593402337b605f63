// What linuxrc knows when it decides. Filled in stages, from the running system (gather.cpp) or
// from a text (facts_file.cpp, for --plan and the tests).
#pragma once

#include <sys/sysmacros.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "common/cmdline.hpp"
#include "common/error.hpp"
#include "common/text.hpp"
#include "linuxrc/network_facts.hpp"
#include "linuxrc/options.hpp"
#include "linuxrc/overlay_state.hpp"
#include "linuxrc/ramroot_facts.hpp"

namespace linuxrc {

using Path = common::Text<256>;

enum class Role {
  not_ours,        // not started by a kernel that boots
  kernel_linuxrc,  // /linuxrc, run by the kernel's handle_initrd(): PID other than 1
  ram_init,        // init=/linuxrc: PID 1 on a RAM disk
  initramfs_init,  // /init of an initramfs: PID 1 on rootfs
  over_root,       // an overlay over the current /, by mount_root or PID 1
};

// How the memory of a RAM disk is given back.
enum class Freeing {
  nothing,     // not a RAM disk
  flush,       // BLKFLSBUF: kernels before 4.14
  discard,     // BLKDISCARD: kernels from 6.10, and zram
  unmount,     // a loop device over tmpfs goes with its last user
  unload,      // from 4.14 to 6.9 only removing the module of brd frees
  impossible,  // the same with it built in: the memory stays taken
};

// What /dev/ram0 is.
enum class RamDisk {
  brd,   // the RAM disk driver's: 1:0
  loop,  // where that is missing: a loop device over a nameless file on tmpfs
  zram,  // where that is missing, too
};

struct KernelVersion {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;
  [[nodiscard]] bool before(unsigned other_major, unsigned other_minor,
                            unsigned other_patch = 0) const {
    if (major != other_major) return major < other_major;
    return minor != other_minor ? minor < other_minor : patch < other_patch;
  }
  [[nodiscard]] bool can_detach() const { return !before(2, 4, 11); }  // MNT_DETACH
  [[nodiscard]] bool can_move() const { return !before(2, 4, 18); }    // MS_MOVE
};

// "6.1.0-49-cloud-amd64" is {6, 1, 0}.
KernelVersion parse_kernel_version(std::string_view release);

// How the image's /linuxrc left the system.
enum class LinuxrcOutcome {
  not_run,
  returned,  // the real root is still to be mounted
  stay,      // it wrote 0x100 to real-root-dev: the initrd is the root
  pivoted,   // it switched roots itself
};

struct NewRoot {
  bool has_initrd = false;      // /initrd is a directory there
  bool initrd_refused = false;  // the old root could not be moved to it
  bool has_dev = false;
  bool has_proc = false;
  bool has_sys = false;
  bool has_run = false;
  // An existing directory that holds the old root for the moment between pivot_root and umount,
  // without a leading slash; empty when there is none (then /linuxrc.old is made).
  Path put_old;
};

// What the boots before this one left for it; see root_chain.hpp.
struct BootCount {
  bool known = false;       // there is a counter, and it could be read
  Path root;                // of a chain: the one that boots start with
  std::uint64_t tries = 0;  // boots that started with it since one reached user space
  Path reason;              // why one of them went on with another root
};

struct Facts {
  // Known at once.
  pid_t pid = 0;
  dev_t root_device = 0;         // st_dev of /
  bool root_in_memory = false;   // / is ramfs or tmpfs
  bool on_nullfs = false;        // and not the bottom of all mounts; known once there is /proc
  bool text_on_root = true;      // this program lies on / itself
  bool workspace_ready = false;  // mounted by an earlier run of this program
  Path work;                     // the workspace: a directory on /, or "" for / itself
  KernelVersion kernel;
  bool kernel_64_bit = false;  // and so are programs that it can execute

  // Known once the workspace has /proc.
  common::CommandLine command_line;
  common::CommandLine configuration;
  bool has_modules = false;    // /lib/linuxrc/modules.list
  bool brd_is_module = false;  // brd is, or will be, loaded by us or listed as loaded
  bool has_devtmpfs = false;
  bool has_real_root_dev = false;  // /proc/sys/kernel/real-root-dev
  bool dev_mounted = false;        // mounted on / before us
  bool sys_mounted = false;
  bool proc_mounted = false;
  bool run_mounted = false;
  Path initrd_image;            // "" when there is none
  std::uint64_t image_kib = 0;  // what the RAM disk must hold; 0 when that is not known
  bool has_image_sum = false;   // the image's SHA-256 lies beside it
  RamDisk ram_disk = RamDisk::brd;
  unsigned zram_major = 0;  // 0 when there is no zram

  // Of a chain of roots.
  BootCount count;
  unsigned next_root = 0;  // those before it were given up in this boot
  Path given_up;           // which one was the last of them, and why

  // Known after loading, after the image's /linuxrc, after mounting.
  bool initrd_loaded = false;
  dev_t ram_disk_device = makedev(1, 0);  // of what was made to stand for /dev/ram0
  LinuxrcOutcome linuxrc = LinuxrcOutcome::not_run;
  std::optional<dev_t> asked_root;  // a new value of real-root-dev
  bool asked_server = false;        // it was 255, the kernel's number of a root over NFS
  NewRoot new_root;
  OverlayFacts overlay{};
  RamrootFacts ramroot{};
  NetworkFacts network{};  // known before a root on a server is mounted

  // The value of a word of the command line, else of the configuration; nullptr without one.
  [[nodiscard]] const char* value(std::string_view name) const {
    return given_value(command_line, configuration, name);
  }
  // What both ask for. Valid until one of them is parsed again.
  [[nodiscard]] const Options& options() const;

 private:
  // Planning asks for them again and again, and reading them takes a few thousand instructions.
  mutable Options options_;
  mutable unsigned options_revision_ = 0;  // sum of that of both, when they were read
};

Role role_of(const Facts& facts);
// The role is over_root; never in a build without overlays.
bool lies_over_root(const Facts& facts);

// statfs_type() of a file system that lives in memory alone: ramfs or tmpfs.
bool is_memory(std::uint64_t magic);

// How the RAM disk `device` can be freed on this kernel.
Freeing freeing_of(const Facts& facts, dev_t device);

// Reads "name=value" lines into `facts`; docs/facts.md lists the names. The first line that is
// not understood is the error.
common::Status read_facts(std::string_view text, Facts& facts);
// One of those that begin with "overlay."; false when it is none, or its value makes no sense.
bool read_overlay_fact(std::string_view name, std::string_view value, OverlayFacts& facts);
// The same with "ramroot.".
bool read_ramroot_fact(std::string_view name, std::string_view value, RamrootFacts& facts);

}  // namespace linuxrc
