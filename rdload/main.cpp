#include <signal.h>
#include <unistd.h>

#include <iostream>

#include "rdload/rdload_main.hpp"

namespace {

volatile std::sig_atomic_t stop = 0;

void on_signal(int number) {
  stop = number;
}

void catch_signals() {
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
  catch_signals();
  return rdload::rdload_main({arguments + 1, arguments + count},
                             {std::cout, std::cerr, std::cin, isatty(STDERR_FILENO) == 1, &stop});
}
