// This program's own ELF header, where the linker has put it (ld's manual, "Builtin Symbols").
// Whatever machine it is for, this kernel can execute.
#pragma once

#include <elf.h>
#include <link.h>

// NOLINTBEGIN(bugprone-reserved-identifier,bugprone-dynamic-static-initializers): the linker's name
extern "C" const ElfW(Ehdr) own_elf_header __asm__("__ehdr_start")
    __attribute__((visibility("hidden")));
// NOLINTEND(bugprone-reserved-identifier,bugprone-dynamic-static-initializers)
