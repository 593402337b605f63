#include "tests/linuxrc/fake_kernel.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "linuxrc/own_elf.hpp"

namespace linuxrc::fake {

namespace {

constexpr std::uint64_t ramfs_magic = 0x858458f6;
constexpr std::uint64_t tmpfs_magic = 0x01021994;
constexpr int detach_flag = 2;
constexpr unsigned loop_major = 7;

std::string driver_of(unsigned number) {
  if (number == 1) return "ramdisk";
  if (number == loop_major) return "loop";
  return number == Kernel::zram_major ? "zram" : "virtblk";
}

std::string number_text(dev_t device) {
  return std::to_string(major(device)) + ":" + std::to_string(minor(device));
}

}  // namespace

bool Version::before(int other_major, int other_minor, int other_patch) const {
  return std::array{major, minor, patch} < std::array{other_major, other_minor, other_patch};
}

Kernel::Kernel() {
  rootfs = &tree.make_fs("rootfs", makedev(0, 2), ramfs_magic);
  proc = &tree.make_fs("proc", makedev(0, 4), 0x9fa0);
  sysfs = &tree.make_fs("sysfs", makedev(0, 5), 0x62656572);
  devtmpfs = &tree.make_fs("devtmpfs", makedev(0, 6), tmpfs_magic);
  tmp = &tree.make_fs("tmpfs", makedev(0, 7), tmpfs_magic);
  tree.put(*devtmpfs, "/console", S_IFCHR | 0600).device = makedev(5, 1);
  const std::pair<const char*, Generated> files[] = {{"/cmdline", Generated::cmdline},
                                                     {"/filesystems", Generated::filesystems},
                                                     {"/mounts", Generated::mounts},
                                                     {"/modules", Generated::modules},
                                                     {"/partitions", Generated::partitions},
                                                     {"/meminfo", Generated::meminfo},
                                                     {"/zoneinfo", Generated::zoneinfo},
                                                     {"/self/exe", Generated::own_program},
                                                     {"/self/mountinfo", Generated::mountinfo},
                                                     {"/devices", Generated::devices}};
  for (const auto& [path, kind] : files) tree.put(*proc, path, S_IFREG | 0444).generated = kind;
  types = {"nodev\tproc", "nodev\ttmpfs", "nodev\tramfs", "\text2"};
}

Version Kernel::version() const {
  Version version;
  (void)std::sscanf(release.c_str(), "%d.%d.%d", &version.major, &version.minor, &version.patch);
  return version;
}

bool Kernel::has_character_device(dev_t device) const {
  if (device == makedev(5, 1)) return has_console && now_ms >= console_appears_ms;
  if (device == makedev(10, 130)) return has_watchdog;
  if (device == makedev(10, 237))
    return std::any_of(disks.begin(), disks.end(),
                       [](const Disk& disk) { return major(disk.device) == loop_major; });
  if (major(device) == mtd_major)
    return flash != nullptr || std::any_of(disks.begin(), disks.end(),
                                           [&](const Disk& disk) { return disk.device == device; });
  return device == makedev(1, 3) || (device == makedev(1, 11) && !version().before(2, 6, 0));
}

Disk* Kernel::disk(dev_t device) {
  for (Disk& each : disks) {
    const bool there = each.module.empty() || modules.contains(each.module);
    if (each.device == device && there && each.appears_ms <= now_ms) return &each;
  }
  return nullptr;
}

std::string Kernel::text_of(Generated kind, const Process& reader) const {
  std::string text;
  switch (kind) {
    case Generated::cmdline:
      return command_line + "\n";
    case Generated::filesystems:
      for (const std::string& type : types) text += type + "\n";
      return text;
    case Generated::mounts:
      for (const Mount& mount : tree.mounts()) {
        const std::string path = mount.attached ? Tree::path_of(mount, reader.view.root) : "";
        if (!path.empty()) text += mount.source + " " + path + " " + mount.fs->type + " rw 0 0\n";
      }
      return text;
    case Generated::mountinfo:
      for (const Mount& mount : tree.mounts()) {
        const std::string path = mount.attached ? Tree::path_of(mount, reader.view.root) : "";
        if (path.empty()) continue;
        const Mount& parent = mount.parent == nullptr ? mount : *mount.parent;
        text += tree.number_of(mount) + " " + tree.number_of(parent) + " 0:1 / " + path + " rw - " +
                mount.fs->type + " " + mount.source + " rw\n";
      }
      return text;
    case Generated::modules:
      for (const std::string& name : modules) text += name + " 16384 0 - Live 0x0\n";
      return text;
    case Generated::devices:
      text = "Character devices:\n  1 mem\n  7 vcs\n\nBlock devices:\n";
      for (const Disk& disk : disks)
        if (disk.module.empty() || modules.contains(disk.module))
          text += "  " + std::to_string(major(disk.device)) + " " + driver_of(major(disk.device)) +
                  "\n";
      return text;
    case Generated::partitions:
      text = "major minor  #blocks  name\n\n";
      for (const Disk& disk : disks)
        if (!disk.name.empty() && disk.appears_ms <= now_ms &&
            (disk.module.empty() || modules.contains(disk.module)))
          text += " " + std::to_string(major(disk.device)) + " " +
                  std::to_string(minor(disk.device)) + " " + std::to_string(disk.kib) + " " +
                  disk.name + "\n";
      return text;
    case Generated::meminfo:
      return "MemTotal:  500000 kB\nMemFree:   " + std::to_string(free_kib) + " kB\n";
    case Generated::zoneinfo:
      return "Node 0, zone  Normal\n    cpu: 0\n              count: 25\n              high: 50\n";
    case Generated::no:
    case Generated::own_program:
      break;
  }
  return text;
}

void Kernel::route_network() {
  tree.put(*proc, "/net/route", S_IFREG | 0444,
           "Iface\tDestination\tGateway\neth0\t0002000A\t00000000\n");
}

bool Kernel::has_network() const {
  return Tree::find(*proc, "/net/route") != nullptr;
}

bool Kernel::knows(std::string_view line) const {
  return std::find(types.begin(), types.end(), line) != types.end();
}

int Kernel::mount_disk(const Process& caller, const char* source, const Place& where,
                       std::string_view type, bool read_only) {
  if (!knows("\t" + std::string(type))) return -ENODEV;
  Place node;
  if (const int result = tree.walk(caller.view, source, true, node); result < 0) return result;
  if (!S_ISBLK(node.node->mode)) return -ENOTBLK;
  const Disk* const found = disk(node.node->device);
  if (found == nullptr) return -ENXIO;
  if (found->fs == nullptr || found->fs->type != type) return -EINVAL;
  if (found->fs->read_only && !read_only) return -EACCES;
  tree.attach(*found->fs, *found->fs->root, where, source).read_only = read_only;
  return 0;
}

int Kernel::mount(const Process& caller, const char* source, const char* target, const char* type,
                  unsigned long flags, const char* data) {
  Place where;
  if (const int result = tree.walk(caller.view, target, true, where); result < 0) return result;
  if ((flags & (MS_BIND | MS_MOVE)) != 0) {
    if ((flags & MS_MOVE) != 0 && version().before(2, 4, 18)) return -EINVAL;
    Place from;
    if (const int result = tree.walk(caller.view, source, true, from); result < 0) return result;
    if ((flags & MS_MOVE) != 0) return tree.move(from, where);
    tree.attach(*from.mount->fs, *from.node, where, from.mount->source);
    return 0;
  }
  if (!S_ISDIR(where.node->mode)) return -ENOTDIR;
  if ((flags & MS_REMOUNT) != 0) {
    where.mount->read_only = (flags & MS_RDONLY) != 0;
    return 0;
  }
  const std::string_view name = type;
  if (name == "overlay" || name == "overlayfs") {
    if (!knows("nodev\t" + std::string(name))) return -ENODEV;
    return mount_overlay(caller, source, where, data == nullptr ? "" : data);
  }
  if (name == "jffs2" || name == "ubifs" || name == "nfs") {
    if (flash == nullptr) return -ENODEV;
    if (name == "nfs" && !has_network()) return -ENETUNREACH;
    tree.attach(*flash, *flash->root, where, source).read_only = (flags & MS_RDONLY) != 0;
    return 0;
  }
  if (!knows("nodev\t" + std::string(name)))
    return mount_disk(caller, source, where, name, (flags & MS_RDONLY) != 0);
  FileSystem* fs = name == "proc"       ? proc
                   : name == "sysfs"    ? sysfs
                   : name == "devtmpfs" ? devtmpfs
                                        : nullptr;
  if (fs == nullptr) {
    // Each is a new, empty one with a number of its own.
    const auto next = static_cast<unsigned>(20 + tree.mounts().size());
    fs = &tree.make_fs(name, makedev(0, next), name == "tmpfs" ? tmpfs_magic : ramfs_magic);
  }
  tree.attach(*fs, *fs->root, where, source);
  return 0;
}

bool Kernel::is_pinned(const Mount& mount) const {
  const auto lives_on = [&](const Process& process) {
    return process.view.root.mount == &mount || process.view.current.mount == &mount ||
           process.program.mount == &mount ||
           std::any_of(process.files.begin(), process.files.end(),
                       [&](const auto& file) { return file.second.place.mount == &mount; });
  };
  return mount.held || lives_on(main) || (child_lives && lives_on(child));
}

bool Kernel::is_used(const FileSystem& fs) const {
  return std::any_of(tree.mounts().begin(), tree.mounts().end(), [&](const Mount& mount) {
    return mount.fs == &fs && (mount.attached || is_pinned(mount));
  });
}

int Kernel::umount(const Process& caller, const char* target, int flags) {
  Place place;
  if (const int result = tree.walk(caller.view, target, true, place); result < 0) return result;
  place = tree.top(place);  // LOOKUP_MOUNTPOINT: also of "." and of / it is what covers them
  Mount& mount = *place.mount;
  if (place.node != mount.root || mount.parent == nullptr) return -EINVAL;
  if ((flags & detach_flag) != 0 && !version().before(2, 4, 11)) {
    tree.detach_tree(mount);
    return 0;
  }
  if (tree.has_children(mount) || is_pinned(mount)) return -EBUSY;
  tree.detach_tree(mount);
  return 0;
}

int Kernel::pivot_root(const Process& caller, const char* new_root, const char* put_old) {
  Place to;
  Place old;
  if (const int result = tree.walk(caller.view, new_root, true, to); result < 0) return result;
  if (const int result = tree.walk(caller.view, put_old, true, old); result < 0) return result;
  const Place before = caller.view.root;
  const int result = tree.pivot(caller.view, to, old);
  if (result < 0) return result;
  for (Process* process : {&main, &child})
    for (Place* place : {&process->view.root, &process->view.current})
      if (*place == before) *place = to;
  return 0;
}

int Kernel::free_disk(dev_t device, const char* how) {
  Disk* const found = disk(device);
  if (found == nullptr) return -ENXIO;
  const bool used = found->fs != nullptr && is_used(*found->fs);
  losses.push_back(std::string(how) + " " + number_text(device) + (used ? " in use" : ""));
  if (!used) {
    found->fs = nullptr;
    free_kib += found->kib;
  }
  return 0;
}

int Kernel::delete_module(const std::string& name) {
  if (!modules.contains(name)) return -ENOENT;
  for (Disk& each : disks)
    if (each.module == name && each.fs != nullptr && is_used(*each.fs)) return -EBUSY;
  for (Disk& each : disks)
    if (each.module == name) (void)free_disk(each.device, "unload");
  modules.erase(name);
  return 0;
}

int Kernel::load_module(std::string_view image) {
  if (!image.starts_with("module ")) return -ENOEXEC;
  const auto [at, added] = modules.insert(std::string(image.substr(7)));
  return added ? 0 : -EEXIST;
}

std::string Kernel::elf_program(std::string_view interpreter) {
  ElfW(Ehdr) header = own_elf_header;
  ElfW(Phdr) program{};
  header.e_type = ET_EXEC;
  header.e_phoff = sizeof header;
  header.e_phnum = 1;
  header.e_phentsize = sizeof program;
  program.p_type = interpreter.empty() ? PT_LOAD : PT_INTERP;
  program.p_offset = sizeof header + sizeof program;
  program.p_filesz = interpreter.size() + 1;
  std::string text(sizeof header + sizeof program, '\0');
  std::memcpy(text.data(), &header, sizeof header);
  std::memcpy(text.data() + sizeof header, &program, sizeof program);
  text.append(interpreter);
  text.push_back('\0');
  return text;
}

}  // namespace linuxrc::fake
