// How the three tools report failure: a value that carries the call, the object and the reason.
// No exceptions and no heap, so that linuxrc may use it as PID 1 after its last allocation.
#pragma once

#include <cstdarg>
#include <utility>
#include <variant>

#include "common/text.hpp"

namespace common {

// The exit codes of mkramdisk and rdload; README.md and the man pages list them.
enum class Failure : int {
  system = 1,        // a system call failed
  usage = 2,         // the command line makes no sense
  not_usable = 3,    // the input is nothing this tool can use
  does_not_fit = 4,  // the target is too small
  corrupt = 5,       // the input is damaged or ends early
};

class Error {
 public:
  // "WHAT: strerror(errno_value)", as in "mount /dev/sda1 on /root: No such device".
  [[gnu::format(printf, 2, 3)]] static Error system(int errno_value, const char* what, ...);
  [[gnu::format(printf, 2, 0)]] static Error system_list(int errno_value, const char* what,
                                                         std::va_list arguments);
  // A reason of the tool's own; the text is the whole message.
  [[gnu::format(printf, 2, 3)]] static Error of(Failure kind, const char* message, ...);

  [[nodiscard]] Failure kind() const { return kind_; }
  [[nodiscard]] int exit_code() const { return static_cast<int>(kind_); }
  // 0 when no system call was at fault.
  [[nodiscard]] int errno_value() const { return errno_value_; }
  [[nodiscard]] const char* text() const { return text_.c_str(); }

 private:
  Failure kind_ = Failure::system;
  int errno_value_ = 0;
  Text<640> text_;
};

// A T, or the Error that kept it from being made.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit
  Result(const Error& error) : state_(std::in_place_index<1>, error) {}  // NOLINT: implicit

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Only when ok().
  T& operator*() { return *std::get_if<0>(&state_); }
  const T& operator*() const { return *std::get_if<0>(&state_); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  // Only when not ok().
  [[nodiscard]] const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
// Success without a value, or an Error.
using Status = Result<Done>;

}  // namespace common
