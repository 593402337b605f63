#include "rdload/options.hpp"

#include <boost/program_options.hpp>
#include <sstream>

#include "common/sizes.hpp"

namespace rdload {

using common::Error;
using common::Failure;
using common::Result;

namespace {

namespace po = boost::program_options;

// The texts of the options whose values need more than Program_options checks.
struct Texts {
  std::string start = "0";
  std::string length;
  std::string memory;
  std::string hash;
  std::string compat = "strict";
  std::string progress = "auto";
  std::string threads;
  std::string target;
  std::vector<std::string> operands;
};

po::options_description visible_options(Options& options, Texts& texts) {
  po::options_description all("Options");
  const auto text = [](std::string& to) { return po::value(&to); };
  // clang-format off
  all.add_options()
    ("start", text(texts.start)->value_name("BLOCK"),
     "where the image begins, in KiB (ramdisk_start=)")
    ("length", text(texts.length)->value_name("SIZE"), "the image has at most SIZE bytes (k, M, G)")
    ("memory", text(texts.memory)->value_name("ADDRESS,SIZE"),
     "read that range of /dev/mem, as in initrd=0xc2000000,20M")
    ("identify", po::bool_switch(&options.identify),
     "say what IMAGE is and what each kernel would do with it; write nothing")
    ("json", po::bool_switch(&options.json), "say it, or the report of a load, as JSON")
    ("compat", text(texts.compat)->value_name("MODE"),
     "strict: refuse what is damaged (the default); kernel: do as rd_load_image() did")
    ("verify", po::bool_switch(&options.verify), "read back and compare")
    ("hash", text(texts.hash)->value_name("sha256:HEX"), "refuse an IMAGE with another checksum")
    ("release", po::bool_switch(&options.release),
     "give IMAGE's memory back while reading; the file is gone afterwards, even after a failure")
    ("target", text(texts.target)->value_name("TARGET"),
     "the same as the operand; auto: /dev/ram0, else a loop device over tmpfs, else zram")
    ("disks", po::bool_switch(&options.disks),
     "IMAGE is a floppy drive: ask for the next disk when one has been read")
    ("create", po::bool_switch(&options.create), "TARGET is a file to be made as large as the image")
    ("threads", text(texts.threads)->value_name("N"),
     "decode on at most N processors (all, when not given)")
    ("progress", text(texts.progress)->value_name("HOW"), "auto, bar, rotor or never")
    ("help,h", po::bool_switch(&options.help), "print this")
    ("version", po::bool_switch(&options.version), "print the version and the decoders");
  // clang-format on
  return all;
}

Error usage(const std::string& reason) {
  return Error::of(Failure::usage, "%s", reason.c_str());
}

// A value of any length leaves room for what is wrong with it.
Error bad_value(const char* option, const std::string& value, const char* problem) {
  return Error::of(Failure::usage, "--%s %.80s: %s", option, value.c_str(), problem);
}

common::Status set_modes(const Texts& texts, Options& options) {
  if (texts.compat == "kernel")
    options.compat = Compat::kernel;
  else if (texts.compat != "strict")
    return bad_value("compat", texts.compat, "neither kernel nor strict");
  constexpr const char* styles[] = {"auto", "bar", "rotor", "never"};
  for (std::size_t i = 0; i < std::size(styles); ++i) {
    if (texts.progress != styles[i]) continue;
    options.progress = static_cast<ProgressStyle>(i);
    return common::Done{};
  }
  return bad_value("progress", texts.progress, "none of auto, bar, rotor, never");
}

common::Status set_range(const Texts& texts, Options& options) {
  const auto start = common::parse_decimal(texts.start);
  if (!start || *start > (INT64_MAX >> 10))
    return bad_value("start", texts.start, "not a block number");
  options.start_kib = *start;
  if (!texts.length.empty()) {
    options.length = common::parse_size(texts.length);
    if (!options.length) return bad_value("length", texts.length, "not a size");
  }
  if (texts.memory.empty()) return common::Done{};
  const std::size_t comma = texts.memory.find(',');
  const auto address = common::parse_c_number(texts.memory.substr(0, comma));
  const auto size = comma == std::string::npos ? std::nullopt
                                               : common::parse_size(texts.memory.substr(comma + 1));
  if (!address || !size) return bad_value("memory", texts.memory, "not ADDRESS,SIZE");
  options.offset = *address;
  options.length = size;
  return common::Done{};
}

common::Status set_threads(const std::string& text, Options& options) {
  if (text.empty()) return common::Done{};
  constexpr std::uint64_t most = 64;
  const auto threads = common::parse_decimal(text);
  if (!threads || *threads == 0 || *threads > most)
    return bad_value("threads", text, "not a number from 1 to 64");
  options.threads = static_cast<unsigned>(*threads);
  return common::Done{};
}

common::Status set_hash(const std::string& text, Options& options) {
  if (text.empty()) return common::Done{};
  const std::string prefix = "sha256:";
  const std::string digits = text.starts_with(prefix) ? text.substr(prefix.size()) : "";
  if (digits.size() != 64 ||
      digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
    return bad_value("hash", text, "not sha256: and 64 hexadecimal digits");
  for (std::size_t i = 0; i < digits.size(); i += 2)
    options.expected_sha256.push_back(
        std::byte{static_cast<unsigned char>(std::stoul(digits.substr(i, 2), nullptr, 16))});
  return common::Done{};
}

common::Status set_operands(const Texts& texts, Options& options) {
  std::vector<std::string> operands = texts.operands;
  if (!texts.memory.empty()) operands.insert(operands.begin(), "/dev/mem");
  if (operands.size() > 2) return usage("too many operands: " + operands[2]);
  if (!operands.empty()) options.image = operands[0];
  if (operands.size() == 2) options.target = operands[1];
  if (!texts.target.empty()) {
    if (!options.target.empty()) return usage("TARGET is given twice");
    options.target = texts.target;
  }
  if (options.disks && (options.image.empty() || options.image == "-"))
    return usage("--disks needs the name of a drive");
  if (options.create && (options.target.empty() || options.target == "auto"))
    return usage("--create needs the name of a file");
  if (options.identify && !options.target.empty())
    return usage("--identify takes no TARGET: it writes nothing");
  return common::Done{};
}

// A value of no characters, as from a script's variable that was never set, would otherwise look
// like an option that was not given: a checksum that is not checked. Returns what is empty, if
// anything.
std::string first_empty(const po::parsed_options& parsed) {
  for (const po::option& option : parsed.options)
    for (const std::string& value : option.value)
      if (value.empty()) return option.position_key >= 0 ? "an operand" : "--" + option.string_key;
  return "";
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  Texts texts;
  po::options_description all = visible_options(options, texts);
  all.add_options()("operand", po::value(&texts.operands));
  po::positional_options_description positional;
  positional.add("operand", -1);
  try {
    po::variables_map found;
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const auto parsed =
        po::command_line_parser(arguments).options(all).positional(positional).style(style).run();
    if (const std::string empty = first_empty(parsed); !empty.empty())
      return usage(empty + " is empty");
    po::store(parsed, found);
    po::notify(found);
  } catch (const po::error& error) {
    return usage(error.what());
  }
  if (options.help || options.version) return options;
  for (const common::Status& status :
       {set_modes(texts, options), set_range(texts, options), set_threads(texts.threads, options),
        set_hash(texts.hash, options), set_operands(texts, options)})
    if (!status) return status.error();
  return options;
}

std::string help_text() {
  Options options;
  Texts texts;
  std::ostringstream out;
  out << "Usage: rdload [OPTION]... [IMAGE [TARGET]]\n"
         "Load a RAM disk image as the Linux kernel's classic initrd support did.\n\n"
         "IMAGE is a file, a device or - for standard input: /initrd.image when not given, or\n"
         "/sys/firmware/initrd where there is no such file. TARGET is /dev/ram0 when not given.\n\n"
      << visible_options(options, texts)
      << "\nExit codes: 0 done; 1 a system error; 2 usage; 3 not a usable image; 4 does not fit;\n"
         "5 corrupt or truncated.\n";
  return out.str();
}

}  // namespace rdload
