#include "mkramdisk/options.hpp"

#include <charconv>

#include "mkramdisk/option_reader.hpp"

namespace mkramdisk {
namespace {

namespace po = boost::program_options;
using common::Error;
using common::Failure;
using common::Result;

constexpr const char* usage =
    "Usage: mkramdisk [OPTION]... -o IMAGE SOURCE...\n"
    "   or: mkramdisk --wrap INITRD -o NEW [OPTION]...   (mkramdisk --wrap --help)\n"
    "   or: mkramdisk --inspect INITRD [--kernel KERNEL]\n"
    "Make a fixed-size ext2 image of directories, tar and cpio archives and old images,\n"
    "without root and without mounting.\n\n"
    "Several sources are merged in their order. IMAGE - is standard output.\n\n";

constexpr const char* epilogue =
    "\nSizes take the suffixes k, m, g and t, powers of 1024.\n"
    "Exit status: 0 done; 1 a system error; 2 usage; 3 not a usable input; 4 does not fit;\n"
    "5 corrupt or truncated input.\n";

po::options_description describe() {
  po::options_description all("Options", 100, 60);
  const auto text = [] { return po::value<std::string>(); };
  const auto texts = [] { return po::value<std::vector<std::string>>()->composing(); };
  all.add_options()                                                   //
      ("output,o", text()->value_name("IMAGE"), "the image to make")  //
      ("size,s", text()->value_name("SIZE"),
       "size of the image (4096k), or the smallest: min, min+10%, min+512k")               //
      ("block-size,b", text()->value_name("N"), "1024 (the default), 2048 or 4096 bytes")  //
      ("inodes,N", text()->value_name("N"), "number of inodes")                            //
      ("bytes-per-inode,i", text()->value_name("N"), "an inode for every N bytes (4096)")  //
      ("device-table,D", texts()->value_name("FILE"),
       "add nodes, and set owners and modes, from a table")  //
      ("device-table-form", text()->value_name("FORM"),
       "genext2fs (nodes START to COUNT-1), buildroot (COUNT nodes) or auto")  //
      ("owner-map", texts()->value_name("[u:|g:]FROM:TO[:COUNT]"),
       "change owners; several are tried in order")(
          "exclude", texts()->value_name("PATTERN"),
          "leave out names, or with a slash whole paths, that match")(
          "sparse", "make holes of all-zero blocks (min always does)")(
          "compress,z", text()->value_name("METHOD[:LEVEL]"),
          "gzip, bzip2, lzma, xz, lzo, lz4 or zstd")("progress", text()->value_name("auto|never"),
                                                     "on a terminal, for work over a second")(
          "root-owned,U", "all files belong to 0:0")  //
      ("timestamp,t", text()->value_name("SECONDS"),
       "every time in the image, in seconds since 1970")  //
      ("late-times", text()->value_name("clamp|refuse"),
       "what to do with times that 32 bits cannot hold (clamp, with a warning)")               //
      ("revision", text()->value_name("0|1"), "revision of the format (1)")                    //
      ("uuid", text()->value_name("UUID"), "UUID; otherwise made from the tree itself")        //
      ("label", text()->value_name("TEXT"), "volume label, at most 16 bytes")                  //
      ("reserved", text()->value_name("PERCENT"), "blocks kept for root (0)")                  //
      ("lost+found", "make a /lost+found")                                                     //
      ("xattrs", "take extended attributes and ACLs along")                                    //
      ("cross-file-systems", "go into file systems mounted below a source")                    //
      ("jobs,j", text()->value_name("N"), "threads (one a processor); the image is the same")  //
      ("dry-run", "print the plan and write nothing")                                          //
      ("help,h", "print this and exit")                                                        //
      ("version", "print the version and exit");
  return all;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  if (text.starts_with('@')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size() || text.empty())
    return std::nullopt;
  return value;
}

std::optional<Uuid> parse_uuid(const std::string& text) {
  Uuid uuid{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    unsigned value = 0;
    const auto [end, status] = std::from_chars(&text[i], &text[i] + 1, value, 16);
    if (status != std::errc{} || end == &text[i] || digits == 32) return std::nullopt;
    uuid[digits / 2] = static_cast<std::uint8_t>(uuid[digits / 2] * 16U + value);
    ++digits;
  }
  if (digits != 32) return std::nullopt;
  return uuid;
}

void read_format(OptionReader& reader, Options& options) {
  if (const auto size = reader.number("block-size", 1024, 4096, "1024, 2048 or 4096")) {
    options.block_size = static_cast<std::uint32_t>(*size);
    if ((*size & (*size - 1)) != 0)
      reader.fail(bad_value("block-size", reader.text("block-size"), "1024, 2048 or 4096"));
  }
  if (const auto revision = reader.number("revision", 0, 1, "0 or 1"))
    options.revision = static_cast<unsigned>(*revision);
  if (options.revision == 0 && reader.has("xattrs"))
    reader.fail(Error::of(Failure::usage, "--xattrs wants revision 1"));
  if (reader.has("reserved")) {
    const std::string text = reader.text("reserved");
    const auto [end, status] =
        std::from_chars(text.data(), text.data() + text.size(), options.reserved_percent);
    if (status != std::errc{} || end != text.data() + text.size() ||
        !(options.reserved_percent >= 0 && options.reserved_percent <= 50))
      reader.fail(bad_value("reserved", text, "a percentage from 0 to 50"));
  }
  options.label = reader.text("label");
  if (options.label.size() > 16) reader.fail(bad_value("label", options.label, "at most 16 bytes"));
  if (reader.has("uuid")) {
    options.uuid = parse_uuid(reader.text("uuid"));
    if (!options.uuid)
      reader.fail(bad_value("uuid", reader.text("uuid"), "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"));
  }
}

void read_sizes(OptionReader& reader, Options& options) {
  if (reader.has("size")) {
    auto size = parse_size_request(reader.text("size"));
    if (size)
      options.size = *size;
    else
      reader.fail(size.error());
  }
  const auto inodes = reader.number("inodes", 1, UINT32_MAX, "a number of inodes");
  if (inodes) options.inodes.count = static_cast<std::uint32_t>(*inodes);
  const auto ratio =
      reader.number("bytes-per-inode", 128, 1 << 30, "a number of bytes from 128 up");
  if (ratio) options.inodes.bytes_per_inode = static_cast<std::uint32_t>(*ratio);
  if (inodes && ratio)
    reader.fail(Error::of(Failure::usage, "--inodes and --bytes-per-inode exclude each other"));
}

void read_output(OptionReader& reader, Options& options) {
  if (reader.has("compress")) {
    auto how = parse_compression(reader.text("compress"));
    if (how)
      options.compression = *how;
    else
      reader.fail(how.error());
  }
  const std::string progress = reader.text("progress");
  if (progress == "never") options.progress = Progress::never;
  if (!progress.empty() && progress != "never" && progress != "auto")
    reader.fail(bad_value("progress", progress, "auto or never"));
}

void read_times(OptionReader& reader, const char* source_date_epoch, Options& options) {
  if (reader.has("timestamp")) {
    options.time = parse_time(reader.text("timestamp"));
    if (!options.time)
      reader.fail(
          bad_value("timestamp", reader.text("timestamp"), "a number of seconds since 1970"));
  } else if (source_date_epoch != nullptr && *source_date_epoch != '\0') {
    options.latest_time = parse_time(source_date_epoch);
    if (!options.latest_time)
      reader.fail(Error::of(Failure::usage,
                            "SOURCE_DATE_EPOCH '%.80s': wanted is a number of "
                            "seconds since 1970",
                            source_date_epoch));
  }
  const std::string late = reader.text("late-times");
  options.refuse_late_times = late == "refuse";
  if (!late.empty() && late != "refuse" && late != "clamp")
    reader.fail(bad_value("late-times", late, "clamp or refuse"));
}

void read_inputs(OptionReader& reader, Options& options) {
  options.output = reader.text("output");
  for (std::string& path : reader.texts("source"))
    options.layers.push_back({Layer::Kind::source, std::move(path), ""});
  for (std::string& path : reader.texts("device-table"))
    options.layers.push_back({Layer::Kind::table, std::move(path), ""});
  options.excludes = reader.texts("exclude");
  for (const std::string& text : reader.texts("owner-map")) {
    const auto rule = parse_owner_rule(text);
    if (rule)
      options.owners.push_back(*rule);
    else
      reader.fail(rule.error());
  }
  const std::string form = reader.text("device-table-form");
  if (form == "genext2fs") options.table_form = TableForm::genext2fs;
  if (form == "buildroot") options.table_form = TableForm::buildroot;
  if (!form.empty() && form != "genext2fs" && form != "buildroot" && form != "auto")
    reader.fail(bad_value("device-table-form", form, "auto, genext2fs or buildroot"));
  options.root_owned = reader.has("root-owned");
  options.cross_devices = reader.has("cross-file-systems");
  options.xattrs = reader.has("xattrs");
  options.lost_found = reader.has("lost+found");
  options.sparse = reader.has("sparse");
  options.dry_run = reader.has("dry-run");
  if (const auto jobs = reader.number("jobs", 1, 64, "1 to 64"))
    options.threads = static_cast<unsigned>(*jobs);
  if (options.output.empty() && !options.dry_run)
    reader.fail(Error::of(Failure::usage, "no image named: -o IMAGE"));
  if (options.layers.empty()) reader.fail(Error::of(Failure::usage, "no source named"));
}

}  // namespace

Format format_of(const Options& options) {
  Format format;
  format.block_size = options.block_size;
  format.revision = options.revision;
  format.reserved_percent = options.reserved_percent;
  format.label = options.label;
  return format;
}

Result<std::optional<Options>> parse_options(std::span<const std::string> arguments,
                                             const char* source_date_epoch, std::ostream& out) {
  const po::options_description shown = describe();
  po::options_description all;
  all.add(shown).add_options()("source", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("source", -1);
  const auto given = parse_words(arguments, all, positional);
  if (!given) return given.error();
  if (given->count("help") != 0) {
    out << usage << shown << epilogue;
    return std::optional<Options>();
  }
  if (given->count("version") != 0) {
    out << "mkramdisk (image-initrd) " MKRAMDISK_VERSION "\n";
    return std::optional<Options>();
  }
  Options options;
  OptionReader reader(*given);
  read_inputs(reader, options);
  read_sizes(reader, options);
  read_format(reader, options);
  read_output(reader, options);
  read_times(reader, source_date_epoch, options);
  if (reader.failed) return *reader.failed;
  return std::optional<Options>(std::move(options));
}

}  // namespace mkramdisk
