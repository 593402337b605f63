// What holds of every program that is run before init: it reads its arguments as words, or gets
// none. No shell is given text.
#include <algorithm>

#include "tests/linuxrc/invariants.hpp"

namespace linuxrc::fake {

std::vector<std::string> broken_program_promises(const World& world) {
  constexpr std::string_view readers_of_words[] = {"ipconfig", "insmod", "mkfs.ext4", "mkfs.f2fs"};
  std::vector<std::string> broken;
  for (const Execution& execution : world.sys.executions) {
    if (!execution.in_child) continue;
    const std::string& path = execution.path;
    const std::string name = path.substr(path.rfind('/') + 1);
    const std::size_t words = execution.argv.size();
    if (words != 1 && std::ranges::find(readers_of_words, name) == std::end(readers_of_words))
      broken.push_back(path + " was given " + std::to_string(words) + " words");
    if (std::ranges::find(execution.argv, "-c") != execution.argv.end())
      broken.push_back(path + " was given -c");
  }
  return broken;
}

}  // namespace linuxrc::fake
