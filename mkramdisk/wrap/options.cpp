#include "mkramdisk/wrap/options.hpp"

#include <algorithm>

#include "common/sizes.hpp"
#include "mkramdisk/option_reader.hpp"

namespace mkramdisk::wrap {
namespace {

namespace po = boost::program_options;
using common::Error;
using common::Failure;
using common::Result;

constexpr const char* usage =
    "Usage: mkramdisk --wrap INITRD -o NEW [OPTION]...\n"
    "   or: mkramdisk --inspect INITRD [--kernel KERNEL]\n"
    "Make an initramfs of a legacy initrd, for kernels that load none or run no /linuxrc; or say\n"
    "what an initrd is, and whether it boots.\n\n";

po::options_description describe() {
  po::options_description all("Options", 100, 60);
  const auto text = [] { return po::value<std::string>(); };
  const auto texts = [] { return po::value<std::vector<std::string>>()->composing(); };
  all.add_options()  //
      ("wrap", text()->value_name("INITRD"),
       "the legacy initrd, which stays as it is; none: linuxrc alone")  //
      ("output,o", text()->value_name("NEW"), "the initramfs to make")  //
      ("modules", text()->value_name("DIR|VERSION"), "add what this kernel has not built in")(
          "cmdline", text()->value_name("TEXT"),
          "the kernel's command line: add only what its root needs")  //
      ("add-module", texts()->value_name("'NAME [PARAMETERS]'"), "add a module of that kernel")(
          "leave-out", texts()->value_name("NAME"), "a module not to add")  //
      ("linuxrc", text()->value_name("PATH"), "the program that becomes /init")(
          "compress,z", text()->value_name("METHOD[:LEVEL]"),
          "of the first archive: gzip (the default), xz, zstd or none")  //
      ("dry-run", "print what would be made and write nothing")          //
      ("inspect", text()->value_name("INITRD"), "say what an initrd is")(
          "kernel", text()->value_name("KERNEL"),
          "a configuration, a modules folder or version, or 2.4, 2.6, 6.x or 7.x")  //
      ("offset", text()->value_name("BYTES"), "the image begins there; nothing before it is kept")(
          "start", text()->value_name("BLOCK"),
          "ramdisk_start= of the command line, in KiB; all of the file is kept")  //
      ("length", text()->value_name("BYTES"), "bytes from the offset to the end of the image")(
          "help,h", "print this and exit");
  return all;
}

void read_place(OptionReader& reader, Place& place) {
  place.path = reader.text(reader.has("inspect") ? "inspect" : "wrap");
  if (place.path.empty() || place.path == "-")
    reader.fail(bad_value(reader.has("inspect") ? "inspect" : "wrap", place.path, "a file"));
  if (reader.has("offset")) {
    const auto offset = common::parse_size(reader.text("offset"));
    if (!offset) reader.fail(bad_value("offset", reader.text("offset"), "a number of bytes"));
    place.offset = offset.value_or(0);
  }
  if (reader.has("start")) {
    const auto start = common::parse_c_number(reader.text("start"));
    if (!start || *start > UINT32_MAX)
      reader.fail(bad_value("start", reader.text("start"), "a number of KiB"));
    place.start_kib = start.value_or(0);
  }
  if (reader.has("length")) {
    place.length = common::parse_size(reader.text("length"));
    if (!place.length) reader.fail(bad_value("length", reader.text("length"), "a number of bytes"));
  }
}

// The kernel goes on behind a compressed archive only where its decoder says where that ended.
void read_compression(OptionReader& reader, Options& options) {
  const std::string text = reader.has("compress") ? reader.text("compress") : "gzip";
  const auto how = parse_compression(text);
  if (!how) return reader.fail(how.error());
  options.compression = *how;
  if (how->method != nullptr && how->method->name != "gzip" && how->method->name != "xz" &&
      how->method->name != "zstd")
    reader.fail(bad_value("compress", text, "gzip, xz, zstd or none"));
}

void read_modules(OptionReader& reader, Options& options) {
  options.modules = reader.text("modules");
  options.command_line = reader.text("cmdline");
  options.left_out = reader.texts("leave-out");
  for (const std::string& text : reader.texts("add-module")) {
    const auto blank = text.find(' ');
    const NamedModule named{text.substr(0, blank),
                            blank == std::string::npos ? "" : text.substr(blank + 1)};
    if (named.name.empty() || text.find('\n') != std::string::npos)
      reader.fail(bad_value("add-module", text, "a name and perhaps parameters, on one line"));
    options.added.push_back(named);
  }
  if (options.modules.empty() && !options.added.empty())
    reader.fail(Error::of(Failure::usage, "--add-module without --modules: of which kernel?"));
}

}  // namespace

bool asked(std::span<const std::string> arguments) {
  for (const std::string& word : arguments) {
    if (word == "--") return false;
    for (const std::string_view option : {"--wrap", "--inspect"})
      if (word == option || word.starts_with(std::string(option) + "=")) return true;
  }
  return false;
}

Result<std::optional<Options>> parse_options(std::span<const std::string> arguments,
                                             std::ostream& out) {
  const po::options_description shown = describe();
  // Not by the parser: to it "--wrap --help" is an initrd of that name.
  if (std::any_of(arguments.begin(), arguments.end(),
                  [](const std::string& word) { return word == "--help" || word == "-h"; })) {
    out << usage << shown;
    return std::optional<Options>();
  }
  const auto given = parse_words(arguments, shown, {});
  if (!given) return given.error();
  Options options;
  OptionReader reader(*given);
  options.inspect = reader.has("inspect");
  if (options.inspect && reader.has("wrap"))
    reader.fail(Error::of(Failure::usage, "--wrap and --inspect exclude each other"));
  read_place(reader, options.image);
  read_compression(reader, options);
  read_modules(reader, options);
  options.linuxrc = reader.text("linuxrc");
  options.kernel = reader.text("kernel");
  options.dry_run = reader.has("dry-run");
  options.output = reader.text("output");
  if (!options.inspect && options.output.empty() && !options.dry_run)
    reader.fail(Error::of(Failure::usage, "no initramfs named: -o NEW"));
  if (reader.failed) return *reader.failed;
  return std::optional<Options>(std::move(options));
}

}  // namespace mkramdisk::wrap
