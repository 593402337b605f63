// The overlay's upper: which state it is in, and what follows from that.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "linuxrc/overlay.hpp"
#include "linuxrc/volume.hpp"
#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

struct StateRow {
  const char* facts;  // of overlay_facts_file.cpp
  UpperState state;
  UpperUse use;  // by default
};
constexpr StateRow state_rows[] = {
    {"", UpperState::absent, UpperUse::memory},
    {"found=yes", UpperState::corrupt, UpperUse::memory},
    {"found=yes contents=ext", UpperState::corrupt, UpperUse::memory},
    {"found=yes contents=other", UpperState::corrupt, UpperUse::memory},
    {"found=yes contents=erased", UpperState::unformatted, UpperUse::memory},
    {"found=yes contents=zeroes", UpperState::unformatted, UpperUse::memory},
    {"found=yes contents=dead_code", UpperState::unformatted, UpperUse::memory},
    {"found=yes mounted=yes", UpperState::fresh, UpperUse::as_it_is},
    {"found=yes mounted=yes stale_work=yes", UpperState::fresh, UpperUse::as_it_is},
    // Nobody marked it, and it holds something: a power cut came before the mark, or it is
    // OpenWrt's.
    {"found=yes mounted=yes used=yes", UpperState::ready, UpperUse::as_it_is},
    {"found=yes mounted=yes mark=2", UpperState::ready, UpperUse::as_it_is},
    {"found=yes mounted=yes mark=0", UpperState::ready, UpperUse::as_it_is},
    {"found=yes mounted=yes mark=11 used=yes", UpperState::ready, UpperUse::as_it_is},
    {"found=yes mounted=yes mark=1", UpperState::resetting, UpperUse::wipe},
    {"found=yes mounted=yes mark=1 strange=yes", UpperState::resetting, UpperUse::wipe},
    {"found=yes mounted=yes mark=2 strange=yes", UpperState::corrupt, UpperUse::memory},
    {"found=yes mounted=yes mark=2 lower_differs=yes", UpperState::foreign, UpperUse::as_it_is},
    {"found=yes mounted=yes used=yes lower_differs=yes", UpperState::foreign, UpperUse::as_it_is},
    {"found=yes mounted=yes lower_differs=yes", UpperState::fresh, UpperUse::as_it_is},
};

UpperProbe probe_of(std::string text) {
  OverlayFacts facts{};
  while (!text.empty()) {
    const std::string word = text.substr(0, text.find(' '));
    text.erase(0, word.size() + 1);
    const auto equals = word.find('=');
    BOOST_TEST(
        read_overlay_fact("overlay." + word.substr(0, equals), word.substr(equals + 1), facts),
        word);
  }
  return facts.upper;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_state_and_what_is_done_with_it) {
  for (const StateRow& row : state_rows) {
    BOOST_TEST_CONTEXT(row.facts) {
      const UpperProbe probe = probe_of(row.facts);
      BOOST_TEST(describe(upper_state(probe)) == describe(row.state));
      BOOST_TEST(describe(use_of(probe, {})) == describe(row.use));
    }
  }
}

BOOST_AUTO_TEST_CASE(only_a_mark_or_a_word_deletes) {
  constexpr UpperPolicy policies[] = {UpperPolicy::keep, UpperPolicy::quarantine,
                                      UpperPolicy::tmpfs};
  for (const StateRow& row : state_rows)
    for (const UpperPolicy corrupt : policies)
      for (const UpperPolicy foreign : policies) {
        const UpperUse use = use_of(probe_of(row.facts), {corrupt, foreign, false});
        BOOST_TEST((use == UpperUse::wipe) == (row.state == UpperState::resetting), row.facts);
      }
}

