// Runs boot() beside the test on a stack of its own, so that it can be left for ever in the middle
// of a call, as execve does, without unwinding code that knows no exceptions. The stack can be
// saved and put back, which makes fork() return twice.
#pragma once

#include <ucontext.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace linuxrc::fake {

class Coroutine {
 public:
  Coroutine();
  Coroutine(const Coroutine&) = delete;
  Coroutine& operator=(const Coroutine&) = delete;

  // Forgets what was running; `body` begins at the next resume() and must never return.
  void start(std::function<void()> body);
  void resume();  // outside: until the body calls leave()
  void leave();   // inside: returns when resume() is called again, if ever
  void save();    // outside: remembers the stack at leave()
  void restore();

 private:
  static void enter();

  std::vector<std::uint64_t> stack_;
  std::vector<std::uint64_t> saved_;
  ucontext_t outside_{};
  // A context names parts of itself by address, so that it cannot be copied: one of the body, and
  // one of what runs between save() and restore().
  ucontext_t inside_[2]{};
  ucontext_t* leave_into_ = nullptr;
  ucontext_t* resume_from_ = nullptr;
  std::function<void()> body_;
};

}  // namespace linuxrc::fake
