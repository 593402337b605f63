#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "common/standard_streams.hpp"
#include "rdload/rdload_main.hpp"

namespace {

volatile std::sig_atomic_t stop = 0;
int wake[2] = {-1, -1};  // a pipe: what waits for an image on another one sees a signal here

void on_signal(int number) {
  const int kept = errno;
  stop = number;
  // A full pipe, which no two signals make, would wake as well.
  static_cast<void>(!write(wake[1], "", 1));
  errno = kept;
}

// Without the pipe, should there be none, a second signal is needed while a silent pipe is read.
void catch_signals() {
  static_cast<void>(!pipe2(wake, O_CLOEXEC | O_NONBLOCK));
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second one ends the program at once
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction old {};
    sigaction(number, nullptr, &old);
    if (old.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);
  }
}

}  // namespace

int main(int count, char** arguments) {
  common::occupy_standard_streams();
  // Buffers of a decoder go back to the system at once, also after a first large one has gone.
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  catch_signals();
  return rdload::rdload_main(
      {arguments + 1, arguments + count},
      {std::cout, std::cerr, std::cin, isatty(STDERR_FILENO) == 1, {&stop, wake[0]}, STDIN_FILENO});
}