BOOST_AUTO_TEST_CASE(what_a_device_begins_with) {
  std::string head(volume_window, '\0');
  BOOST_TEST((identify_upper(bytes_of(head)) == UpperContents::zeroes));
  head[70] = '\1';
  BOOST_TEST((identify_upper(bytes_of(head)) == UpperContents::unknown));
  BOOST_TEST((identify_upper({}) == UpperContents::unknown));
  BOOST_TEST((identify_upper(bytes_of(std::string(4096, '\xff'))) == UpperContents::erased));
  BOOST_TEST((identify_upper(bytes_of("\xde\xad\xc0\xde")) == UpperContents::dead_code));
  BOOST_TEST((identify_upper(bytes_of("\xde\xc0\xad\xde")) == UpperContents::dead_code));
  BOOST_TEST((identify_upper(bytes_of("\x85\x19\x03\x20")) == UpperContents::jffs2));
  BOOST_TEST((identify_upper(bytes_of("\x19\x85\x20\x03")) == UpperContents::jffs2));
  BOOST_TEST((identify_upper(bytes_of("hsqs")) == UpperContents::other));
  BOOST_TEST((identify_upper(bytes_of("\x85")) == UpperContents::unknown));
}

BOOST_AUTO_TEST_CASE(which_firmware_a_root_is) {
  const auto release = [](std::string_view text) {
    return std::string(identity_of_release(text).view());
  };
  BOOST_TEST(release("ID=openwrt\nBUILD_ID=\"r23809-234f1a2efa\"\n") == "build:r23809-234f1a2efa");
  BOOST_TEST(release("BUILD_ID='a b'") == "build:a b");
  BOOST_TEST(release("BUILD_ID=\"\"\nID=x\n") == "");
  BOOST_TEST(release("XBUILD_ID=1\n") == "");
  std::string squashfs(96, '\0');
  squashfs.replace(0, 4, "hsqs");
  squashfs.replace(8, 4, "\x01\x02\x03\x04");
  squashfs.replace(40, 8, std::string("\x11\x22\x00\x00\x00\x00\x00\x00", 8));
  BOOST_TEST(std::string(identity_of_device(bytes_of(squashfs)).view()) ==
             "squashfs:04030201-0000000000002211");
  BOOST_TEST(identity_of_device(bytes_of("hsqs")).empty());
  BOOST_TEST(identity_of_device({}).empty());
}

BOOST_AUTO_TEST_CASE(the_word_linuxrc_overlay) {
  struct Row {
    const char* text;
    const char* upper;
    const char* type;
    const char* mount_options;
  };
  constexpr Row rows[] = {
      {"/dev/vdb", "/dev/vdb", "", ""},
      {"/dev/vdb:ext4", "/dev/vdb", "ext4", ""},
      {"LABEL=data:f2fs,noinline_data,nodiscard", "LABEL=data", "f2fs", "noinline_data,nodiscard"},
      {"mtd:rootfs_data", "mtd:rootfs_data", "", ""},
      {"mtd:jffs2", "mtd:jffs2", "", ""},
      {"mtd:data:jffs2", "mtd:data", "jffs2", ""},
      {"ubi0:ubifs", "ubi0:ubifs", "", ""},
      {"ubi0:data:ubifs", "ubi0:data", "ubifs", ""},
      {"8:1", "8:1", "", ""},
      {"/dev/sda1:/data.img", "/dev/sda1:/data.img", "", ""},
      {"/dev/sda1:reiserfs", "/dev/sda1:reiserfs", "", ""}};
  for (const Row& row : rows) {
    OverlayOptions options;
    parse_overlay(row.text, options);
    BOOST_TEST(options.asked);
    BOOST_TEST(!options.in_memory);
    BOOST_TEST(options.upper.view() == row.upper);
    BOOST_TEST(options.type.view() == row.type);
    BOOST_TEST(options.mount_options.view() == row.mount_options);
  }
  for (const char* text : {"tmpfs:size=8M", "tmpfs,size=8M"}) {
    OverlayOptions options;
    parse_overlay(text, options);
    BOOST_TEST(options.in_memory);
    BOOST_TEST(options.memory_options.view() == "size=8M");
  }
  for (const char* cut : {"/dev/disk/", "/dev/vdb,"}) {
    OverlayOptions options;
    parse_overlay(cut + std::string(300, '1'), options);
    BOOST_TEST(options.asked);
    BOOST_TEST(options.upper.empty());
    BOOST_TEST(options.mount_options.empty());
  }
  OverlayOptions none;
  parse_overlay("", none);
  BOOST_TEST(!none.asked);
}
