// The facts of the golden plans, by name.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "linuxrc/plan.hpp"
#include "tests/linuxrc/world.hpp"

namespace linuxrc::fake {

std::unique_ptr<Facts> facts_of(std::string_view text) {
  auto facts = std::make_unique<Facts>();
  const common::Status read = read_facts(text, *facts);
  if (!read) throw std::runtime_error(read.error().text());
  return facts;
}

namespace {

std::filesystem::path plans() {
  const char* const source = std::getenv("SOURCE_DIR");
  return std::filesystem::path(source == nullptr ? "." : source) / "tests/plans";
}

}  // namespace

std::string golden_text(const std::string& name) {
  std::ifstream file(plans() / (name + ".facts"));
  if (!file) throw std::runtime_error("no facts of " + name);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::unique_ptr<Facts> read_golden(const std::string& name) {
  return facts_of(golden_text(name));
}

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(plans()))
    if (entry.path().extension() == ".facts") names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace linuxrc::fake
