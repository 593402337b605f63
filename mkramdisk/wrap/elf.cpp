#include "mkramdisk/wrap/elf.hpp"

#include <elf.h>

#include <cstring>

#include "rdload/bytes.hpp"

namespace mkramdisk::wrap {
namespace {

using rdload::Bytes;

// The fields that differ between the two classes.
struct Fields {
  std::size_t segments, segment_size, segment_count;  // in the header
  std::size_t offset, bytes;                          // in a program header
  unsigned width;
};
constexpr Fields fields32 = {28, 42, 44, 4, 16, 4};
constexpr Fields fields64 = {32, 54, 56, 8, 32, 8};

constexpr std::size_t type_at = 16, machine_at = 18;

struct Machine {
  std::uint16_t number;
  const char* name;
};
constexpr Machine machines[] = {{EM_386, "x86"},         {EM_X86_64, "x86-64"}, {EM_ARM, "ARM"},
                                {EM_AARCH64, "ARM64"},   {EM_MIPS, "MIPS"},     {EM_PPC, "PowerPC"},
                                {EM_PPC64, "PowerPC64"}, {EM_SH, "SuperH"},     {EM_68K, "m68k"},
                                {EM_RISCV, "RISC-V"}};

}  // namespace

std::optional<Elf> read_elf(Bytes head) {
  if (head.size() < EI_NIDENT || std::memcmp(head.data(), ELFMAG, SELFMAG) != 0)
    return std::nullopt;
  const std::uint64_t size_class = rdload::byte_at(head, EI_CLASS);
  const std::uint64_t order = rdload::byte_at(head, EI_DATA);
  if ((size_class != ELFCLASS32 && size_class != ELFCLASS64) ||
      (order != ELFDATA2LSB && order != ELFDATA2MSB))
    return std::nullopt;
  Elf elf;
  elf.bits = size_class == ELFCLASS32 ? 32 : 64;
  elf.big_endian = order == ELFDATA2MSB;
  const Fields& fields = elf.bits == 32 ? fields32 : fields64;
  const auto number = [&](std::size_t at, unsigned width) {
    return elf.big_endian ? rdload::big_endian(head, at, width)
                          : rdload::little_endian(head, at, width);
  };
  const std::uint64_t type = number(type_at, 2);
  elf.executable = type == ET_EXEC || type == ET_DYN;
  elf.machine = static_cast<std::uint16_t>(number(machine_at, 2));
  const std::uint64_t segments = number(fields.segments, fields.width);
  const std::uint64_t segment_size = number(fields.segment_size, 2);
  for (std::uint64_t i = 0; i < number(fields.segment_count, 2); ++i) {
    const std::uint64_t segment = segments + i * segment_size;
    if (segment > head.size() || number(segment, 4) != PT_INTERP) continue;
    elf.dynamic = true;
    const std::uint64_t at = number(segment + fields.offset, fields.width);
    const std::uint64_t length = number(segment + fields.bytes, fields.width);
    if (at >= head.size() || length > head.size() - at) continue;
    for (const std::byte byte : head.subspan(at, length))
      if (byte != std::byte{0}) elf.interpreter += static_cast<char>(byte);
  }
  return elf;
}

std::string describe(const Elf& elf) {
  std::string text = std::to_string(elf.bits) + "-bit ";
  if (elf.big_endian) text += "big-endian ";
  for (const Machine& machine : machines)
    if (machine.number == elf.machine) return text + machine.name;
  return text + "machine " + std::to_string(elf.machine);
}

}  // namespace mkramdisk::wrap
