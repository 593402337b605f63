// World: several roots, and the file that counts their tries.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "linuxrc/grubenv.hpp"
#include "linuxrc/root_chain.hpp"
#include "linuxrc/root_name.hpp"
#include "tests/linuxrc/world.hpp"

namespace linuxrc::fake {

namespace {

std::string block_of(const BootCount& count) {
  std::string block = "# GRUB Environment Block\n";
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) block += std::string(name) + "=" + value + "\n";
  };
  add("saved_entry", "linux");
  add("linuxrc_root", count.root.c_str());
  add("linuxrc_tries", std::to_string(count.tries));
  add("linuxrc_reason", count.reason.c_str());
  block.resize(GrubEnv::size, '#');
  return block;
}

}  // namespace

void World::add_chain() {
  const ChainOptions options = chain_options(facts_);
  if (root_of_chain(options.chain.view(), 1).empty()) return;
  for (unsigned at = 0; !root_of_chain(options.chain.view(), at).empty(); ++at) {
    const RootName name = parse_root_name(root_of_chain(options.chain.view(), at));
    chain.push_back(add_disk(makedev(254, at), std::string(name.text)));
    // Facts that begin with a later root: what is on those before it is nothing to mount.
    if (at < facts_.next_root) kernel.disks.back().fs = nullptr;
  }
  const unsigned chosen =
      facts_.count.known ? choose_root(options.chain.view(), options.tries, facts_.count).at : 0;
  real = chain.at(std::max(chosen, facts_.next_root));
  add_count_file(options);
}

void World::add_count_file(const ChainOptions& options) {
  if (options.count_file == nullptr) return;
  const RootName place = parse_root_name(options.count_file);
  FileSystem& host = *add_disk(makedev(8, 1), std::string(place.text));
  count_file =
      &kernel.tree.put(host, std::string(place.file), S_IFREG | 0644, block_of(facts_.count));
}

}  // namespace linuxrc::fake
