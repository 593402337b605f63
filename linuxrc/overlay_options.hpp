// linuxrc.overlay= and its kin.
#pragma once

#include "linuxrc/facts.hpp"

namespace linuxrc {

struct OverlayOptions {
  bool asked = false;      // linuxrc.overlay= is there
  bool in_memory = false;  // it is tmpfs
  Path upper;              // a name as root= writes them, when it is not
  common::Text<16> type;   // "" where none is given
  Path mount_options;      // what follows the first comma, as mount(8)'s -o; for tmpfs its size=
  Path memory_options;     // of the tmpfs that stands in for an upper: linuxrc.overlay.size=
  const char* extroot = nullptr;  // linuxrc.overlay.extroot=, as linuxrc.overlay= writes an upper
  common::Text<8> format;  // linuxrc.overlay.format=: what a blank disk becomes, ext4 or f2fs
  UpperPolicies policies;
  const char* reset_media =
      nullptr;  // linuxrc.reset.media=: where a file factory-reset is looked for
};

// "UPPER[:TYPE][,OPTION...]", where UPPER is tmpfs, tmpfs:size=SIZE, or a name as root= writes
// them, which may hold colons itself: a TYPE is one that is known as an upper's.
void parse_overlay(std::string_view text, OverlayOptions& options);

// The command line wins over the configuration, word by word.
OverlayOptions overlay_options(const Facts& facts);

}  // namespace linuxrc
