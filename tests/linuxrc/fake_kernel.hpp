// The state of the modelled machine: files, mounts, disks, modules, processes and the clock.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/linuxrc/fake_tree.hpp"

namespace linuxrc::fake {

struct Disk {
  dev_t device = 0;
  std::string name;          // in /proc/partitions; "" is not listed there
  FileSystem* fs = nullptr;  // nullptr: nothing that could be mounted
  std::uint64_t kib = 0;
  std::uint64_t appears_ms = 0;
  std::string module;  // it exists only while this module is loaded; "" for built in
  std::string head{};  // its first bytes, where somebody looks
};

struct OpenFile {
  Place place;
  std::string path;  // as it was opened by
  std::string text;  // of generated files
  std::size_t offset = 0;
  bool writable = false;
  bool close_on_exec = false;
  std::vector<std::uint64_t> logged_ms{};  // when it wrote a line to the kernel's log
};

struct Process {
  pid_t pid = 0;
  View view;
  Place program;
  std::map<int, OpenFile> files;
  bool own_session = false;
  bool state_reset = false;
  bool has_terminal = false;
  bool traced = false;
};

struct Version {
  int major = 6, minor = 1, patch = 0;
  [[nodiscard]] bool before(int other_major, int other_minor, int other_patch) const;
};

class Kernel {
 public:
  static constexpr unsigned mtd_major = 90;
  static constexpr unsigned zram_major = 253;  // given out at run time, as any

  Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  Tree tree;
  FileSystem* rootfs = nullptr;
  FileSystem* proc = nullptr;
  FileSystem* sysfs = nullptr;
  FileSystem* devtmpfs = nullptr;
  FileSystem* tmp = nullptr;  // that an earlier program mounted
  std::vector<Disk> disks;
  std::vector<std::string> types;  // as /proc/filesystems: "nodev\ttmpfs", "\text2"
  std::string command_line;
  std::string release = "6.1.0";
  std::string machine = "x86_64";
  std::set<std::string, std::less<>> modules;
  bool has_console = true;
  std::uint64_t console_appears_ms = 0;
  FileSystem* flash = nullptr;       // what "mtd:rootfs" and "ubi0:rootfs" are
  FileSystem* upper = nullptr;       // an overlay's, whose changes are precious
  FileSystem* overlay = nullptr;     // made when one is mounted
  FileSystem* image_file = nullptr;  // what a loop device shows once a file is attached
  bool has_watchdog = false;
  bool has_uevents = true;
  Node uevents{S_IFSOCK, 0, "add@/devices/late", Generated::no, 0, nullptr, nullptr, {}};
  unsigned watchdog_fed = 0;
  bool watchdog_stops_when_closed = false;  // it was written the magic V
  [[nodiscard]] bool has_character_device(dev_t device) const;
  std::uint64_t now_ms = 1000;
  std::uint64_t free_kib = 100000;
  Process main;
  Process child;
  bool child_lives = false;
  // What the image's /linuxrc does when it is executed in `child`; returns its wait status.
  std::function<int(Kernel&)> linuxrc_program;
  // The same of the image's ipconfig.
  std::function<int(Kernel&)> network_program;
  void route_network();                    // an interface has an address from here on
  [[nodiscard]] bool has_network() const;  // without one no server is reached
  // What any mkfs.* does there; returns its wait status.
  std::function<int(Kernel&)> mkfs_program;
  // What happened that cannot be undone, in order: "discard 1:0", "delete /init".
  std::vector<std::string> losses;

  [[nodiscard]] Version version() const;
  [[nodiscard]] Disk* disk(dev_t device);
  [[nodiscard]] std::string text_of(Generated kind, const Process& reader) const;

  // Each gives 0 or -errno, as the call of that name.
  int mount(const Process& caller, const char* source, const char* target, const char* type,
            unsigned long flags, const char* data);
  // overlay with these options of mount(2); what is changed there stays there.
  int mount_overlay(const Process& caller, const char* source, const Place& where,
                    std::string_view options);
  int umount(const Process& caller, const char* target, int flags);
  int pivot_root(const Process& caller, const char* new_root, const char* put_old);
  int delete_module(const std::string& name);
  int free_disk(dev_t device, const char* how);
  int load_module(std::string_view image);

  // A process lives on it, or some file of it is open.
  [[nodiscard]] bool is_pinned(const Mount& mount) const;
  // Some mount of the file system is attached or pinned.
  [[nodiscard]] bool is_used(const FileSystem& fs) const;
  // The text of a small ELF program; `interpreter` may be "".
  static std::string elf_program(std::string_view interpreter);
  static constexpr std::string_view own_program = "\177ELF linuxrc itself";

 private:
  int mount_disk(const Process& caller, const char* source, const Place& where,
                 std::string_view type, bool read_only);
  [[nodiscard]] bool knows(std::string_view line) const;
};

}  // namespace linuxrc::fake
