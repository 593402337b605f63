// Which program will be init, and whether this kernel could execute it.
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

namespace {

// The kernel's list, tried in this order (init/main.c, kernel_init()).
constexpr const char* kernel_list[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};

// The first bytes of a program: enough for the kernel's BINPRM_BUF_SIZE and for every program
// header that linkers write.
struct Head {
  char bytes[4096];
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

Status check_exists(Sys& sys, const char* path, std::string_view interpreter) {
  Path name;
  name.append("%.*s", static_cast<int>(interpreter.size()), interpreter.data());
  FileFacts facts;
  const int result = sys.stat(name.c_str(), facts);
  return outcome(result, "%s needs the interpreter %s", path, name.c_str());
}

// The interpreter of a "#!" line, or nothing when the line is not one.
std::string_view script_interpreter(std::string_view head) {
  head.remove_prefix(2);
  head = head.substr(0, head.find('\n'));
  const auto begin = head.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  head.remove_prefix(begin);
  return head.substr(0, head.find_first_of(" \t\r"));
}

// The PT_INTERP of an ELF file of this machine's byte order; "" for a static program, and where
// the program headers lie beyond what was read.
template <class Header, class ProgramHeader>
std::string_view elf_interpreter(std::string_view head) {
  Header header;
  if (head.size() < sizeof header) return {};
  std::memcpy(&header, head.data(), sizeof header);
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    ProgramHeader program;
    // The file's numbers have 64 bits, this program's sizes perhaps 32.
    const std::uint64_t at = header.e_phoff + std::uint64_t{i} * sizeof program;
    if (at > head.size() || head.size() - at < sizeof program) return {};
    std::memcpy(&program, head.data() + static_cast<std::size_t>(at), sizeof program);
    if (program.p_type != PT_INTERP) continue;
    if (program.p_offset >= head.size()) return {};
    auto text = head.substr(static_cast<std::size_t>(program.p_offset));
    if (program.p_filesz < text.size())
      text = text.substr(0, static_cast<std::size_t>(program.p_filesz));
    return text.substr(0, text.find('\0'));
  }
  return {};
}

bool same_file(const FileFacts& one, const FileFacts& other) {
  return one.device == other.device && one.inode == other.inode;
}

}  // namespace

Status check_executable(Sys& sys, const char* path) {
  FileFacts facts;
  if (const int result = sys.stat(path, facts); result < 0)
    return Error::system(-result, "%s", path);
  if (!S_ISREG(facts.mode)) return Error::of(Failure::not_usable, "%s: not a regular file", path);
  if ((facts.mode & 0111) == 0) return Error::of(Failure::not_usable, "%s: not executable", path);
  Head head;
  const Status read = read_head(sys, path, head);
  if (!read) return read;
  std::string_view interpreter;
  if (head.view().starts_with("#!")) {
    interpreter = script_interpreter(head.view());
    if (interpreter.empty())
      return Error::of(Failure::not_usable, "%s: #! names no interpreter", path);
  } else if (head.view().starts_with(ELFMAG)) {
    const char elf_class = head.length > EI_CLASS ? head.bytes[EI_CLASS] : '\0';
    interpreter = elf_class == ELFCLASS64 ? elf_interpreter<Elf64_Ehdr, Elf64_Phdr>(head.view())
                                          : elf_interpreter<Elf32_Ehdr, Elf32_Phdr>(head.view());
    if (interpreter.empty()) return Done{};
  } else {
    return Error::of(Failure::not_usable, "%s: neither an ELF program nor a #! script", path);
  }
  return check_exists(sys, path, interpreter);
}

namespace {

using Reasons = common::Text<400>;

// The first of the kernel's list from `at` on that can be executed becomes machine.init. Why the
// others cannot is appended to `reasons`, if given.
bool first_of_list(Machine& machine, std::size_t at, Reasons* reasons) {
  for (; at < std::size(kernel_list); ++at) {
    const char* const candidate = kernel_list[at];
    FileFacts facts;
    if (machine.self && machine.sys.stat(candidate, facts) >= 0 && same_file(*machine.self, facts))
      continue;
    const Status fine = check_executable(machine.sys, candidate);
    if (fine) {
      machine.init.clear();
      machine.init.append("%s", candidate);
      return true;
    }
    if (reasons != nullptr)
      reasons->append("%s%s", reasons->empty() ? "" : "; ", fine.error().text());
  }
  return false;
}

// Inside the new root: sets machine.init.
Status choose_init(Machine& machine, const Step& step) {
  machine.init.clear();
  machine.init_from_list = *step.source == '\0';
  if (machine.init_from_list) {
    Reasons reasons;
    if (first_of_list(machine, 0, &reasons)) return Done{};
    return Error::of(Failure::not_usable, "no working init found in %s: %s",
                     *step.target == '\0' ? "/" : step.target, reasons.c_str());
  }
  const Status fine = check_executable(machine.sys, step.source);
  if (!fine) return Error::of(Failure::not_usable, "requested init %s", fine.error().text());
  machine.init.append("%s", step.source);
  return Done{};
}

}  // namespace

bool choose_next_init(Machine& machine) {
  if (!machine.init_from_list) return false;
  std::size_t at = 0;
  while (at < std::size(kernel_list) && machine.init.view() != kernel_list[at]) ++at;
  return first_of_list(machine, at + 1, nullptr);
}

Status check_init(Machine& machine, const Step& step) {
  Path self_path;
  self_path.append("%s/proc/self/exe", machine.facts.work.c_str());
  FileFacts self;
  if (machine.sys.stat(self_path.c_str(), self) >= 0) machine.self = self;

  Inside new_root(machine.sys, step.target);
  if (!new_root.status()) return new_root.status();
  const Status chosen = choose_init(machine, step);
  const Status back = come_back(machine, new_root);
  return chosen ? back : chosen;
}

}  // namespace linuxrc
