#include "tests/linuxrc/coroutine.hpp"

#include <cstdlib>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define NOT_INSTRUMENTED __attribute__((no_sanitize("address")))
#else
#define ASAN_UNPOISON_MEMORY_REGION(address, size) static_cast<void>(0)
#define NOT_INSTRUMENTED
#endif

namespace linuxrc::fake {
namespace {

constexpr std::size_t stack_words = (512U << 10) / sizeof(std::uint64_t);
Coroutine* entering = nullptr;  // makecontext(3) passes ints only

// The stack is full of the sanitizer's red zones, which memcpy may not touch.
NOT_INSTRUMENTED void copy(const std::uint64_t* from, std::uint64_t* to) {
  for (std::size_t i = 0; i < stack_words; ++i) {
    to[i] = from[i];
    __asm__ volatile("" ::: "memory");  // or the compiler makes it the forbidden memcpy
  }
}

}  // namespace

Coroutine::Coroutine() : stack_(stack_words), saved_(stack_words) {}

void Coroutine::enter() {
  entering->body_();
  std::abort();
}

void Coroutine::start(std::function<void()> body) {
  body_ = std::move(body);
  ASAN_UNPOISON_MEMORY_REGION(stack_.data(), stack_words * sizeof(std::uint64_t));
  leave_into_ = resume_from_ = &inside_[0];
  ::getcontext(leave_into_);
  leave_into_->uc_stack.ss_sp = stack_.data();
  leave_into_->uc_stack.ss_size = stack_words * sizeof(std::uint64_t);
  leave_into_->uc_link = nullptr;
  ::makecontext(leave_into_, enter, 0);
}

void Coroutine::resume() {
  entering = this;
  ::swapcontext(&outside_, resume_from_);
  resume_from_ = leave_into_;
}

void Coroutine::leave() {
  ::swapcontext(leave_into_, &outside_);
}

void Coroutine::save() {
  copy(stack_.data(), saved_.data());
  leave_into_ = &inside_[1];
}

void Coroutine::restore() {
  ASAN_UNPOISON_MEMORY_REGION(stack_.data(), stack_words * sizeof(std::uint64_t));
  copy(saved_.data(), stack_.data());
  leave_into_ = resume_from_ = &inside_[0];
}

}  // namespace linuxrc::fake
