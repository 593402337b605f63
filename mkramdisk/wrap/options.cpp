#include "mkramdisk/wrap/options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <exception>

#include "common/sizes.hpp"

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
  all.add_options()                                                                      //
      ("wrap", text()->value_name("INITRD"), "the legacy initrd, which stays as it is")  //
      ("output,o", text()->value_name("NEW"), "the initramfs to make")                   //
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

Error bad(const char* option, const std::string& value, const char* wanted) {
  return Error::of(Failure::usage, "--%s '%.80s': wanted is %s", option, value.c_str(), wanted);
}

class Reader {
 public:
  explicit Reader(const po::variables_map& given) : given_(given) {}

  [[nodiscard]] bool has(const char* name) const { return given_.count(name) != 0; }
  std::string text(const char* name) const {
    return has(name) ? given_[name].as<std::string>() : std::string();
  }
  std::vector<std::string> texts(const char* name) const {
    return has(name) ? given_[name].as<std::vector<std::string>>() : std::vector<std::string>();
  }
  void fail(const Error& error) {
    if (!failed) failed = error;
  }
  std::optional<Error> failed;

 private:
  const po::variables_map& given_;
};

void read_place(Reader& reader, Place& place) {
  place.path = reader.text(reader.has("inspect") ? "inspect" : "wrap");
  if (place.path.empty() || place.path == "-")
    reader.fail(bad(reader.has("inspect") ? "inspect" : "wrap", place.path, "a file"));
  if (reader.has("offset")) {
    const auto offset = common::parse_size(reader.text("offset"));
    if (!offset) reader.fail(bad("offset", reader.text("offset"), "a number of bytes"));
    place.offset = offset.value_or(0);
  }
  if (reader.has("start")) {
    const auto start = common::parse_c_number(reader.text("start"));
    if (!start || *start > UINT32_MAX)
      reader.fail(bad("start", reader.text("start"), "a number of KiB"));
    place.start_kib = start.value_or(0);
  }
  if (reader.has("length")) {
    place.length = common::parse_size(reader.text("length"));
    if (!place.length) reader.fail(bad("length", reader.text("length"), "a number of bytes"));
  }
}

// The kernel goes on behind a compressed archive only where its decoder says where that ended.
void read_compression(Reader& reader, Options& options) {
  const std::string text = reader.has("compress") ? reader.text("compress") : "gzip";
  const auto how = parse_compression(text);
  if (!how) return reader.fail(how.error());
  options.compression = *how;
  if (how->method != nullptr && how->method->name != "gzip" && how->method->name != "xz" &&
      how->method->name != "zstd")
    reader.fail(bad("compress", text, "gzip, xz, zstd or none"));
}

void read_modules(Reader& reader, Options& options) {
  options.modules = reader.text("modules");
  options.command_line = reader.text("cmdline");
  options.left_out = reader.texts("leave-out");
  for (const std::string& text : reader.texts("add-module")) {
    const auto blank = text.find(' ');
    const NamedModule named{text.substr(0, blank),
                            blank == std::string::npos ? "" : text.substr(blank + 1)};
    if (named.name.empty() || text.find('\n') != std::string::npos)
      reader.fail(bad("add-module", text, "a name and perhaps parameters, on one line"));
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
  po::variables_map given;
  try {
    const std::vector<std::string> words(arguments.begin(), arguments.end());
    po::store(
        po::command_line_parser(words)
            .options(shown)
            .positional({})
            .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
            .run(),
        given);
    po::notify(given);
  } catch (const std::exception& error) {
    return Error::of(Failure::usage, "%s", error.what());
  }
  Options options;
  Reader reader(given);
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
