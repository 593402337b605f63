// With what each call can fail: the ERRORS sections of Linux's manual pages, section 2, and a few
// that file systems and devices add.
#pragma once

#include <cerrno>
#include <span>

#include "tests/linuxrc/fake_sys.hpp"

namespace linuxrc::fake {

// No errors, but answers that are as rare and as easily forgotten.
constexpr int one_byte = 100001;  // read and write do one byte of what was asked
constexpr int at_end = 100002;    // read gives 0

struct Errors {
  Call call;
  std::span<const int> list;
};

// One row a call that can fail.
std::span<const Errors> errors();
std::span<const int> errors_of(Call call);
// "EIO (Input/output error)", or what the two numbers above stand for.
const char* describe_error(int error);

}  // namespace linuxrc::fake
