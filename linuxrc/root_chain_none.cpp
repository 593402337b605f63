// For a build with one root, and no boot counter.
#include "linuxrc/root_chain.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

CurrentRoot current_root(const Facts& facts, Plan&) {
  const Options& options = facts.options();
  const char* const name = options.real_root != nullptr ? options.real_root : options.root;
  return {name == nullptr ? "" : name, 0, true};
}

void plan_choose(const Facts&, Plan&) {}
void plan_count(const Facts&, Plan&) {}
void let_next_root_follow(const CurrentRoot&, Step&) {}

void plan_init_of_chain(const Facts&, const char*, const char*, Plan&) {}

bool can_take_next_root(Machine&) {
  return false;
}

common::Status choose_and_mount(Machine& machine) {
  return run_stage(machine, plan_root);
}

common::Status read_count(Machine&, const Step&) {
  return common::Done{};
}

common::Status write_count(Machine&, const Step&) {
  return common::Done{};
}

}  // namespace linuxrc
