// Where the small build begins. It uses headers and string functions of a C library, and none of
// its start: that asks for thread-local storage by calls that Linux 2.4 does not have.
#include <unistd.h>

#include <cstdlib>

#include "linuxrc/sys_linux.hpp"

// The kernel leaves argc, argv, a null pointer and the environment on the stack (i386 ABI).
__asm__(
    ".pushsection .text._start,\"ax\",@progbits\n"
    ".globl _start\n"
    "_start:\n"
    "  xor %ebp, %ebp\n"
    "  mov %esp, %eax\n"
    "  and $-16, %esp\n"
    "  push %eax\n"
    "  call linuxrc_start\n"
    ".popsection\n");

int main(int argc, char** argv);

extern "C" [[noreturn, gnu::used]] void linuxrc_start(long* stack) {
  const long count = *stack;
  char** const argv = reinterpret_cast<char**>(stack + 1);
  environ = argv + count + 1;
  const int code = main(static_cast<int>(count), argv);
  for (;;) linuxrc::linux_sys().exit_now(code);
}
