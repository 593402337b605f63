// What execve() of this kernel would refuse is seen before the roots change places.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>

#include "linuxrc/own_elf.hpp"
#include "linuxrc/steps.hpp"
#include "tests/linuxrc/boots.hpp"
#include "tests/linuxrc/one_root.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

constexpr mode_t program = S_IFREG | 0755;

// A root with a shell, its dynamic linker, and `init` as /sbin/init.
class Root : public OneRoot {
 public:
  explicit Root(std::string_view init, mode_t mode = program) {
    put("/lib/ld.so", program, Kernel::elf_program(""));
    put("/bin/sh", program, Kernel::elf_program("/lib/ld.so"));
    put("/sbin/init", mode, init);
    facts.kernel_64_bit = true;
  }
  // Why /sbin/init cannot be executed; "" when it can.
  std::string refusal() {
    const common::Status fine = check_executable(machine, "/sbin/init");
    return fine ? "" : fine.error().text();
  }
};

// An ELF program with another header.
std::string changed(const std::function<void(ElfW(Ehdr) &)>& change) {
  std::string text = Kernel::elf_program("");
  ElfW(Ehdr) header;
  std::memcpy(&header, text.data(), sizeof header);
  change(header);
  std::memcpy(text.data(), &header, sizeof header);
  return text;
}

constexpr const char* foreign = "/sbin/init: not a program for this machine";

}  // namespace

BOOST_AUTO_TEST_CASE(programs_and_scripts_that_can_be_executed) {
  BOOST_TEST(Root(Kernel::elf_program("")).refusal() == "");
  BOOST_TEST(Root(Kernel::elf_program("/lib/ld.so")).refusal() == "");
  for (const char* line : {"#!/bin/sh", "#!/bin/sh\n", "#! \t/bin/sh -x\n", "#!/bin/sh\t-x\nmore"})
    BOOST_TEST(Root(line).refusal() == "", line);
}

BOOST_AUTO_TEST_CASE(what_is_no_program) {
  BOOST_TEST(Root("", S_IFREG | 0644).refusal() == "/sbin/init: not executable");
  BOOST_TEST(Root("", S_IFDIR | 0755).refusal() == "/sbin/init: not a regular file");
  BOOST_TEST(Root("").refusal() == "/sbin/init: neither an ELF program nor a #! script");
  BOOST_TEST(Root("#! \n/bin/sh").refusal() == "/sbin/init: #! names no interpreter");
}

BOOST_AUTO_TEST_CASE(a_program_for_another_machine) {
  BOOST_TEST(Root(Kernel::elf_program("").substr(0, 40)).refusal() == foreign);
  const auto is_refused = [](const std::function<void(ElfW(Ehdr)&)>& change) {
    return Root(changed(change)).refusal() == foreign;
  };
  BOOST_TEST(is_refused([](auto& header) { header.e_machine = EM_SH; }));
  BOOST_TEST(is_refused([](auto& header) { header.e_type = ET_REL; }));
  BOOST_TEST(is_refused([](auto& header) { header.e_ident[EI_DATA] ^= 3; }));
}

BOOST_AUTO_TEST_CASE(kernels_of_64_bits_execute_programs_of_32) {
  Elf32_Ehdr narrow{};
  std::memcpy(&narrow, &own_elf_header, sizeof narrow.e_ident);
  narrow.e_ident[EI_CLASS] = ELFCLASS32;
  narrow.e_type = ET_EXEC;
  narrow.e_machine = own_elf_header.e_machine == EM_X86_64    ? EM_386
                     : own_elf_header.e_machine == EM_AARCH64 ? EM_ARM
                                                              : own_elf_header.e_machine;
  const std::string text(static_cast<const char*>(static_cast<const void*>(&narrow)),
                         sizeof narrow);
  Root root(text);
  BOOST_TEST(root.refusal() == "");
  root.facts.kernel_64_bit = false;
  BOOST_TEST(root.refusal() == "");

  Root wide(changed([](auto& header) { header.e_ident[EI_CLASS] = ELFCLASS64; }));
  wide.facts.kernel_64_bit = false;
  BOOST_TEST(wide.refusal() == foreign);
}

BOOST_AUTO_TEST_CASE(the_interpreter_has_to_be_executable_too) {
  constexpr const char* needs = "/sbin/init needs the interpreter ";
  BOOST_TEST(Root("#!/bin/ash").refusal() ==
             std::string(needs) + "/bin/ash: No such file or directory");
  // A carriage return is part of the name.
  BOOST_TEST(Root("#!/bin/sh\r\n").refusal().starts_with(needs));

  Root text_as_shell("#!/bin/sh");
  text_as_shell.put("/bin/sh", S_IFREG | 0644, Kernel::elf_program(""));
  BOOST_TEST(text_as_shell.refusal() == std::string(needs) + "/bin/sh: not executable");

  Root shell_without_linker("#!/bin/sh");
  shell_without_linker.put("/bin/sh", program, Kernel::elf_program("/lib/other.so"));
  BOOST_TEST(shell_without_linker.refusal() ==
             std::string(needs) + "/lib/other.so: No such file or directory");

  Root script_as_linker(Kernel::elf_program("/lib/ld.so"));
  script_as_linker.put("/lib/ld.so", program, "#!/bin/sh");
  BOOST_TEST(script_as_linker.refusal() ==
             std::string(needs) + "/lib/ld.so: neither an ELF program nor a #! script");
}

BOOST_AUTO_TEST_CASE(scripts_of_scripts_end_somewhere) {
  const auto nested = [](int scripts) {
    Root root("#!/1");
    for (int i = 1; i < scripts; ++i)
      root.put(("/" + std::to_string(i)).c_str(), program, "#!/" + std::to_string(i + 1));
    root.put(("/" + std::to_string(scripts)).c_str(), program, Kernel::elf_program("/lib/ld.so"));
    return root.refusal();
  };
  BOOST_TEST(nested(5) == "");
  BOOST_TEST(nested(6).ends_with("Too many levels of symbolic links"));
  BOOST_TEST(Root("#!/sbin/init").refusal().ends_with("Too many levels of symbolic links"));
  // The kernel does not ask what a dynamic linker would be linked by.
  BOOST_TEST(Root(Kernel::elf_program("/sbin/init")).refusal() == "");
}

BOOST_AUTO_TEST_CASE(a_foreign_init_leaves_the_old_root_as_it_was) {
  const Boot boot(
      "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.put_old=mnt\nnew_root.dev=yes\n"
      "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda real_init=/sbin/init\n",
      [](World& world) {
        world.kernel.tree.put(*world.real, "/sbin/init", program,
                              changed([](auto& header) { header.e_machine = EM_SH; }));
      });
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("requested init /sbin/init: not a program for this machine"));
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->image);
}
