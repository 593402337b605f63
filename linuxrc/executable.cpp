// Whether this kernel could execute a file, found out by reading it: execve() fails only when there
// is no way back.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "linuxrc/own_elf.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

namespace {

// From a script to its interpreter, to that one's, and so on: one more is ELOOP for execve().
constexpr unsigned most_interpreters = 5;

// The first bytes of a program: enough for the kernel's BINPRM_BUF_SIZE and for every program
// header that linkers write.
struct Head {
  char bytes[4096] = {};
  std::size_t length = 0;

  [[nodiscard]] std::string_view view() const { return {bytes, length}; }
};

Status read_head(Sys& sys, const char* path, Head& head) {
  const int fd = sys.open(path, O_RDONLY, 0);
  if (fd < 0) return Error::system(-fd, "open %s", path);
  const ssize_t length = read_full(sys, fd, head.bytes);
  (void)sys.close(fd);  // read only
  if (length < 0) return Error::system(static_cast<int>(-length), "read %s", path);
  head.length = static_cast<std::size_t>(length);
  return Done{};
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// The interpreter of a "#!" line, or nothing when the line names none. As for the kernel, a
// carriage return is part of its name.
std::string_view script_interpreter(std::string_view head) {
  std::size_t begin = 2;
  while (begin < head.size() && is_blank(head[begin])) ++begin;
  std::size_t end = begin;
  while (end < head.size() && !is_blank(head[end]) && head[end] != '\n' && head[end] != '\0') ++end;
  return head.substr(begin, end - begin);
}

// The PT_INTERP of an ELF file of this machine's byte order; "" for a static program, and where
// the program headers lie beyond what was read.
template <class Header, class ProgramHeader>
std::string_view elf_interpreter(std::string_view head) {
  Header header;
  if (head.size() < sizeof header) return {};
  std::memcpy(&header, head.data(), sizeof header);
  // The file's numbers may have 64 bits where this program's sizes have 32.
  auto at = static_cast<std::size_t>(header.e_phoff);
  for (unsigned left = header.e_phnum; left > 0; --left, at += sizeof(ProgramHeader)) {
    ProgramHeader program;
    if (at > head.size() || head.size() - at < sizeof program) return {};
    std::memcpy(&program, head.data() + at, sizeof program);
    if (program.p_type != PT_INTERP) continue;
    const auto begin = static_cast<std::size_t>(program.p_offset);
    if (begin >= head.size()) return {};
    const auto text = head.substr(begin);
    return text.substr(0, text.find('\0'));
  }
  return {};
}

// The machine whose kernels execute programs for `machine`, too.
unsigned family(unsigned machine) {
  switch (machine) {
    case EM_386:
      return EM_X86_64;
    case EM_ARM:
      return EM_AARCH64;
    case EM_PPC:
      return EM_PPC64;
    case EM_SPARC:
    case EM_SPARC32PLUS:
      return EM_SPARCV9;
    default:
      return machine;
  }
}

// Up to e_machine the header is the same for 32 and for 64 bits.
bool is_for_this_machine(const Elf32_Ehdr& header, bool kernel_64_bit) {
  return header.e_ident[EI_DATA] == own_elf_header.e_ident[EI_DATA] &&
         (header.e_type == ET_EXEC || header.e_type == ET_DYN) &&
         family(header.e_machine) == family(own_elf_header.e_machine) &&
         (kernel_64_bit || header.e_ident[EI_CLASS] != ELFCLASS64);
}

// Checks the file `name`, which becomes what has to execute it, or "" when nothing has to. `elf`:
// it has to be an ELF file, as the dynamic linker of one; then, whether it is.
Status check_file(Machine& machine, Path& name, bool& elf) {
  Sys& sys = machine.sys;
  const char* const path = name.c_str();
  FileFacts facts;
  if (const int result = sys.stat(path, facts); result < 0)
    return Error::system(-result, result == -ENOENT ? "%s" : "stat %s", path);
  if (!S_ISREG(facts.mode)) return Error::of(Failure::not_usable, "%s: not a regular file", path);
  if ((facts.mode & 0111) == 0) return Error::of(Failure::not_usable, "%s: not executable", path);
  static Head head;
  const Status read = read_head(sys, path, head);
  if (!read) return read;
  std::string_view found;
  if (!elf && head.view().starts_with("#!")) {
    found = script_interpreter(head.view());
    if (found.empty()) return Error::of(Failure::not_usable, "%s: #! names no interpreter", path);
  } else if (head.view().starts_with(ELFMAG)) {
    elf = true;
    Elf32_Ehdr header;
    std::memcpy(&header, head.bytes, sizeof header);
    if (head.length < sizeof header || !is_for_this_machine(header, machine.facts.kernel_64_bit))
      return Error::of(Failure::not_usable, "%s: not a program for this machine", path);
    found = header.e_ident[EI_CLASS] == ELFCLASS64
                ? elf_interpreter<Elf64_Ehdr, Elf64_Phdr>(head.view())
                : elf_interpreter<Elf32_Ehdr, Elf32_Phdr>(head.view());
  } else {
    return Error::of(Failure::not_usable, "%s: neither an ELF program nor a #! script", path);
  }
  name.clear();
  name.append("%.*s", static_cast<int>(found.size()), found.data());
  return Done{};
}

}  // namespace

Status check_executable(Machine& machine, const char* path) {
  Path name;
  name.append("%s", path);
  bool elf = false;
  for (unsigned i = 0;; ++i) {
    const bool linker = elf;
    Status fine = check_file(machine, name, elf);
    if (fine && i == most_interpreters && !elf) fine = Error::system(ELOOP, "%s", name.c_str());
    if (!fine && i > 0)
      return Error::of(Failure::not_usable, "%s needs the interpreter %s", path,
                       fine.error().text());
    if (!fine || linker || name.empty()) return fine;
  }
}

}  // namespace linuxrc
