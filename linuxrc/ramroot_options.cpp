// The words of the command line about an image to run in RAM. Pure.
#include <algorithm>

#include "common/sizes.hpp"
#include "linuxrc/ramroot.hpp"
#include "linuxrc/root_name.hpp"

namespace linuxrc {
namespace {

using Form = ImagePlace::Form;

// What a small system needs to start in, beside its root.
constexpr std::uint64_t default_reserve_kib = 8192;

bool is_sum(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::all_of(text.begin(), text.end(), is_digit);
}

void read_hash(const char* text, RamrootOptions& options) {
  constexpr std::string_view method = "sha256:";
  if (text == nullptr) return;
  const bool known = std::string_view(text).starts_with(method) && is_sum(text + method.size());
  if (known)
    options.sum = text + method.size();
  else
    options.bad_word = true;
}

void read_size(const char* text, std::uint64_t unit, std::uint64_t& into, RamrootOptions& options) {
  if (text == nullptr) return;
  const auto bytes = common::parse_size(text);
  if (bytes)
    into = *bytes / unit;
  else
    options.bad_word = true;
}

}  // namespace

ImagePlace parse_image_place(std::string_view text) {
  const auto colon = text.find(":/");
  if (colon != std::string_view::npos) {
    ImagePlace place = parse_image_place(text.substr(0, colon));
    place.file = text.substr(colon + 1);
    if (place.form == Form::device)
      place.form = Form::file;
    else if (place.form == Form::mtd || place.form == Form::flash_file)
      place.form = Form::flash_file;
    else
      return {};
    return place;
  }
  if (text.starts_with('/') && !text.starts_with("/dev/")) return {Form::initramfs, {}, text};
  switch (parse_root_name(text).form) {
    case RootName::Form::unknown:
    case RootName::Form::ram_disk:
      return {};
    case RootName::Form::flash:
      // A UBI volume is no image, but its file system may hold one.
      return {text.starts_with("mtd") ? Form::mtd : Form::flash_file, text, {}};
    default:
      return {Form::device, text, {}};
  }
}

RamrootOptions ramroot_options(const Facts& facts, unsigned at) {
  RamrootOptions options;
  options.reserve_kib = default_reserve_kib;
  if (at == 0) {
    read_hash(facts.value("linuxrc.ramroot.hash"), options);
    read_size(facts.value("linuxrc.ramroot.size"), 1, options.size, options);
  } else if (at == 1) {
    read_hash(facts.value("linuxrc.ramroot.fallback.hash"), options);
    read_size(facts.value("linuxrc.ramroot.fallback.size"), 1, options.size, options);
  }
  read_size(facts.value("linuxrc.ramroot.reserve"), 1024, options.reserve_kib, options);
  const char* const policy = facts.value("linuxrc.ramroot.onfail");
  options.may_run_in_place = policy == nullptr || std::string_view(policy) != "fail";
  return options;
}

bool wants_ramroot(const Facts& facts) {
  return role_of(facts) == Role::initramfs_init && facts.value("linuxrc.ramroot") != nullptr;
}

bool is_too_large(const Facts& facts, const RamrootOptions& options) {
  const RamrootFacts& image = facts.ramroot;
  if (image.image_kib == 0 || image.available_kib == 0) return false;
  return image.image_kib + options.reserve_kib > image.available_kib;
}

bool is_compressed(std::string_view head) {
  // Two bytes, as the kernel tells them (lib/decompress.c), and the modern LZ4 frame.
  constexpr std::string_view magics[] = {"\x1f\x8b",      "\x1f\x9e", "\x42\x5a",
                                         {"\x5d\x00", 2}, "\xfd\x37", "\x89\x4c",
                                         "\x02\x21",      "\x28\xb5", "\x04\x22"};
  return std::any_of(std::begin(magics), std::end(magics),
                     [&](std::string_view magic) { return head.starts_with(magic); });
}

}  // namespace linuxrc
