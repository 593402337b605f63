#include "linuxrc/plan_command.hpp"

#include <cstring>

#include "common/standard_streams.hpp"
#include "linuxrc/count_command.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/execute.hpp"
#include "linuxrc/gather.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/retry.hpp"
#include "linuxrc/save.hpp"

namespace linuxrc {
namespace {

using common::Error;
using common::Failure;
using common::Status;

constexpr const char* help_text =
    "Usage: linuxrc --plan [--cmdline TEXT] [--facts FILE]\n"
    "       linuxrc --booted FILE\n"
    "       linuxrc --first-root FILE\n"
    "       linuxrc --factory-reset\n"
    "       linuxrc --save [DEVICE:/PATH]\n"
    "\n"
    "The kernel runs this program as /linuxrc of an initrd, as init=/linuxrc on a RAM disk,\n"
    "or as /init of an initramfs that holds /initrd.image. By hand it only explains itself.\n"
    "\n"
    "      --plan          print what would be done, and stop\n"
    "      --cmdline TEXT  for this kernel command line\n"
    "      --facts FILE    on a system of these facts (docs/facts.md); without it: PID 1 on the\n"
    "                      RAM disk 1:0 under this kernel\n"
    "      --booted FILE   user space was reached: the boot counter FILE (of linuxrc.env=) begins\n"
    "                      anew for the root in use\n"
    "      --first-root FILE  the next boot starts with the first root of the chain again\n"
    "      --factory-reset the next boot deletes what the overlay's upper holds\n"
    "      --save          the running RAM root becomes the image of linuxrc.ramroot=, or\n"
    "                      DEVICE:/PATH; the one before it is kept as PATH.old\n"
    "      --help, --version\n";

struct Request {
  bool plan = false;
  const char* command_line = nullptr;
  const char* facts = nullptr;
  const char* booted = nullptr;
  const char* first_root = nullptr;

