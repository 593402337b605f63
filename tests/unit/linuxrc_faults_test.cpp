// Every call of every golden plan's boot fails, with every errno that its manual page names: one
// at a time, and in pairs. Pairs are a sample by SEED; with FULL=1 every pair of calls, each call
// with one errno by SEED; with PAIRS=all every pair with every errno, which takes more than a day.
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

#include "tests/linuxrc/errnos.hpp"
#include "tests/linuxrc/invariants.hpp"
#include "tests/linuxrc/progress.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

constexpr std::size_t sampled_pairs = 6000;
constexpr std::size_t most_reported = 100;

struct Scenario {
  std::string name;
  std::unique_ptr<Facts> facts;
  EndState plain{};  // how it ends when nothing fails, once that was run
};

std::vector<Scenario> scenarios() {
  std::vector<Scenario> list;
  for (const std::string& name : golden_names())
    list.push_back({.name = name, .facts = read_golden(name)});
  return list;
}

std::string text_of(const Traced& call, int error) {
  std::string text = call.in_child ? "child's " : "";
  text += std::string(name_of(call.call)) + " " + std::to_string(call.occurrence);
  return text + " (" + call.text + ") fails: " + describe_error(error);
}

// Runs boots with faults and counts what was injected.
class Campaign {
 public:
  // The trace of the run, whose last fault was `told`.
  std::vector<Traced> run(Scenario& scenario, std::vector<Fault> faults, const std::string& told) {
    BOOST_TEST_CHECKPOINT(scenario.name << ": " << told);
    World world(*scenario.facts, stack_);
    world.sys.faults = std::move(faults);
    world.run();
    for (const Traced& call : world.sys.trace) injected_ += call.injected ? 1U : 0U;
    ++boots_;
    if (world.sys.faults.empty()) scenario.plain = end_state(world);
    for (const std::string& promise : broken_promises(world, &scenario.plain))
      report(scenario, told, promise, world);
    return std::move(world.sys.trace);
  }

  void tell(const char* what) const {
    BOOST_TEST_MESSAGE(what << ": " << injected_ << " faults injected in " << boots_ << " boots, "
                            << broken_ << " broken promises");
  }
  [[nodiscard]] std::size_t injected() const { return injected_; }

 private:
  void report(const Scenario& scenario, const std::string& told, const std::string& promise,
              const World& world) {
    ++broken_;
    // One of a kind: the same call, the same promise.
    const std::string kind = told.substr(0, told.find(')')) + promise;
    if (!seen_.insert(kind).second || seen_.size() > most_reported) return;
    BOOST_ERROR(scenario.name << ": " << told << ": " << promise);
    for (const std::string& line : world.sys.console) BOOST_TEST_MESSAGE("    " << line);
  }

  Coroutine stack_;
  std::size_t injected_ = 0;
  std::size_t boots_ = 0;
  std::size_t broken_ = 0;
  std::set<std::string> seen_;
};

// Calls visit(fault, text) for each way of those that `choose` names in which the calls of `trace`
// from `from` on can fail.
template <class Choose, class Visit>
void each_fault(const std::vector<Traced>& trace, std::size_t from, Choose choose, Visit visit) {
  for (std::size_t i = from; i < trace.size(); ++i)
    for (const int error : choose(trace[i].call))
      visit(Fault{trace[i].call, trace[i].occurrence, error}, text_of(trace[i], error));
}

std::size_t after_injection(const std::vector<Traced>& trace) {
  std::size_t at = 0;
  while (at < trace.size() && !trace[at].injected) ++at;
  return at + 1;
}

