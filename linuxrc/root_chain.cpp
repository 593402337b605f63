#include "linuxrc/root_chain.hpp"

#include <algorithm>

#include "linuxrc/ramroot.hpp"

namespace linuxrc {
namespace {

// Where the last root may be waited for without end, one before it gets this long.
constexpr std::uint32_t longest_wait_s = 30;

bool is_chain(const ChainOptions& options) {
  return !root_of_chain(options.chain.view(), 1).empty();
}

RootChoice choice_of(const Facts& facts, const ChainOptions& options) {
  return facts.count.known ? choose_root(options.chain.view(), options.tries, facts.count)
                           : RootChoice{};
}

std::uint32_t count_wait_s(const Facts& facts) {
  return std::min(facts.options().root_wait_s, longest_wait_s);
}

// What the counter is told when this boot starts with the root it was to start with.
void describe_start(const ChainOptions& options, const RootChoice& choice, std::string_view root,
                    common::Text<1024>& values, Plan& plan) {
  values.append("linuxrc_root=%.*s\nlinuxrc_tries=%llu", static_cast<int>(root.size()), root.data(),
                choice.tries + 1ULL);
  if (choice.was_exhausted) {
    const std::string_view before = root_of_chain(options.chain.view(), choice.at - 1);
    Path reason;
    reason.append("%.*s: started %llu times, and no boot reached user space",
                  static_cast<int>(before.size()), before.data(),
                  static_cast<unsigned long long>(options.tries));
    values.append("\nlinuxrc_reason=%s", reason.c_str());
    plan.say(plan.join(reason.view(), ": the next root's turn"));
  } else if (choice.at == 0) {
    values.append("\nlinuxrc_reason=");
  }
}

}  // namespace

ChainOptions chain_options(const Facts& facts) {
  ChainOptions options = read_chain_options(facts.command_line, facts.configuration);
  if (!wants_ramroot(facts)) return options;
  options.chain.clear();
  options.chain.append("%s", facts.value("linuxrc.ramroot"));
  const char* const fallback = facts.value("linuxrc.ramroot.fallback");
  if (fallback != nullptr) options.chain.append(",%s", fallback);
  return options;
}

std::string_view root_of_chain(std::string_view chain, unsigned at) {
  while (!chain.empty()) {
    const std::string_view root = chain.substr(0, chain.find(','));
    chain.remove_prefix(std::min(root.size() + 1, chain.size()));
    if (!root.empty() && at-- == 0) return root;
  }
  return {};
}

RootChoice choose_root(std::string_view chain, std::uint64_t most_tries, const BootCount& counted) {
  RootChoice choice;
  unsigned at = 0;
  std::string_view root = root_of_chain(chain, at);
  while (!root.empty() && root != counted.root.view()) root = root_of_chain(chain, ++at);
  if (root.empty()) return choice;  // nothing is counted yet, or the chain is another one
  choice.at = at;
  choice.tries = counted.tries;
  const bool is_last = root_of_chain(chain, at + 1).empty();
  if (most_tries == 0 || counted.tries < most_tries || is_last) return choice;
  return {at + 1, 0, true};
}

CurrentRoot current_root(const Facts& facts, Plan& plan) {
  if (facts.asked_server) return {"/dev/nfs", 0, true};
  const ChainOptions options = chain_options(facts);
  const std::string_view chain = options.chain.view();
  if (!is_chain(options)) return {plan.join(chain, ""), 0, true};
  const unsigned at = std::max(choice_of(facts, options).at, facts.next_root);
  return {plan.join(root_of_chain(chain, at), ""), at, root_of_chain(chain, at + 1).empty()};
}

void plan_choose(const Facts& facts, Plan& plan) {
  const ChainOptions options = chain_options(facts);
  if (role_of(facts) == Role::not_ours || facts.asked_root || facts.asked_server) return;
  if (!is_chain(options)) return;
  if (stays_on_image(facts) || facts.linuxrc == LinuxrcOutcome::pivoted) return;
  if (options.count_file == nullptr) return;
  plan.add({.op = Op::read_count,
            .source = options.count_file,
            .number = count_wait_s(facts),
            .on_failure = OnFailure::warn});
}

void plan_count(const Facts& facts, Plan& plan) {
  const ChainOptions options = chain_options(facts);
  if (!facts.count.known || options.count_file == nullptr || !is_chain(options)) return;
  const RootChoice choice = choice_of(facts, options);
  const std::string_view root = root_of_chain(options.chain.view(), choice.at);
  common::Text<1024> values;
  if (facts.next_root > choice.at)
    values.append("linuxrc_reason=%s", facts.given_up.c_str());
  else
    describe_start(options, choice, root, values, plan);
  plan.add({.op = Op::write_count,
            .source = options.count_file,
            .data = plan.join(values.view(), ""),
            .number = count_wait_s(facts),
            .on_failure = OnFailure::warn});
}

void plan_init_of_chain(const Facts& facts, const char* root, const char* init, Plan& plan) {
  if (facts.asked_root || current_root(facts, plan).is_last) return;
  plan.add({.op = Op::check_init,
            .source = init == nullptr ? "" : init,
            .target = root,
            .on_failure = OnFailure::next_root});
}

void let_next_root_follow(const CurrentRoot& root, Step& step) {
  if (root.is_last) return;
  step.on_failure = OnFailure::next_root;
  // A retry has the same number.
  if (step.number == Options::wait_forever) step.number = longest_wait_s;
}

void give_root_up(Facts& facts, const char* reason) {
  Plan texts;
  const CurrentRoot root = current_root(facts, texts);
  facts.next_root = root.at + 1;
  facts.given_up.clear();
  facts.given_up.append("%s: ", root.name);
  // It is to be one line of the counter's file.
  for (; *reason != '\0'; ++reason) facts.given_up.append("%c", *reason < ' ' ? '?' : *reason);
}

}  // namespace linuxrc
