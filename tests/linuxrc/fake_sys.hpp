// The fake kernel behind linuxrc::Sys: it keeps a Kernel up to date, writes a trace of the calls,
// and lets any of them fail.
#pragma once

#include <string>
#include <vector>

#include "linuxrc/loader.hpp"
#include "linuxrc/sys.hpp"
#include "linuxrc/sys_files.hpp"
#include "tests/linuxrc/coroutine.hpp"
#include "tests/linuxrc/fake_kernel.hpp"

namespace linuxrc::fake {

enum class Call {
  mount,
  umount2,
  pivot_root,
  chroot,
  chdir,
  fchdir,
  mkdir,
  mknod,
  symlink,
  unlink,
  rmdir,
  stat,
  lstat,
  statfs,
  readlink,
  getdents,
  open,
  fcntl,
  close,
  read,
  pread,
  lseek,
  ftruncate,
  write,
  dup2,
  ioctl,
  fork,
  execve,
  waitpid,
  reboot,
  kill,
  ptrace,
  setsid,
  init_module,
  delete_module,
  uname,
  load_image,
  rename,
  socket,
  poll,
  fstat,
  link,
  lchown,
  chmod,
  utimensat,
  llistxattr,
  lgetxattr,
  lsetxattr,
  pwrite,
  syncfs,
  count
};
const char* name_of(Call call);

// The n-th `call` of a run, counted from 1, fails with `error`; see errnos.hpp for the short reads
// and writes that are no errors.
struct Fault {
  Call call = Call::count;
  unsigned occurrence = 0;
  int error = 0;
};

struct Traced {
  Call call;
  unsigned occurrence;
  std::string text;  // "mount /dev/vda /root ext2"
  int result;
  bool injected;
  bool in_child;
  std::size_t console;     // lines said before it
  const FileSystem* root;  // of PID 1 at that time
};

enum class End {
  none,
  init,     // PID 1 executed a program that is not linuxrc's own
  shell,    // the emergency shell was executed
  waiting,  // the emergency without a shell
  rebooted,
  halted,
  returned,
  exited,
  stuck,  // more calls than any boot makes
};
const char* name_of(End end);

// How a run ended, and what the executed program was given.
struct Outcome {
  End end = End::none;
  int code = 0;  // of returned and exited
  std::string path;
  std::vector<std::string> argv;
  std::vector<std::string> envp;
  View view;  // of the executed program
};

// What was given to execve().
struct Execution {
  bool in_child;
  std::string path;
  std::vector<std::string> argv;
};

class FakeSys final : public Sys, public FileSys {
 public:
  FakeSys(Kernel& kernel, Coroutine& coroutine) : kernel_(kernel), coroutine_(coroutine) {}

  std::vector<Fault> faults;
  std::vector<Traced> trace;
  std::vector<std::string> console;  // lines that reached it
  std::string kernel_log;            // what was written to /dev/kmsg
  std::vector<Execution> executions;
  // What the /linuxrc child was started with.
  Outcome child_start;
  // The same of ipconfig.
  Outcome network_start;

  // Runs boot() as the kernel would, our own copy from memory included, to its end.
  Outcome run(ImageLoader& loader, std::vector<std::string> argv, std::vector<std::string> envp);
  // For fakes beside this one: a call of their own that may be told to fail.
  int enter(Call call, const std::string& text);
  Kernel& kernel() { return kernel_; }
  // Children that have ended and that nobody has waited for.
  [[nodiscard]] std::size_t zombies() const { return ended_.size(); }

