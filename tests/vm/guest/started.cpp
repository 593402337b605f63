// An image's /linuxrc that tells on one line how it was started, leaves an orphan that ends by
// itself, and ends as the variable linuxrc_ends has it: a number is its exit code, "crash" a
// signal.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

const char* own(pid_t number) {
  return number == getpid() ? "own" : "another's";
}

// The first signal that is blocked or not handled as by default, or 0.
int inherited_signal() {
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, nullptr, &blocked);
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action = {};
    if (sigaction(number, nullptr, &action) != 0) continue;
    if (action.sa_handler != SIG_DFL || sigismember(&blocked, number) == 1) return number;
  }
  return 0;
}

std::string open_files() {
  std::string files;
  for (int fd = 0; fd < 256; ++fd) {
    struct stat facts = {};
    if (fstat(fd, &facts) != 0) continue;
    files += " " + std::to_string(fd) + "=" + std::to_string(major(facts.st_rdev)) + ":" +
             std::to_string(minor(facts.st_rdev));
    files += (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR ? "rw" : "";
  }
  return files;
}

// Ends while nobody but PID 1 can wait for it.
void leave_orphan() {
  if (fork() != 0) return;
  if (fork() == 0) usleep(200'000);
  _exit(0);
}

}  // namespace

int main(int argc, char** argv, char** envp) {
  std::string line = "GUEST started:";
  for (int word = 0; word < argc; ++word) line += std::string(" ") + argv[word];
  line += ";";
  for (char** variable = envp; *variable != nullptr; ++variable)
    line += std::string(" ") + *variable;
  char folder[256] = "";
  struct stat root = {};
  if (getcwd(folder, sizeof folder) == nullptr || stat("/", &root) != 0) return 1;
  const mode_t mask = umask(0);
  std::printf(
      "%s; pid 1: %s; session: %s; group: %s; in %s on %u:%u; umask %03o; signal %d; files:%s.\n",
      line.c_str(), getpid() == 1 ? "yes" : "no", own(getsid(0)), own(getpgrp()), folder,
      major(root.st_dev), minor(root.st_dev), mask, inherited_signal(), open_files().c_str());
  std::fflush(stdout);
  leave_orphan();
  usleep(500'000);
  const char* const ends = std::getenv("linuxrc_ends");
  if (ends == nullptr) return 0;
  if (ends == std::string("crash")) std::raise(SIGSEGV);
  return std::atoi(ends);
}
