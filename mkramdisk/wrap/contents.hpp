// What an image holds that decides whether it boots.
#pragma once

#include <optional>
#include <string>

#include "common/error.hpp"
#include "mkramdisk/wrap/elf.hpp"
#include "mkramdisk/wrap/legacy_image.hpp"

namespace mkramdisk::wrap {

// A program of the image; symbolic links are followed inside of it.
struct Program {
  enum class Kind { absent, not_executable, elf, script, other };
  std::string path;  // "/sbin/init"
  Kind kind = Kind::absent;
  std::optional<Elf> elf;   // its own, or that of a script's interpreter
  std::string interpreter;  // of a script, or the dynamic linker of an ELF program; may be empty
  bool interpreter_there = true;

  [[nodiscard]] bool runs() const {
    return (kind == Kind::elf || kind == Kind::script) && interpreter_there;
  }
};

struct Contents {
  bool seen = false;  // else nothing below is known, and `unseen` says why
  std::string unseen;
  Program linuxrc;       // /linuxrc
  Program init;          // the first of /sbin/init, /etc/init, /bin/init, /bin/sh that is there
  bool initrd = false;   // a directory /initrd
  bool console = false;  // /dev/console
};

// Looks into the image without mounting it; a compressed one is unpacked into a nameless file in
// TMPDIR or /var/tmp first. Which file systems can be looked into: file_tree.hpp. Errors: system;
// corrupt where a library or the decoder says so.
common::Result<Contents> look_into(const LegacyImage& image);

// "64-bit x86-64 program", "script of /bin/sh, a 64-bit x86-64 program", "not there".
std::string describe(const Program& program);

}  // namespace mkramdisk::wrap
