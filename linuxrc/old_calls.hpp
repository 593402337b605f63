// The forms of some calls that Linux 2.4.0 has on i386. musl's and glibc's own functions ask there
// first for calls of later kernels (statx, statfs64, clock_gettime64, gettid, exit_group), and not
// all of them fall back: without these, 2.4 has no statfs and no clock.
#pragma once

#ifdef __i386__

#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "linuxrc/sys.hpp"

namespace linuxrc::old_calls {

// struct stat64 of arch/x86/include/uapi/asm/stat.h. 2.4 fills 16 bits of the device numbers; the
// rest is zero.
struct Stat64 {
  std::uint64_t device;
  std::uint32_t padding_0;
  std::uint32_t inode;  // the one at the end is missing in early kernels
  std::uint32_t mode, links, user, group;
  std::uint64_t node_device;
  std::uint32_t padding_3;
  std::uint64_t size;
  std::uint32_t block_size;
  std::uint64_t blocks;
  std::uint32_t times[6];
  std::uint64_t whole_inode;
};
static_assert(sizeof(Stat64) == 96);

// `call` is SYS_stat64 or SYS_lstat64.
inline int stat(long call, const char* path, FileFacts& facts) {
  Stat64 found{};
  if (::syscall(call, path, &found) != 0) return -errno;
  facts.mode = found.mode;
  facts.device = found.device;
  facts.node_device = found.node_device;
  facts.inode = found.inode;
  facts.size = found.size;
  return 0;
}

inline int statfs_type(const char* path, std::uint64_t& magic) {
  std::uint32_t found[16] = {};  // struct statfs; f_type is its first member
  if (::syscall(SYS_statfs, path, found) != 0) return -errno;
  magic = found[0];
  return 0;
}

// Whole seconds since the machine was started: there is no CLOCK_MONOTONIC before 2.6.
inline std::uint64_t now_ms() {
  struct sysinfo info {};
  if (::sysinfo(&info) != 0) return 0;
  return static_cast<std::uint64_t>(static_cast<unsigned long>(info.uptime)) * 1000;
}

inline pid_t fork() {
  const long pid = ::syscall(SYS_fork);
  return pid < 0 ? -errno : static_cast<pid_t>(pid);
}

}  // namespace linuxrc::old_calls

#endif
