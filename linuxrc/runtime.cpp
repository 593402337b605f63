// The little of a C++ runtime that code without exceptions refers to. Without these definitions
// the static program takes libstdc++'s, which bring unwinding and name demangling along (130 KB),
// and for a failed assertion glibc's formatted and translated message (29 KB).
// Each of them means a mistake in this program; to stop is all that is left then.
//
// The names are the runtime's own and reserved to it; that is what is being defined here.
// NOLINTBEGIN(bugprone-reserved-identifier)
#include <exception>

namespace {

// A signal that no handler of ours takes; abort() would bring raise() and locks along.
[[noreturn]] void stop() {
  __builtin_trap();
}

}  // namespace

namespace __cxxabiv1 {
extern std::terminate_handler __terminate_handler;
std::terminate_handler __terminate_handler = stop;
}  // namespace __cxxabiv1

extern "C" void __cxa_pure_virtual() {
  stop();
}

// Called by glibc alone: no assert() is compiled in here.
extern "C" void __assert_fail(const char*, const char*, unsigned, const char*) noexcept {
  stop();
}

namespace std {
void __throw_out_of_range_fmt(const char*, ...) {
  stop();
}  // string_view::substr
void __throw_length_error(const char*) {
  stop();
}
void __throw_bad_alloc() {
  stop();
}
}  // namespace std
// NOLINTEND(bugprone-reserved-identifier)
