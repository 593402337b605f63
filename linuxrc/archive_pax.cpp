// The numbers of tar headers and the records of pax headers. Pure.
#include <algorithm>

#include "linuxrc/archive_tar.hpp"

namespace linuxrc {
namespace {

// Large enough for every number here, and nothing overflows below it.
constexpr std::int64_t most = std::int64_t{1} << 59;

// Two's complement in all bits but the first, which marks the form.
std::optional<std::int64_t> binary_number(std::string_view field) {
  const bool negative = field.front() == '\xff';
  std::int64_t value = negative ? -1 : field.front() & 0x7f;
  for (const char byte : field.substr(1)) {
    if (value >= most / 256 || value <= -(most / 256)) return std::nullopt;
    value = value * 256 + static_cast<unsigned char>(byte);
  }
  return value;
}

// "-12.345": whole seconds downwards, and nanoseconds.
std::optional<std::int64_t> decimal_number(std::string_view text, std::int64_t* nanoseconds) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::string_view whole = text.substr(0, text.find('.'));
  if (whole.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : whole) {
    if (c < '0' || c > '9' || value >= most / 10) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  std::int64_t fraction = 0;
  if (whole.size() != text.size()) {
    if (nanoseconds == nullptr) return std::nullopt;
    std::int64_t unit = 100'000'000;
    for (const char c : text.substr(whole.size() + 1)) {
      if (c < '0' || c > '9') return std::nullopt;
      fraction += (c - '0') * unit;
      unit /= 10;
    }
  }
  if (negative) {
    value = fraction == 0 ? -value : -value - 1;
    fraction = fraction == 0 ? 0 : 1'000'000'000 - fraction;
  }
  if (nanoseconds != nullptr) *nanoseconds = fraction;
  return value;
}

// Takes the next record off `records`. False when they end, or when there is none where they go on.
bool next_record(std::string_view& records, std::string_view& key, std::string_view& value) {
  const auto space = records.find(' ');
  if (space == records.npos || space > 8) return false;
  const auto length = decimal_number(records.substr(0, space), nullptr);
  if (!length || *length < 0 || static_cast<std::uint64_t>(*length) > records.size()) return false;
  const std::string_view record = records.substr(0, static_cast<std::size_t>(*length));
  const auto equals = record.find('=');
  if (equals == record.npos || equals <= space || !record.ends_with('\n')) return false;
  key = record.substr(space + 1, equals - space - 1);
  value = record.substr(equals + 1, record.size() - equals - 2);
  records.remove_prefix(record.size());
  return true;
}

}  // namespace

std::string_view tar_text(std::span<const char> header, TarField field) {
  const std::string_view text(header.data() + field.at, field.size);
  return text.substr(0, text.find('\0'));
}

std::optional<std::int64_t> tar_number(std::span<const char> header, TarField field) {
  std::string_view text(header.data() + field.at, field.size);
  if ((text.front() & 0x80) != 0) return binary_number(text);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::int64_t value = 0;
  for (const char c : text) {
    if (c == '\0' || c == ' ') break;
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + (c - '0');
  }
  return value;
}

bool read_pax(std::string_view records, PaxValues& values) {
  values.records = records;
  std::string_view key;
  std::string_view value;
  while (!records.empty()) {
    if (!next_record(records, key, value)) return false;
    if (key == "path") values.path = value;
    if (key == "linkpath") values.link = value;
    if (key.starts_with("GNU.sparse.")) values.sparse = true;
    struct Number {
      std::string_view key;
      std::optional<std::int64_t>& number;
      std::int64_t* nanoseconds;
    };
    const Number numbers[] = {{"size", values.size, nullptr},
                              {"uid", values.owner, nullptr},
                              {"gid", values.group, nullptr},
                              {"mtime", values.modified, &values.modified_ns}};
    for (const Number& row : numbers) {
      if (row.key != key) continue;
      row.number = decimal_number(value, row.nanoseconds);
      if (!row.number) return false;
    }
  }
  return true;
}

bool next_xattr(std::string_view& extras, std::string_view& name, std::string_view& value) {
  constexpr std::string_view prefix = "SCHILY.xattr.";  // star's, GNU tar's and bsdtar's
  std::string_view key;
  while (next_record(extras, key, value)) {
    if (!key.starts_with(prefix)) continue;
    name = key.substr(prefix.size());
    return true;
  }
  return false;
}

}  // namespace linuxrc
