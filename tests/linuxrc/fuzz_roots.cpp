// What fuzz_parsers.cpp gives to the parsers of roots and disks. What a parser promises of its
// result is checked; sanitizers see the rest.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "linuxrc/device.hpp"
#include "linuxrc/module_parameters.hpp"
#include "linuxrc/network.hpp"
#include "linuxrc/nfs_root.hpp"
#include "linuxrc/overlay_options.hpp"
#include "linuxrc/root_chain.hpp"
#include "linuxrc/root_name.hpp"
#include "linuxrc/volume.hpp"
#include "tests/linuxrc/fuzz_parsers.hpp"

namespace linuxrc::fuzz {

namespace {

void require(bool kept) {
  if (!kept) std::abort();
}

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (std::less_equal<>{}(whole.data(), part.data()) &&
          std::less_equal<>{}(part.data() + part.size(), whole.data() + whole.size()));
}

// The text before the first newline and that behind it.
std::pair<std::string_view, std::string_view> halves(std::string_view text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return {text, {}};
  return {text.substr(0, end), text.substr(end + 1)};
}

// A device's first bytes: the input, and its last 4 KiB where btrfs has its superblock.
std::vector<std::byte> head_of(std::string_view text) {
  constexpr std::size_t btrfs_at = 64 * 1024;
  std::vector<std::byte> head(volume_window);
  std::memcpy(head.data(), text.data(), std::min(text.size(), btrfs_at));
  const auto tail = text.substr(text.size() - std::min<std::size_t>(text.size(), 4096));
  std::memcpy(head.data() + btrfs_at, tail.data(), tail.size());
  return head;
}

}  // namespace

// root= and each root of a chain; the names that linuxrc.map= gives.
void root_name(std::string_view text) {
  const auto [name, map] = halves(text);
  const RootName root = parse_root_name(name);
  require(is_inside(root.text, name) && is_inside(root.file, name));
  require(root.offset > -256 && root.offset < 256);
  if (root.form == RootName::Form::flash) require(*flash_type(root.text) != '\0');
  for (unsigned at = 0; at < 4; ++at) require(is_inside(root_of_chain(name, at), name));
  (void)parse_ram_disk(name);
  const std::string words(map.substr(0, map.find('\0')));
  (void)modern_name(name, words.c_str());
  if (root.form == RootName::Form::number) (void)modern_name(ide_name(root.number).view(), nullptr);
}

// nfsroot=, and ip= on the second line.
void nfs_root(std::string_view text) {
  const auto [nfsroot, ip] = halves(text);
  const auto root = parse_nfs_root(nfsroot, ip);
  if (!root) return;
  // What mount(2) is given: an address of digits and dots, a colon, a path; and the same address.
  const std::string_view source = root->source.view();
  const auto colon = source.find(':');
  require(colon >= 7 && colon <= 15 &&
          source.substr(0, colon).find_first_not_of("0123456789.") == std::string_view::npos);
  const std::string address = ",addr=" + std::string(source.substr(0, colon));
  require(root->data.view().ends_with(address) && !root->data.full() && !root->source.full());
}

// linuxrc.overlay= of the command line, and of /etc/linuxrc.conf what is on the lines behind it.
void overlay_words(std::string_view text) {
  const auto [words, lines] = halves(text);
  OverlayOptions one;
  parse_overlay(words, one);
  const auto facts = std::make_unique<Facts>();
  if (!facts->command_line.parse(words) || !facts->configuration.parse_lines(lines)) return;
  const OverlayOptions both = overlay_options(*facts);
  if (both.in_memory) require(both.asked);
}

// The links on an upper's file system, an os-release file, the first bytes of the upper's device.
void upper(std::string_view text) {
  const auto [link, release] = halves(text);
  require(parse_mark(mark_ready) == UpperMark::ready);
  (void)parse_mark(link);
  (void)identity_of_release(release);
  const auto head = head_of(text);
  const auto contents = identify_upper(head);
  require(upper_types(contents) != nullptr);
  (void)identity_of_device(head);
  // One that could not be read to its end.
  (void)identify_upper(std::span(head).first(std::min(head.size(), text.size())));
}

// Superblocks and partition tables, whole and cut short. What is found under a name is found again
// under the same name.
void volume(std::string_view text) {
  const auto head = head_of(text);
  for (const std::size_t length : {head.size(), std::min(head.size(), text.size())}) {
    const auto view = std::span(head).first(length);
    if (const auto found = identify_volume(view))
      require(same_uuid(found->uuid.view(), found->uuid.view()));
    (void)fat_root_directory(view);
    if (const auto label = fat_label(view)) require(label->size() <= 11);
    for (const unsigned sector : {512U, 4096U}) {
      // The name of the first partition, and names that are none.
      for (const std::string_view name :
           {"11111111-2222-3333-4444-555555555555", "1a2b3c4d-01", ""})
        (void)find_partition_uuid(view, sector, name);
      (void)find_partition_label(view, sector, "rootfs");
      (void)find_partition_label(view, sector,
                                 text.substr(0, std::min<std::size_t>(text.size(), 80)));
    }
  }
}

// /proc/net/route, /proc/net/pnp, what ipconfig left, and a module's words of the command line.
void network(std::string_view text) {
  NetworkFacts answer;
  (void)routed_device(text);
  read_kernel_answer(text, answer);
  read_ipconfig_answer(text, answer);
  (void)parse_nfs_root(answer.path.view(), text, answer.server.view());
  common::CommandLine words;
  ModuleParameters parameters;
  if (words.parse(text)) append_given_parameters(words, text.substr(0, 3), parameters);
}

}  // namespace linuxrc::fuzz
