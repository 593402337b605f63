// The little of a C++ runtime that code without exceptions refers to. Without these definitions
// the static program takes libstdc++'s, which bring unwinding and name demangling along: 130 KB.
// Each of them means a mistake in this program; abort() is all that is left then.
//
// The names are the runtime's own and reserved to it; that is what is being defined here.
// NOLINTBEGIN(bugprone-reserved-identifier,misc-new-delete-overloads)
#include <cstdlib>
#include <exception>
#include <new>

namespace __cxxabiv1 {
extern std::terminate_handler __terminate_handler;
std::terminate_handler __terminate_handler = std::abort;
}  // namespace __cxxabiv1

extern "C" void __cxa_pure_virtual() {
  std::abort();
}

namespace std {
void __throw_out_of_range_fmt(const char*, ...) {
  std::abort();
}  // string_view::substr
void __throw_length_error(const char*) {
  std::abort();
}
void __throw_bad_alloc() {
  std::abort();
}
}  // namespace std

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
// NOLINTEND(bugprone-reserved-identifier,misc-new-delete-overloads)
