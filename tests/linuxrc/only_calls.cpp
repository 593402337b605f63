// only_calls TABLE PROGRAM [ARGUMENT]...: PROGRAM and all that it starts, where an i386 program
// that makes a system call outside TABLE is killed. Programs of 64 bits make what they like. TABLE
// has a number and a name a line. Called linuxrc, it takes /only-calls and /linuxrc.filtered. Exit
// code 126 with the reason when this kernel cannot do that.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "only_calls: %s: %s\n", what, std::strerror(errno));
  ::_exit(126);
}

std::vector<unsigned> read_table(const char* path) {
  std::FILE* const file = std::fopen(path, "re");
  if (file == nullptr) give_up(path);
  std::vector<unsigned> numbers;
  char line[256];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    unsigned number = 0;
    if (line[0] == '#') continue;
    if (std::sscanf(line, "%u", &number) != 1) give_up(line);
    numbers.push_back(number);
  }
  std::fclose(file);  // only read
  return numbers;
}

sock_filter statement(unsigned code, unsigned value) {
  return {static_cast<unsigned short>(code), 0, 0, value};
}

// Goes `yes` or `no` instructions further on.
sock_filter jump_if_equal(unsigned value, unsigned char yes, unsigned char no) {
  return {BPF_JMP | BPF_JEQ | BPF_K, yes, no, value};
}

void filter_calls(const char* table) {
  std::vector<sock_filter> filter{
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      jump_if_equal(AUDIT_ARCH_I386, 1, 0),
      statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const unsigned number : read_table(table)) {
    filter.push_back(jump_if_equal(number, 0, 1));
    filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("PR_SET_NO_NEW_PRIVS");
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) give_up("PR_SET_SECCOMP");
}

// Started as /linuxrc of an image: takes itself out of the way, where / can be written to, so that
// /linuxrc is what it would be without the filter.
[[noreturn]] void be_linuxrc(char** argv) {
  const char* program = "/linuxrc";
  if (std::rename("/linuxrc.filtered", program) != 0) program = "/linuxrc.filtered";
  filter_calls("/only-calls");
  ::execv(program, argv);
  give_up(program);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc > 0 ? argv[0] : "";
  if (name == "linuxrc" || name.ends_with("/linuxrc")) be_linuxrc(argv);
  if (argc < 3) {
    std::fputs("usage: only_calls TABLE PROGRAM [ARGUMENT]...\n", stderr);
    return 126;
  }
  filter_calls(argv[1]);
  ::execvp(argv[2], argv + 2);
  give_up(argv[2]);
}
