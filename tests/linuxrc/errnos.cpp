#include "tests/linuxrc/errnos.hpp"

#include <cstring>

namespace linuxrc::fake {

namespace {

// EINTR is missing where Sys promises that it makes the call again.

// What looking up a path can give (path_resolution(7)).
#define OF_PATHS EACCES, EFAULT, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR

constexpr int mount_errors[] = {OF_PATHS, EBUSY, EINVAL, EMFILE, ENODEV,  ENOTBLK, ENXIO,
                                EPERM,    EROFS, EIO,    ENOSPC, EUCLEAN, ENOSYS};
constexpr int umount_errors[] = {EAGAIN, EBUSY,  EFAULT, EINVAL, ENAMETOOLONG,
                                 ENOENT, ENOMEM, EPERM,  EIO};
constexpr int pivot_errors[] = {OF_PATHS, EBUSY, EINVAL, EPERM, ENOSYS};
constexpr int chroot_errors[] = {OF_PATHS, EIO, EPERM};
constexpr int chdir_errors[] = {OF_PATHS, EIO};
constexpr int fchdir_errors[] = {EACCES, EBADF, ENOTDIR, EIO};
constexpr int mkdir_errors[] = {OF_PATHS, EDQUOT, EEXIST, EINVAL, EMLINK,
                                ENOSPC,   EPERM,  EROFS,  EIO};
constexpr int mknod_errors[] = {OF_PATHS, EDQUOT, EEXIST, EINVAL, ENOSPC, EPERM, EROFS, EIO};
constexpr int unlink_errors[] = {OF_PATHS, EBUSY, EIO, EISDIR, EPERM, EROFS};
constexpr int rmdir_errors[] = {OF_PATHS, EBUSY, EINVAL, ENOTEMPTY, EPERM, EROFS, EIO};
constexpr int stat_errors[] = {OF_PATHS, EBADF, EOVERFLOW, EIO};
constexpr int statfs_errors[] = {OF_PATHS, EIO, ENOSYS, EOVERFLOW};
constexpr int readlink_errors[] = {OF_PATHS, EINVAL, EIO};
constexpr int getdents_errors[] = {EACCES, EBADF, EFAULT, EINVAL, ENOENT, ENOTDIR, EIO, EMFILE};
constexpr int open_errors[] = {OF_PATHS, EBUSY,  EEXIST, EFBIG, EINVAL, EISDIR,  EMFILE, ENFILE,
                               ENODEV,   ENOSPC, ENXIO,  EPERM, EROFS,  ETXTBSY, EIO,    ENOMEDIUM};
constexpr int fcntl_errors[] = {EACCES, EAGAIN, EBADF, EINVAL, EPERM};
constexpr int close_errors[] = {EBADF, EIO, ENOSPC, EDQUOT};
constexpr int read_errors[] = {EAGAIN, EBADF, EFAULT, EINVAL, EIO, EISDIR, one_byte, at_end};
constexpr int lseek_errors[] = {EBADF, EINVAL, ENXIO, EOVERFLOW, ESPIPE};
constexpr int ftruncate_errors[] = {EBADF, EFBIG, EINVAL, EIO, ENOMEM, ENOSPC, EPERM, EROFS};
constexpr int write_errors[] = {EAGAIN, EBADF,  EDQUOT, EFAULT, EFBIG,   EINVAL,
                                EIO,    ENOSPC, EPERM,  EPIPE,  one_byte};
constexpr int dup2_errors[] = {EBADF, EBUSY, EINVAL, EMFILE};
constexpr int ioctl_errors[] = {EBADF, EFAULT, EINVAL, ENOTTY, EACCES, EPERM, EIO, EOPNOTSUPP};
constexpr int fork_errors[] = {EAGAIN, ENOMEM, ENOSYS};
constexpr int execve_errors[] = {OF_PATHS, E2BIG,  EAGAIN, EINVAL,  EIO,     EISDIR,
                                 ELIBBAD,  EMFILE, ENFILE, ENOEXEC, ETXTBSY, EPERM};
constexpr int wait_errors[] = {ECHILD, EINTR, EINVAL};
constexpr int reboot_errors[] = {EFAULT, EINVAL, EPERM};
constexpr int kill_errors[] = {EINVAL, EPERM, ESRCH};
constexpr int ptrace_errors[] = {EBUSY, EFAULT, EINVAL, EIO, EPERM, ESRCH};
constexpr int symlink_errors[] = {OF_PATHS, EDQUOT, EEXIST, ENOSPC, EPERM, EROFS, EIO};
constexpr int setsid_errors[] = {EPERM};
constexpr int init_module_errors[] = {EBADMSG, EBUSY,  EFAULT, EKEYREJECTED, EINVAL, ENOEXEC,
                                      EPERM,   EEXIST, ENOMEM, ENODEV,       ENOENT, ENOSYS};
constexpr int delete_module_errors[] = {EBUSY, EFAULT, ENOENT, EPERM, EWOULDBLOCK, ENOSYS};
constexpr int uname_errors[] = {EFAULT};
constexpr int socket_errors[] = {EACCES, EADDRINUSE, EAFNOSUPPORT, EINVAL,          EMFILE,
                                 ENFILE, ENOBUFS,    ENOMEM,       EPROTONOSUPPORT, ENOSYS};
constexpr int poll_errors[] = {EFAULT, EINVAL, ENOMEM};
constexpr int load_errors[] = {EIO, ENOSPC, ENOENT, ENXIO, ENOMEM, EFBIG};
constexpr int rename_errors[] = {OF_PATHS, EBUSY,  EDQUOT, EINVAL, EISDIR, EMLINK,
                                 EEXIST,   ENOSPC, EPERM,  EROFS,  EXDEV,  EIO};

constexpr int fstat_errors[] = {EBADF, EFAULT, EIO, ENOMEM, EOVERFLOW};
constexpr int link_errors[] = {OF_PATHS, EDQUOT, EEXIST, EMLINK, ENOSPC, EPERM, EROFS, EXDEV, EIO};
constexpr int attribute_errors[] = {OF_PATHS, EIO, EPERM, EROFS, EINVAL};
constexpr int list_errors[] = {OF_PATHS, E2BIG, EOPNOTSUPP, ERANGE, EIO};
constexpr int get_errors[] = {OF_PATHS, E2BIG, ENODATA, EOPNOTSUPP, ERANGE, EIO};
constexpr int set_errors[] = {OF_PATHS, EDQUOT, ENOSPC, EOPNOTSUPP, EPERM, ERANGE, EROFS, EIO};
constexpr int sync_errors[] = {EBADF, EIO, ENOSPC, EDQUOT, ENOSYS};

constexpr Errors rows[] = {
    {Call::mount, mount_errors},
    {Call::umount2, umount_errors},
    {Call::pivot_root, pivot_errors},
    {Call::chroot, chroot_errors},
    {Call::chdir, chdir_errors},
    {Call::fchdir, fchdir_errors},
    {Call::mkdir, mkdir_errors},
    {Call::mknod, mknod_errors},
    {Call::symlink, symlink_errors},
    {Call::unlink, unlink_errors},
    {Call::rmdir, rmdir_errors},
    {Call::stat, stat_errors},
    {Call::lstat, stat_errors},
    {Call::statfs, statfs_errors},
    {Call::readlink, readlink_errors},
    {Call::getdents, getdents_errors},
    {Call::open, open_errors},
    {Call::fcntl, fcntl_errors},
    {Call::close, close_errors},
    {Call::read, read_errors},
    {Call::pread, read_errors},
    {Call::lseek, lseek_errors},
    {Call::ftruncate, ftruncate_errors},
    {Call::write, write_errors},
    {Call::dup2, dup2_errors},
    {Call::ioctl, ioctl_errors},
    {Call::fork, fork_errors},
    {Call::execve, execve_errors},
    {Call::waitpid, wait_errors},
    {Call::reboot, reboot_errors},
    {Call::kill, kill_errors},
    {Call::ptrace, ptrace_errors},
    {Call::setsid, setsid_errors},
    {Call::init_module, init_module_errors},
    {Call::delete_module, delete_module_errors},
    {Call::uname, uname_errors},
    {Call::socket, socket_errors},
    {Call::poll, poll_errors},
    {Call::load_image, load_errors},
    {Call::rename, rename_errors},
    {Call::fstat, fstat_errors},
    {Call::link, link_errors},
    {Call::lchown, attribute_errors},
    {Call::chmod, attribute_errors},
    {Call::utimensat, attribute_errors},
    {Call::llistxattr, list_errors},
    {Call::lgetxattr, get_errors},
    {Call::lsetxattr, set_errors},
    {Call::pwrite, write_errors},
    {Call::syncfs, sync_errors},
};
static_assert(std::size(rows) == static_cast<std::size_t>(Call::count));

}  // namespace

std::span<const Errors> errors() {
  return rows;
}

std::span<const int> errors_of(Call call) {
  for (const Errors& row : rows)
    if (row.call == call) return row.list;
  return {};
}

const char* describe_error(int error) {
  if (error == one_byte) return "one byte only";
  if (error == at_end) return "end of file";
  return std::strerror(error);
}

}  // namespace linuxrc::fake
