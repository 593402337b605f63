// FakeSys: calls on mounts, devices and modules.
#include <linux/fs.h>
#include <linux/loop.h>
#include <mtd/mtd-user.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "tests/linuxrc/fake_sys.hpp"

namespace linuxrc::fake {

namespace {

// "name first second", as a line of the trace.
std::string line(const char* name, const char* first, const char* second = nullptr) {
  std::string text = std::string(name) + " " + first;
  if (second != nullptr) text.append(" ").append(second);
  return text;
}

}  // namespace

int FakeSys::mount(const char* source, const char* target, const char* type, unsigned long flags,
                   const char* data) {
  const char* const kind = (flags & MS_MOVE) != 0   ? "(move)"
                           : (flags & MS_BIND) != 0 ? "(bind)"
                                                    : type;
  const int failed = enter(Call::mount, line("mount", source, target) + " " + kind);
  return failed < 0 ? failed : done(kernel_.mount(process(), source, target, type, flags, data));
}

int FakeSys::umount2(const char* target, int flags) {
  const int failed =
      enter(Call::umount2, line("umount2", target, flags == 0 ? nullptr : "(detach)"));
  return failed < 0 ? failed : done(kernel_.umount(process(), target, flags));
}

int FakeSys::pivot_root(const char* new_root, const char* put_old) {
  const int failed = enter(Call::pivot_root, line("pivot_root", new_root, put_old));
  return failed < 0 ? failed : done(kernel_.pivot_root(process(), new_root, put_old));
}

Disk* FakeSys::flash_disk() {
  for (Disk& disk : kernel_.disks)
    if (major(disk.device) == 31 && disk.name.starts_with("mtdblock")) return &disk;
  return nullptr;
}

// Of a partition of two blocks, of which the first is what its head says.
int FakeSys::flash_ioctl(unsigned long request, void* argument) {
  constexpr std::uint32_t block = 4096;
  Disk* const flash = flash_disk();
  if (flash == nullptr) return -ENODEV;
  if (request == MEMGETINFO) {
    mtd_info_t info{};
    info.size = 2 * block;
    info.erasesize = block;
    std::memcpy(argument, &info, sizeof info);
  }
  if (request == MEMERASE) {
    const auto& where = *static_cast<const erase_info_t*>(argument);
    kernel_.losses.push_back("erase block " + std::to_string(where.start / block));
    if (where.start == 0) flash->head.assign(block, '\xff');
  }
  return request == MEMUNLOCK ? -EOPNOTSUPP : 0;
}

int FakeSys::ioctl(int fd, unsigned long request, void* argument) {
  const char* const name = request == BLKGETSIZE64        ? "BLKGETSIZE64"
                           : request == BLKDISCARD        ? "BLKDISCARD"
                           : request == BLKFLSBUF         ? "BLKFLSBUF"
                           : request == TIOCSCTTY         ? "TIOCSCTTY"
                           : request == MEMGETINFO        ? "MEMGETINFO"
                           : request == MEMGETBADBLOCK    ? "MEMGETBADBLOCK"
                           : request == MEMUNLOCK         ? "MEMUNLOCK"
                           : request == MEMERASE          ? "MEMERASE"
                           : request == LOOP_SET_FD       ? "LOOP_SET_FD"
                           : request == LOOP_CTL_GET_FREE ? "LOOP_CTL_GET_FREE"
                           : request == FIFREEZE          ? "FIFREEZE"
                           : request == FITHAW            ? "FITHAW"
                                                          : "ioctl";
  if (const int failed = enter(Call::ioctl, line("ioctl", name)); failed < 0) return failed;
  const OpenFile* const open = file(fd);
  if (open == nullptr) return done(-EBADF);
  const Node& node = *open->place.node;
  if (request == TIOCSCTTY) {
    if (!S_ISCHR(node.mode)) return done(-ENOTTY);
    process().has_terminal = true;
    return 0;
  }
  if (request == LOOP_CTL_GET_FREE) return 0;
  // Nobody but linuxrc writes here.
  if (request == FIFREEZE || request == FITHAW) return 0;
  if (S_ISCHR(node.mode) && major(node.device) == Kernel::mtd_major && flash_disk() != nullptr)
    return done(flash_ioctl(request, argument));
  Disk* const disk = S_ISBLK(node.mode) ? kernel_.disk(node.device) : nullptr;
  if (disk == nullptr) return done(-ENOTTY);
  if (request == LOOP_SET_FD) disk->fs = kernel_.image_file;
  if (request == LOOP_SET_FD || request == LOOP_SET_STATUS64) return 0;
  if (request == BLKGETSIZE64) {
    const std::uint64_t bytes = disk->kib * 1024;
    std::memcpy(argument, &bytes, sizeof bytes);
    return 0;
  }
  if (request == BLKSSZGET) {
    constexpr int sector = 512;
    std::memcpy(argument, &sector, sizeof sector);
    return 0;
  }
  return done(kernel_.free_disk(node.device, request == BLKDISCARD ? "discard" : "flush"));
}

int FakeSys::init_module(const void* image, std::size_t size, const char* parameters) {
  const std::string_view text{static_cast<const char*>(image), size};
  const std::string call = "init_module " + std::string(text) + " " + parameters;
  if (const int failed = enter(Call::init_module, call); failed < 0) return failed;
  return done(kernel_.load_module(text));
}

int FakeSys::load_compressed_module(int fd, const char* parameters) {
  const OpenFile* const open = file(fd);
  if (open == nullptr) return -EBADF;
  const std::string text = open->place.node->content;  // nothing of the fake is compressed
  return init_module(text.data(), text.size(), parameters);
}

int FakeSys::delete_module(const char* name) {
  if (const int failed = enter(Call::delete_module, line("delete_module", name)); failed < 0)
    return failed;
  return done(kernel_.delete_module(name));
}

int FakeSys::uname(utsname& names) {
  if (const int failed = enter(Call::uname, "uname"); failed < 0) return failed;
  std::snprintf(names.release, sizeof names.release, "%s", kernel_.release.c_str());
  std::snprintf(names.machine, sizeof names.machine, "%s", kernel_.machine.c_str());
  return 0;
}

}  // namespace linuxrc::fake
