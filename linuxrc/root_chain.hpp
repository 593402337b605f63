// A chain of roots: real_root=A,B,C. Which one a boot starts with, by the count of the boots before
// it that never reached user space. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "linuxrc/plan.hpp"

namespace linuxrc {

// The root number `at`, from 0 on, of "A,B,C"; empty when there are not so many.
std::string_view root_of_chain(std::string_view chain, unsigned at);

// What is asked of the chain: that of root=, or of images to run in RAM (ramroot.hpp).
ChainOptions chain_options(const Facts& facts);

struct RootChoice {
  unsigned at = 0;             // which root of the chain
  std::uint64_t tries = 0;     // boots that started it before this one
  bool was_exhausted = false;  // the root before it has used up its tries
};
// `counted` is what the boots before this one left. A root that was started `most_tries` times is
// followed by the next; the last one is tried for ever.
RootChoice choose_root(std::string_view chain, std::uint64_t most_tries, const BootCount& counted);

// The root that this boot is to mount now.
struct CurrentRoot {
  const char* name = "";  // as root= would have it; lives as long as the plan
  unsigned at = 0;
  bool is_last = true;
};
CurrentRoot current_root(const Facts& facts, Plan& plan);

// The step before a root is looked for: what the boot counter is told.
void plan_count(const Facts& facts, Plan& plan);
// The step after it is mounted: one that another may follow has to have an init. Of the last one
// that is checked when it is switched to.
void plan_init_of_chain(const Facts& facts, const char* root, const char* init, Plan& plan);

// Policies and waits of the steps that find and mount `root`: those of the last one stop the boot.
void let_next_root_follow(const CurrentRoot& root, Step& step);

// Notes why the current root is given up for the next one.
void give_root_up(Facts& facts, const char* reason);

}  // namespace linuxrc
