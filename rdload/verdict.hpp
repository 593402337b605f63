// What each line of kernels does with an image, for --identify.
#pragma once

#include <string>
#include <vector>

#include "rdload/load.hpp"

namespace rdload {

struct Verdict {
  const char* kernel;   // "2.4"
  const char* outcome;  // "loads", "refuses", "not found", "cut short" or "unpacks"
  std::string remark;   // from which version, with which option, or why; may be empty
};

// One for each of 2.4, 2.6, 6.x and 7.x, in this order.
std::vector<Verdict> verdicts(const ImageFacts& facts);

}  // namespace rdload
