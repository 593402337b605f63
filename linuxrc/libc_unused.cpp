// What linuxrc does not use of libc, and glibc itself refers to: without these definitions it comes
// along, 140 KB. They are weak, so that with a libc that has these otherwise linuxrc still links,
// and is only larger.
//
// The names are libc's own and reserved to it; that is what is being defined here.
// NOLINTBEGIN(bugprone-reserved-identifier)

// Formatted output, with floating point and wide characters. linuxrc's text is made by
// common::Text, and of malloc_stats() and its like nothing is ever called.
// clang-format off
#define NEVER_CALLED(name) \
  extern "C" [[gnu::weak]] void name(); \
  void name() { __builtin_trap(); }
// clang-format on

NEVER_CALLED(__asprintf)
NEVER_CALLED(__fprintf_chk)
NEVER_CALLED(__snprintf)
NEVER_CALLED(__snprintf_chk)
NEVER_CALLED(fprintf)
NEVER_CALLED(snprintf)
NEVER_CALLED(sprintf)

// Translated messages, with their files and tables of character sets: an error's text stays as it
// is.
extern "C" [[gnu::weak]] char* __dcgettext(const char* domain, char* text, int category);
char* __dcgettext(const char* /*domain*/, char* text, int /*category*/) {
  return text;
}
// NOLINTEND(bugprone-reserved-identifier)
