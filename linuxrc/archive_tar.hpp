// The fields of a tar header, and of the pax records before it.
#pragma once

#include <optional>

#include "linuxrc/archive_input.hpp"

namespace linuxrc {

constexpr std::size_t tar_block = 512;
using TarHeader = std::array<char, tar_block>;

struct TarField {
  std::size_t at;
  std::size_t size;
};
namespace tar_field {
constexpr TarField name{0, 100};
constexpr TarField mode{100, 8};
constexpr TarField owner{108, 8};
constexpr TarField group{116, 8};
constexpr TarField size{124, 12};
constexpr TarField modified{136, 12};
constexpr TarField sum{148, 8};
constexpr TarField type{156, 1};
constexpr TarField link{157, 100};
constexpr TarField magic{257, 6};
constexpr TarField node_major{329, 8};
constexpr TarField node_minor{337, 8};
constexpr TarField prefix{345, 155};
}  // namespace tar_field

// Up to the first NUL.
std::string_view tar_text(std::span<const char> header, TarField field);
// Octal digits, or GNU tar's binary form. An empty field is 0.
std::optional<std::int64_t> tar_number(std::span<const char> header, TarField field);

struct PaxValues {
  std::optional<std::string_view> path;
  std::optional<std::string_view> link;
  std::optional<std::int64_t> size;
  std::optional<std::int64_t> owner;
  std::optional<std::int64_t> group;
  std::optional<std::int64_t> modified;  // seconds since 1970
  std::int64_t modified_ns = 0;
  bool sparse = false;         // one of GNU tar's words for files with holes
  std::string_view records{};  // all of them
};
// The records "LENGTH KEY=VALUE\n" of one header. Values lie in `records`. False when they are
// none.
bool read_pax(std::string_view records, PaxValues& values);

}  // namespace linuxrc
