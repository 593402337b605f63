#include "linuxrc/root_name.hpp"

#include <charconv>

#include "linuxrc/device.hpp"

namespace linuxrc {
namespace {

using Form = RootName::Form;

struct Prefix {
  std::string_view prefix;
  Form form;
};
constexpr Prefix prefixes[] = {{"UUID=", Form::uuid},
                               {"LABEL=", Form::label},
                               {"PARTUUID=", Form::partition_uuid},
                               {"PARTLABEL=", Form::partition_label},
                               {"/dev/", Form::path}};

// Takes "/PARTNROFF=N" off. False when N is no number.
bool take_offset(RootName& name) {
  constexpr std::string_view word = "/PARTNROFF=";
  const auto at = name.text.find(word);
  if (at == std::string_view::npos) return true;
  const std::string_view number = name.text.substr(at + word.size());
  name.text = name.text.substr(0, at);
  const char* const end = number.data() + number.size();
  const auto [stop, status] = std::from_chars(number.data(), end, name.offset);
  return status == std::errc{} && stop == end && name.offset > -256 && name.offset < 256;
}

}  // namespace

const char* flash_type(std::string_view text) {
  return text.starts_with("ubi") ? "ubifs" : "jffs2";
}

RootName parse_root_name(std::string_view text) {
  const auto colon = text.find(":/");
  if (colon != std::string_view::npos) {
    RootName name = parse_root_name(text.substr(0, colon));
    const bool holds_files = name.form != Form::ram_disk && name.form != Form::flash;
    if (!holds_files || !name.file.empty()) return {};
    name.file = text.substr(colon + 1);
    return name;
  }
  for (const std::string_view kind : {"mtd", "ubi"}) {
    if (!text.starts_with(kind) || text.size() == kind.size()) continue;
    const char next = text[kind.size()];
    if (next == ':' || (next >= '0' && next <= '9')) return {Form::flash, text, 0, 0, {}};
  }
  if (const auto ram = parse_ram_disk(text)) return {Form::ram_disk, text, *ram, 0, {}};
  for (const Prefix& row : prefixes) {
    if (!text.starts_with(row.prefix) || text.size() == row.prefix.size()) continue;
    RootName name{row.form, text.substr(row.prefix.size()), 0, 0, {}};
    if (name.form == Form::partition_uuid && !take_offset(name)) return {};
    return name;
  }
  if (const auto number = parse_device_number(text)) return {Form::number, text, *number, 0, {}};
  return {};
}

}  // namespace linuxrc
