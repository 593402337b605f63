// What the first bytes of a program say of the machine that can run it (elf(5)).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace mkramdisk::wrap {

struct Elf {
  unsigned bits = 0;  // 32 or 64
  bool big_endian = false;
  std::uint16_t machine = 0;  // EM_...
  bool executable = false;    // a program, and not an object file or a core
  bool dynamic = false;       // it needs an interpreter, the dynamic linker
  std::string interpreter;    // its path, where that is within the bytes given
};

// Nothing when `head`, the first bytes of a file, is no ELF header.
std::optional<Elf> read_elf(std::span<const std::byte> head);

// "64-bit x86-64", "32-bit big-endian MIPS"; an unknown machine is given by its number.
std::string describe(const Elf& elf);

}  // namespace mkramdisk::wrap
