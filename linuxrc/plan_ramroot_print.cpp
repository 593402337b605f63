// The steps and facts of an image that runs in RAM, as text.
#include "common/sizes.hpp"
#include "linuxrc/plan.hpp"

namespace linuxrc {
namespace {

struct Number {
  std::string_view name;
  std::uint64_t* value;
};
struct Flag {
  std::string_view name;
  bool* value;
};
struct PlaceName {
  std::string_view name;
  InPlace value;
};
constexpr PlaceName place_names[] = {
    {"no", InPlace::no}, {"image", InPlace::image}, {"flash", InPlace::flash}};

}  // namespace

void describe_ramroot(const Step& step, common::Text<512>& line) {
  const bool beside = *step.target != '\0';
  switch (step.op) {
    case Op::find_mtd:
      line.append("find the MTD partition %s", step.source);
      if (*step.type != '\0') line.append(", as a block device");
      break;
    case Op::make_source:
      line.append("make its device node %s", step.target);
      break;
    case Op::check_source:
      line.append("check %s", step.source);
      if (step.number != 0)
        line.append(": %llu bytes", static_cast<unsigned long long>(step.number));
      if (step.data != nullptr || beside)
        line.append("%s SHA-256 %s%s", step.number != 0 ? "," : ":", beside ? "as in " : "",
                    beside ? step.target : step.data);
      break;
    case Op::unpack:
      line.append("unpack %s into %s", step.source, step.target);
      break;
    default:
      line.append("refuse: %s", step.source);
      break;
  }
}

bool read_ramroot_fact(std::string_view name, std::string_view value, RamrootFacts& facts) {
  constexpr std::string_view prefix = "ramroot.";
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  if (name == "in_place") {
    for (const PlaceName& row : place_names) {
      if (row.name != value) continue;
      facts.in_place = row.value;
      return true;
    }
    return false;
  }
  const Flag flags[] = {{"sum_beside", &facts.sum_beside},
                        {"compressed", &facts.compressed},
                        {"archive", &facts.archive},
                        {"has_loop", &facts.has_loop}};
  for (const Flag& row : flags) {
    if (row.name != name) continue;
    *row.value = value == "yes";
    return value == "yes" || value == "no";
  }
  const Number numbers[] = {{"image_kib", &facts.image_kib},
                            {"available_kib", &facts.available_kib},
                            {"brd_kib", &facts.brd_kib}};
  for (const Number& row : numbers) {
    if (row.name != name) continue;
    const auto number = common::parse_decimal(value);
    *row.value = number.value_or(0);
    return number.has_value();
  }
  return false;
}

}  // namespace linuxrc