// `choose` names the errnos of a call.
template <class Choose>
void run_all_pairs(Scenario& scenario, Choose choose, Campaign& campaign, Progress& progress) {
  const auto plain = campaign.run(scenario, {}, "nothing fails");
  each_fault(plain, 0, choose, [&](const Fault& first, const std::string& told) {
    if (!progress.begin(scenario.name + ": " + told)) return;
    const auto trace = campaign.run(scenario, {first}, told);
    each_fault(trace, after_injection(trace), choose,
               [&](const Fault& second, const std::string& then) {
                 (void)campaign.run(scenario, {first, second}, told + ", then " + then);
               });
    progress.done(campaign.injected());
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_call_fails_once_with_every_errno) {
  Campaign campaign;
  for (Scenario& scenario : scenarios()) {
    const auto plain = campaign.run(scenario, {}, "nothing fails");
    each_fault(plain, 0, errors_of, [&](const Fault& fault, const std::string& told) {
      (void)campaign.run(scenario, {fault}, told);
    });
  }
  campaign.tell("one at a time");
  BOOST_TEST(campaign.injected() >= 10000U);
}

// No shell reads them, whatever else comes of such words.
BOOST_AUTO_TEST_CASE(commands_on_the_command_line_are_run_by_nobody) {
  constexpr const char* ways[] = {
      " real_root=$(/bin/reboot) ip=;/bin/reboot nfsroot=`reboot`:/x|reboot",
      " linuxrc.overlay=/dev/vdb;reboot linuxrc.overlay.format=ext4;reboot",
      " linuxrc.ramroot=/dev/vda:/$(reboot).img linuxrc.map=hda:vda;reboot rootfstype=ext2;reboot",
      " init=/bin/sh\t-c\treboot linuxrc.onfail=shell;reboot rootflags=`reboot`",
      " root=/dev/absent linuxrc.onfail=shell \"x y;reboot\" ';reboot' rootwait=$(reboot)"};
  Coroutine stack;
  std::size_t programs = 0;
  for (const std::string& name : golden_names()) {
    for (const char* const way : ways) {
      const std::string told = name + way;
      BOOST_TEST_CHECKPOINT(told);
      std::string text = golden_text(name);
      const std::size_t line = ("\n" + text).find("\ncmdline=");
      BOOST_REQUIRE(line != std::string::npos);
      text.insert(std::min(text.find('\n', line), text.size()), way);
      const auto facts = facts_of(text);
      World world(*facts, stack);
      world.run();
      for (const Execution& execution : world.sys.executions)
        programs += execution.in_child ? 1 : 0;
      for (const std::string& promise : broken_promises(world))
        BOOST_TEST(promise.find(" was given ") == std::string::npos, told << ": " << promise);
    }
  }
  BOOST_TEST(programs >= 50U);
}

BOOST_AUTO_TEST_CASE(two_calls_fail) {
  Campaign campaign;
  auto list = scenarios();
  const char* const given = std::getenv("SEED");
  const auto seed = given != nullptr ? std::stoul(given) : std::random_device{}();
  BOOST_TEST_MESSAGE("SEED=" << seed);
  std::mt19937_64 random(seed);
  const auto one_error = [&](Call call) {
    const auto errors = errors_of(call);
    return errors.subspan(random() % errors.size(), 1);
  };
  const char* const pairs = std::getenv("PAIRS");
  const bool every_errno = pairs != nullptr && std::string_view(pairs) == "all";
  if (every_errno || std::getenv("FULL") != nullptr) {
    Progress progress(every_errno ? "linuxrc_faults.all" : "linuxrc_faults.progress");
    for (Scenario& scenario : list)
      if (every_errno)
        run_all_pairs(scenario, errors_of, campaign, progress);
      else
        run_all_pairs(scenario, one_error, campaign, progress);
    campaign.tell(every_errno ? "all pairs" : "all pairs of calls");
    progress.finished();
    return;
  }
  const auto pick = [&](const std::vector<Traced>& trace, std::size_t from) {
    const Traced& call = trace[from + random() % (trace.size() - from)];
    const int error = one_error(call.call).front();
    return std::pair{Fault{call.call, call.occurrence, error}, text_of(call, error)};
  };
  std::vector<std::vector<Traced>> plain;
  plain.reserve(list.size());
  for (Scenario& scenario : list) plain.push_back(campaign.run(scenario, {}, "nothing fails"));
  for (std::size_t i = 0; i < sampled_pairs; ++i) {
    const std::size_t which = random() % list.size();
    auto [first, told] = pick(plain[which], 0);
    const auto trace = campaign.run(list[which], {first}, told);
    const std::size_t from = after_injection(trace);
    if (from >= trace.size()) continue;
    const auto [second, then] = pick(trace, from);
    told.append(", then ").append(then);
    (void)campaign.run(list[which], {first, second}, told);
  }
  campaign.tell("a sample of pairs");
  BOOST_TEST(campaign.injected() >= 10000U);
}
