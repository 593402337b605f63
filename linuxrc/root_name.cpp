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

RootName parse_root_name(std::string_view text) {
  if (const auto ram = parse_ram_disk(text)) return {Form::ram_disk, text, *ram, 0};
  for (const Prefix& row : prefixes) {
    if (!text.starts_with(row.prefix) || text.size() == row.prefix.size()) continue;
    RootName name{row.form, text.substr(row.prefix.size()), 0, 0};
    if (name.form == Form::partition_uuid && !take_offset(name)) return {};
    return name;
  }
  if (const auto number = parse_device_number(text)) return {Form::number, text, *number, 0};
  return {};
}

}  // namespace linuxrc