  // Where the value of an option is kept; nullptr for any other word.
  const char** value_of(std::string_view word) {
    if (word == "--cmdline") return &command_line;
    if (word == "--facts") return &facts;
    if (word == "--booted") return &booted;
    return word == "--first-root" ? &first_root : nullptr;
  }
};

class Output {
 public:
  explicit Output(Sys& sys) : sys_(sys) {}
  [[gnu::format(printf, 2, 3)]] void line(const char* format, ...) {
    common::Text<1024> text;
    std::va_list arguments;
    va_start(arguments, format);
    text.append_list(format, arguments);
    va_end(arguments);
    text.append("\n");
    if (sys_.write(1, text.c_str(), text.size()) < 0) failed_ = true;
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  Sys& sys_;
  bool failed_ = false;
};

int usage(Log& log, const char* problem, const char* word) {
  log.fail("%s%s", problem, word);
  log.fail("try 'linuxrc --help'");
  return 2;
}

Status read_facts_file(Sys& sys, const char* path, Facts& facts) {
  static char text[16384];
  const auto length = read_text(sys, path, text);
  if (!length) return length.error();
  const Status read = read_facts({text, *length}, facts);
  if (!read) return Error::of(Failure::usage, "%s: %s", path, read.error().text());
  return read;
}

void assume_facts(Sys& sys, Facts& facts) {
  facts.pid = 1;
  facts.root_device = ram0();
  facts.work.append("/mnt");
  facts.has_real_root_dev = true;
  (void)gather_kernel(sys, facts);
}

// The number that a stand-in for /dev/ram0 gets where nothing else uses its driver.
void assume_ram_disk(const Step& step, Facts& facts) {
  if (facts.ram_disk_device != ram0()) return;
  constexpr unsigned loop_major = 7;
  const bool loop = std::strcmp(step.type, "loop") == 0;
  facts.ram_disk_device = makedev(loop ? loop_major : facts.zram_major, 0);
}

const char* policy_text(OnFailure policy) {
  switch (policy) {
    case OnFailure::stop:
      break;
    case OnFailure::next_root:
      return "else the next root";
    case OnFailure::warn:
      return "else warn";
    case OnFailure::ignore:
      return "else go on";
  }
  return "";
}

// "  [retry for 5 s, else warn]"
void append_policy(const Step& step, common::Text<64>& line) {
  const char* const policy = policy_text(step.on_failure);
  const std::uint64_t seconds = retry_seconds(step);
  if (seconds != 0)
    line.append("  [retry for %llu s%s%s]", static_cast<unsigned long long>(seconds),
                *policy == '\0' ? "" : ", ", policy);
  else if (*policy != '\0')
    line.append("  [%s]", policy);
}

void print_plan(Facts& facts, Output& out) {
  out.line("role: %s", describe(role_of(facts)));
  for (const Stage& stage : stages()) {
    Plan plan;
    stage.plan(facts, plan);
    if (stage.optional && plan.steps().empty()) continue;
    out.line("%s:%s", stage.name, plan.steps().empty() ? " nothing" : "");
    unsigned number = 0;
    for (const Step& step : plan.steps()) {
      common::Text<512> text;
      describe(step, text);
      common::Text<64> policy;
      append_policy(step, policy);
      out.line("  %2u %s%s%s", ++number, text.c_str(), policy.c_str(),
               step.irreversible ? "  [irreversible]" : "");
    }
    if (plan.overflowed()) out.line("  the plan is too long");
    if (!plan.steps().empty() && plan.steps().back().op == Op::refuse) return;
    // After its first stages linuxrc goes on as the copy in memory.
    for (const Step& step : plan.steps()) {
      if (step.op == Op::run_from_memory) facts.text_on_root = false;
      if (step.op == Op::read_count) facts.count.known = true;
      if (step.op == Op::make_ram_disk) assume_ram_disk(step, facts);
      if (step.op == Op::load_image) facts.initrd_loaded = true;
      if (step.op == Op::run_linuxrc && facts.linuxrc == LinuxrcOutcome::not_run)
        facts.linuxrc = LinuxrcOutcome::returned;
    }
  }
}

int change_requested_count(Log& log, const Request& request) {
  if (request.booted != nullptr && request.first_root != nullptr)
    return usage(log, "--booted and --first-root exclude each other", "");
  const bool booted = request.booted != nullptr;
  const Status done = change_count(log.sys(), booted ? request.booted : request.first_root,
                                   booted ? CountChange::booted : CountChange::first_root);
  if (done) return 0;
  log.fail("%s", done.error().text());
  return done.error().exit_code();
}

int print_requested_plan(Log& log, const Request& request) {
  Sys& sys = log.sys();
  static Facts facts;
  if (request.facts == nullptr) {
    assume_facts(sys, facts);
  } else if (const Status read = read_facts_file(sys, request.facts, facts); !read) {
    log.fail("%s", read.error().text());
    return read.error().exit_code();
  }
  if (request.command_line != nullptr) {
    const Status parsed = facts.command_line.parse(request.command_line);
    if (!parsed) return usage(log, parsed.error().text(), "");
  }
  Output out(sys);
  print_plan(facts, out);
  return out.failed() ? 1 : 0;
}

bool is_done(const char* const* argv) {
  return std::strcmp(argv[1], "done") == 0;
}

}  // namespace

bool is_command(Sys& sys, int argc, const char* const* argv) {
  if (sys.getpid() == 1) return false;
  if (argc > 0 && is_ramroot_save(argv[0])) return true;
  if (argc < 2) return false;
  // Carrying over what was changed in memory is a boot's work.
  return is_mount_root(argv[0]) ? is_done(argv) && !waits_for_upper(sys)
                                : argv[1][0] == '-' && argv[1][1] == '-';
}

int command(Log& log, int argc, const char* const* argv) {
  // An image that is saved must not get the number of a closed standard error.
  common::occupy_standard_streams();
  if (is_mount_root(argv[0])) return mount_root_done(log);
  const bool saves = is_ramroot_save(argv[0]);
  if (saves || std::strcmp(argv[1], "--save") == 0) {
    const int next = saves ? 1 : 2;
    if (argc > next + 1) return usage(log, "one image is saved, not also ", argv[next + 1]);
    if (argc > next && argv[next][0] == '-') return usage(log, "unknown option ", argv[next]);
    return save(log, argc > next ? argv[next] : nullptr);
  }
  Sys& sys = log.sys();
  Request request;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--help") {
      return sys.write(1, help_text, std::strlen(help_text)) < 0 ? 1 : 0;
    } else if (word == "--version") {
      static constexpr const char* text = "linuxrc (image-initrd) " PROJECT_VERSION "\n";
      return sys.write(1, text, std::strlen(text)) < 0 ? 1 : 0;
    } else if (word == "--factory-reset") {
      if (argc > 2) return usage(log, "--factory-reset stands alone: ", argv[i == 1 ? 2 : 1]);
      return factory_reset(log);
    } else if (word == "--plan") {
      request.plan = true;
    } else if (const char** const value = request.value_of(word); value != nullptr) {
      if (i + 1 == argc) return usage(log, "no value given for ", argv[i]);
      *value = argv[++i];
    } else {
      return usage(log, "unknown option ", argv[i]);
    }
  }
  if (request.booted != nullptr || request.first_root != nullptr) {
    if (request.plan) return usage(log, "--plan prints and changes nothing", "");
    return change_requested_count(log, request);
  }
  if (!request.plan) return usage(log, "--plan is missing", "");
  return print_requested_plan(log, request);
}

}  // namespace linuxrc
