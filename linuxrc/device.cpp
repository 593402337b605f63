#include "linuxrc/device.hpp"

#include <sys/sysmacros.h>

#include <algorithm>
#include <iterator>

#include "common/lines.hpp"
#include "common/sizes.hpp"

namespace linuxrc {
namespace {

constexpr unsigned ram_disk_major = 1;

std::string_view take_token(std::string_view& line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  const auto token = line.substr(0, line.find_first_of(" \t"));
  line.remove_prefix(token.size());
  return token;
}

}  // namespace

dev_t ram0() {
  return makedev(ram_disk_major, 0);
}

bool is_ram_disk(dev_t device) {
  return major(device) == ram_disk_major;
}

dev_t root_on_server() {
  return makedev(0, 255);
}

dev_t decode_device(std::uint32_t encoded) {
  return makedev((encoded & 0xfff00u) >> 8, (encoded & 0xffu) | ((encoded >> 12) & 0xfff00u));
}

std::uint32_t encode_device(dev_t device) {
  const std::uint32_t minor_number = minor(device);
  return (minor_number & 0xffu) | (major(device) << 8) | ((minor_number & ~0xffu) << 12);
}

std::optional<dev_t> parse_device_number(std::string_view text) {
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    const auto major_number = common::parse_decimal(text.substr(0, colon));
    const auto minor_number = common::parse_decimal(text.substr(colon + 1));
    // The kernel refuses what its 12 bits of major and 20 of minor cannot hold.
    if (!major_number || !minor_number || *major_number > 0xfff || *minor_number > 0xfffff)
      return std::nullopt;
    return makedev(static_cast<unsigned>(*major_number), static_cast<unsigned>(*minor_number));
  }
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  const auto encoded = common::parse_hexadecimal(text);
  if (!encoded || *encoded > UINT32_MAX) return std::nullopt;
  return decode_device(static_cast<std::uint32_t>(*encoded));
}

std::optional<dev_t> parse_real_root_dev(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\n");
  const auto end = text.find_last_not_of(" \t\n");
  if (begin == std::string_view::npos) return std::nullopt;
  const auto number = common::parse_c_number(text.substr(begin, end - begin + 1));
  if (!number || *number > UINT32_MAX) return std::nullopt;
  return decode_device(static_cast<std::uint32_t>(*number));
}

std::optional<dev_t> parse_ram_disk(std::string_view path) {
  if (!path.starts_with("/dev/ram")) return std::nullopt;
  path.remove_prefix(8);
  if (path.empty()) return ram0();
  const auto number = common::parse_decimal(path);
  if (!number || *number > 0xfffff) return std::nullopt;
  return makedev(ram_disk_major, static_cast<unsigned>(*number));
}

std::optional<Partition> next_partition(std::string_view& partitions) {
  while (const auto next = common::next_line(partitions)) {
    std::string_view line = *next;
    const auto major_number = common::parse_decimal(take_token(line));
    const auto minor_number = common::parse_decimal(take_token(line));
    (void)take_token(line);  // the size in KiB
    const std::string_view name = take_token(line);
    // A disk that is just coming is listed before it has its number: as 0:0.
    if (major_number.value_or(0) == 0 || !minor_number || name.empty()) continue;
    return Partition{
        makedev(static_cast<unsigned>(*major_number), static_cast<unsigned>(*minor_number)), name};
  }
  return std::nullopt;
}

std::optional<dev_t> find_partition(std::string_view partitions, std::string_view name) {
  while (const auto partition = next_partition(partitions))
    if (partition->name == name) return partition->device;
  return std::nullopt;
}

bool lists_device(std::string_view partitions, dev_t device) {
  while (const auto partition = next_partition(partitions))
    if (partition->device == device) return true;
  return false;
}

common::Text<16> ide_name(dev_t device) {
  // Two disks a controller, 64 minor numbers a disk (Documentation/admin-guide/devices.txt).
  constexpr unsigned controllers[] = {3, 22, 33, 34};
  common::Text<16> name;
  for (unsigned i = 0; i < std::size(controllers); ++i) {
    if (controllers[i] != major(device) || minor(device) > 127) continue;
    const unsigned disk = 2 * i + minor(device) / 64;
    name.append("hd%c", static_cast<char>('a' + disk));
    if (minor(device) % 64 != 0) name.append("%u", minor(device) % 64);
  }
  return name;
}

common::Text<40> modern_name(std::string_view name, const char* map) {
  common::Text<40> found;
  const std::size_t digits = name.find_first_of("0123456789");
  const std::string_view disk = name.substr(0, digits);
  const std::string_view number = digits == std::string_view::npos ? "" : name.substr(digits);
  for (std::string_view rest = map == nullptr ? "" : map; !rest.empty();) {
    const std::string_view pair = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const auto colon = pair.find(':');
    if (colon == std::string_view::npos || pair.substr(0, colon) != disk) continue;
    const std::string_view to = pair.substr(colon + 1);
    const bool ends_in_digit = !to.empty() && to.back() >= '0' && to.back() <= '9';
    found.append("%.*s%s%.*s", static_cast<int>(to.size()), to.data(),
                 ends_in_digit && !number.empty() ? "p" : "", static_cast<int>(number.size()),
                 number.data());
    return found;
  }
  if (disk.size() == 3 && disk.starts_with("hd") && disk[2] >= 'a' && disk[2] <= 'h')
    found.append("sd%c%.*s", disk[2], static_cast<int>(number.size()), number.data());
  return found;
}

}  // namespace linuxrc
