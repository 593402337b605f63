// The same for a build whose loader allocates: classes with virtual destructors refer to these.
// NOLINTBEGIN(misc-new-delete-overloads)
#include <cstdlib>
#include <new>

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
// NOLINTEND(misc-new-delete-overloads)
