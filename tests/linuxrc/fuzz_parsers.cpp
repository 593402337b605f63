// libFuzzer target for what linuxrc reads from others. FUZZ_PARSER in the environment names the
// parser: one of the rows below.
#include "tests/linuxrc/fuzz_parsers.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "linuxrc/device.hpp"
#include "linuxrc/gather.hpp"
#include "linuxrc/grubenv.hpp"
#include "linuxrc/options.hpp"
#include "linuxrc/root_chain.hpp"
#include "linuxrc/steps.hpp"
#include "tests/linuxrc/one_root.hpp"

namespace {

using namespace linuxrc;

constexpr mode_t text_file = S_IFREG | 0644;

// Sums up the words, so that each byte of them is read.
unsigned long read_words(const common::CommandLine& line) {
  unsigned long sum = 0;
  for (const auto words : {line.words(), line.init_words()})
    for (const common::Word& word : words)
      for (const char* at = word.text; *at != '\0'; ++at) sum += static_cast<unsigned char>(*at);
  return sum;
}

void command_line(std::string_view text) {
  common::CommandLine line;
  common::CommandLine none;
  if (!line.parse(text)) return;
  (void)read_words(line);
  const Options options = read_options(line, none);
  if (options.root != nullptr) (void)parse_device_number(options.root);
}

void configuration(std::string_view text) {
  common::CommandLine line;
  if (line.parse_lines(text) && read_words(line) == 0 && !line.words().empty() &&
      *line.words().front().text != '\0')
    std::abort();
}

void facts_file(std::string_view text) {
  const auto facts = std::make_unique<Facts>();
  (void)read_facts(text, *facts);
}

void partitions(std::string_view text) {
  if (const auto device = find_partition(text, "sda1"); device && !lists_device(text, *device))
    std::abort();
  (void)parse_real_root_dev(text);
  if (const auto device = parse_device_number(text); device) {
    if (decode_device(encode_device(*device)) != *device) std::abort();
  }
}

// /proc/cmdline, /proc/mounts, /proc/modules, /proc/filesystems and /etc/linuxrc.conf.
void system_files(std::string_view text) {
  fake::OneRoot machine;
  for (const char* path :
       {"/proc/cmdline", "/proc/mounts", "/proc/modules", "/proc/filesystems", "/etc/linuxrc.conf"})
    machine.put(path, text_file, text);
  machine.facts.pid = 1;
  (void)gather_system(machine.log, machine.loader, machine.facts);
}

void modules_list(std::string_view text) {
  fake::OneRoot machine;
  machine.put("/lib/linuxrc/modules.list", text_file, text);
  machine.put("/lib/linuxrc/brd.ko", text_file, "module brd");
  Step step{.op = Op::load_modules, .source = "/lib/linuxrc/modules.list", .number = 4096};
  (void)load_modules(machine.machine, step);
}

void executable(std::string_view text) {
  fake::OneRoot machine;
  machine.put("/sbin/init", S_IFREG | 0755, text);
  machine.put("/bin/sh", S_IFREG | 0755, "");
  (void)check_executable(machine.machine, "/sbin/init");
}

// Whatever the block is, what was set is read back and the length stays.
void grubenv(std::string_view text) {
  char block[GrubEnv::size];
  std::memset(block, '#', sizeof block);
  std::memcpy(block, text.data(), std::min(text.size(), sizeof block));
  auto env = GrubEnv::parse(block);
  if (!env) return;
  char buffer[GrubEnv::size];
  (void)env->get("linuxrc_reason", buffer);
  const std::string_view value = text.substr(text.size() / 2);
  if (env->set("linuxrc_reason", value) &&
      (env->get("linuxrc_reason", buffer).value_or("none") != value))
    std::abort();
  if (!GrubEnv::parse(env->block())) std::abort();
  BootCount count;
  (void)choose_root(text, 3, count);
}

struct Row {
  std::string_view name;
  void (*parse)(std::string_view text);
};
constexpr Row rows[] = {{"command_line", command_line},   {"configuration", configuration},
                        {"facts_file", facts_file},       {"partitions", partitions},
                        {"system_files", system_files},   {"modules_list", modules_list},
                        {"executable", executable},       {"grubenv", grubenv},
                        {"root_name", fuzz::root_name},   {"nfs_root", fuzz::nfs_root},
                        {"overlay", fuzz::overlay_words}, {"upper", fuzz::upper},
                        {"volume", fuzz::volume},         {"network", fuzz::network},
                        {"archive", fuzz::archive}};

void (*chosen)(std::string_view) = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* const name = std::getenv("FUZZ_PARSER");
  for (const Row& row : rows)
    if (name != nullptr && row.name == name) chosen = row.parse;
  if (chosen != nullptr) return 0;
  std::fprintf(stderr, "FUZZ_PARSER names none of the parsers\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen({reinterpret_cast<const char*>(data), size});
  return 0;
}
