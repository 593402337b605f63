// rdload's command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "rdload/load.hpp"

namespace rdload {

enum class ProgressStyle : unsigned char { automatic, bar, rotor, never };

struct Options {
  bool help = false;
  bool version = false;
  bool identify = false;
  bool json = false;
  bool verify = false;
  bool release = false;
  bool create = false;
  bool disks = false;
  Compat compat = Compat::strict;
  ProgressStyle progress = ProgressStyle::automatic;
  unsigned threads = 0;  // 0: one for each processor
  std::uint64_t offset = 0;
  std::uint64_t start_kib = 0;
  std::optional<std::uint64_t> length;
  std::vector<std::byte> expected_sha256;
  std::string image;   // empty: the first of the usual places that is there
  std::string target;  // empty: /dev/ram0; "auto": chosen
};

// `arguments` are those after the program's name. Errors: usage.
common::Result<Options> parse_options(const std::vector<std::string>& arguments);

// What --help prints.
std::string help_text();

}  // namespace rdload
