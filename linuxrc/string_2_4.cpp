// The C library's string functions that linuxrc uses, as small as they get. The small build passes
// arguments in registers (-mregparm), which no library that was built without it can take.
// Compiled without optimising loops into calls of what is defined here.
#include <cstdint>
#include <cstring>

extern "C" {

void* memmove(void* to, const void* from, std::size_t size) {
  auto* const target = static_cast<char*>(to);
  const auto* const source = static_cast<const char*>(from);
  if (target <= source)
    for (std::size_t i = 0; i < size; ++i) target[i] = source[i];
  else
    while (size-- > 0) target[size] = source[size];
  return to;
}

void* memcpy(void* __restrict to, const void* __restrict from, std::size_t size) {
  return memmove(to, from, size);
}

void* memset(void* to, int value, std::size_t size) {
  auto* const target = static_cast<char*>(to);
  for (std::size_t i = 0; i < size; ++i) target[i] = static_cast<char>(value);
  return to;
}

int memcmp(const void* one, const void* other, std::size_t size) {
  const auto* const left = static_cast<const unsigned char*>(one);
  const auto* const right = static_cast<const unsigned char*>(other);
  for (std::size_t i = 0; i < size; ++i)
    if (left[i] != right[i]) return left[i] - right[i];
  return 0;
}

void* memchr(const void* in, int value, std::size_t size) {
  const auto* const bytes = static_cast<const unsigned char*>(in);
  for (std::size_t i = 0; i < size; ++i)
    if (bytes[i] == static_cast<unsigned char>(value)) return const_cast<unsigned char*>(bytes + i);
  return nullptr;
}

std::size_t strnlen(const char* text, std::size_t most) {
  std::size_t length = 0;
  while (length < most && text[length] != '\0') ++length;
  return length;
}

std::size_t strlen(const char* text) {
  return strnlen(text, SIZE_MAX);
}

int strncmp(const char* one, const char* other, std::size_t most) {
  for (std::size_t i = 0; i < most; ++i) {
    const auto left = static_cast<unsigned char>(one[i]);
    const auto right = static_cast<unsigned char>(other[i]);
    if (left != right || left == '\0') return left - right;
  }
  return 0;
}

int strcmp(const char* one, const char* other) {
  return strncmp(one, other, SIZE_MAX);
}

std::size_t strcspn(const char* text, const char* stops) {
  std::size_t length = 0;
  while (text[length] != '\0' && memchr(stops, text[length], strlen(stops)) == nullptr) ++length;
  return length;
}

char* strchr(const char* text, int value) {
  return static_cast<char*>(memchr(text, value, strlen(text) + 1));
}

char* strrchr(const char* text, int value) {
  const char* found = nullptr;
  for (;; ++text) {
    if (*text == static_cast<char>(value)) found = text;
    if (*text == '\0') return const_cast<char*>(found);
  }
}

char** environ = nullptr;  // set by start_2_4.cpp

}  // extern "C"