  int mount(const char* source, const char* target, const char* type, unsigned long flags,
            const char* data) override;
  int umount2(const char* target, int flags) override;
  int pivot_root(const char* new_root, const char* put_old) override;
  int chroot(const char* path) override;
  int chdir(const char* path) override;
  int fchdir(int fd) override;
  int mkdir(const char* path, mode_t mode) override;
  int mknod(const char* path, mode_t mode, dev_t device) override;
  int symlink(const char* text, const char* path) override;
  int unlink(const char* path) override;
  int rmdir(const char* path) override;
  int stat(const char* path, FileFacts& facts) override;
  int lstat(const char* path, FileFacts& facts) override;
  int statfs_type(const char* path, std::uint64_t& magic) override;
  int readlink(const char* path, char* buffer, std::size_t size) override;
  int list(const char* path, bool (*entry)(void*, const char*), void* context) override;
  int open(const char* path, int flags, mode_t mode) override;
  int keep_on_exec(int fd) override;
  int close(int fd) override;
  ssize_t read(int fd, void* buffer, std::size_t size) override;
  ssize_t pread(int fd, void* buffer, std::size_t size, std::uint64_t offset) override;
  int ftruncate(int fd, std::uint64_t bytes) override;
  int rewind(int fd) override;
  ssize_t write(int fd, const void* data, std::size_t size) override;
  int dup2(int fd, int wanted) override;
  int ioctl(int fd, unsigned long request, void* argument) override;
  void sync() override {}
  int reboot(unsigned command) override;
  pid_t getpid() override { return process().pid; }
  pid_t fork() override;
  int execve(const char* path, const char* const* argv, const char* const* envp) override;
  pid_t wait_any(int& status) override;
  pid_t poll_any(int& status) override;
  int kill_thread(pid_t pid, int signal) override;
  void interrupt_every_ms(unsigned milliseconds) override { interrupt_ms_ = milliseconds; }
  int ptrace(int request, pid_t pid, std::uintptr_t address, std::uintptr_t data) override;
  int setsid() override;
  void reset_process_state() override { process().state_reset = true; }
  [[noreturn]] void exit_now(int code) override;
  int init_module(const void* image, std::size_t size, const char* parameters) override;
  int load_compressed_module(int fd, const char* parameters) override;
  int delete_module(const char* name) override;
  int uname(utsname& names) override;
  int open_uevents() override;
  int wait_readable(int fd, unsigned milliseconds) override;
  void sleep_ms(unsigned milliseconds) override;
  std::uint64_t page_size() override { return 4096; }
  std::uint64_t now_ms() override { return kernel_.now_ms; }
  FileSys* files() override { return this; }
  int rename(const char* from, const char* to) override;
  int lstat_details(const char* path, FileDetails& details) override;
  int fstat_details(int fd, FileDetails& details) override;
  int link(const char* from, const char* to) override;
  int lchown(const char* path, uid_t owner, gid_t group) override;
  int chmod(const char* path, mode_t mode) override;
  int set_times(const char* path, std::int64_t seconds, std::int64_t nanoseconds) override;
  ssize_t list_xattrs(const char* path, char* names, std::size_t size) override;
  ssize_t get_xattr(const char* path, const char* name, void* value, std::size_t size) override;
  int set_xattr(const char* path, const char* name, const void* value, std::size_t size) override;
  ssize_t pwrite(int fd, const void* data, std::size_t size, std::uint64_t offset) override;
  int sync_file_system(int fd) override;

 private:
  enum class Request { none, fork, child_ended, execute_again, ended };

  unsigned interrupt_ms_ = 0;  // interrupt_every_ms()
  unsigned interrupts_ = 0;
  Process& process() { return in_child_ ? kernel_.child : kernel_.main; }
  OpenFile* file(int fd);
  int flash_ioctl(unsigned long request, void* argument);
  Disk* flash_disk();    // of the MTD partition, nullptr without one
  int done(int result);  // notes it in the trace
  int stat_at(Call call, const char* path, bool follow, FileFacts& facts);
  int open_found(const Place& place, int flags);
  int make(Call call, const char* path, mode_t mode, dev_t device);
  int remove(Call call, const char* path, bool folder);
  // What `path` names, itself no link that is followed, after the call was entered.
  int find(Call call, const char* path, const char* detail, Place& found);
  int check_program(const char* path, Place& found);
  void execute(const char* path, const Place& program, const char* const* argv,
               const char* const* envp);
  void say(std::string_view text);
  [[noreturn]] void leave(Request request);
  [[noreturn]] void end(End how);

  Kernel& kernel_;
  Coroutine& coroutine_;
  bool in_child_ = false;
  bool injected_ = false;  // the call in hand
  unsigned counts_[static_cast<std::size_t>(Call::count)] = {};
  Request request_ = Request::none;
  Outcome outcome_;
  std::vector<std::pair<pid_t, int>> ended_;  // children to be waited for
  pid_t next_pid_ = 40;
  std::string line_;
};

// "name fd path": a call on an open file, as the trace has it.
std::string line_of(const char* name, int fd, const OpenFile* open);

}  // namespace linuxrc::fake
