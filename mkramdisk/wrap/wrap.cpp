#include "mkramdisk/wrap/wrap.hpp"

#include <fcntl.h>

#include <array>
#include <optional>

#include "common/io.hpp"
#include "mkramdisk/ending.hpp"
#include "mkramdisk/output.hpp"
#include "mkramdisk/wrap/first_archive.hpp"
#include "mkramdisk/wrap/inspect.hpp"
#include "mkramdisk/wrap/linuxrc_program.hpp"
#include "mkramdisk/wrap/newc.hpp"
#include "mkramdisk/wrap/parts.hpp"
#include "rdload/crc32.hpp"

namespace mkramdisk::wrap {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

// The second archive begins where a sector does; the kernel skips the zeros before it, as long as
// they end at a multiple of four (init/initramfs.c, unpack_to_rootfs()).
constexpr std::size_t alignment = 512;

// Everything that is written, in order: `before`, the image, `after`.
struct Wrapped {
  std::vector<std::byte> before;
  FileRange image;
  std::vector<std::byte> after;
  Sums sums;

  [[nodiscard]] std::uint64_t bytes() const { return before.size() + image.bytes + after.size(); }
  [[nodiscard]] Status give(const Taker& take) const {
    if (auto status = take(before); !status) return status;
    if (auto status = read_range(image, take); !status) return status;
    return take(after);
  }
};

Result<std::vector<std::byte>> compress(std::vector<std::byte> data, const Compression& how) {
  if (how.method == nullptr) return data;
  auto encoder = how.method->make({.level = how.level, .size = data.size(), .threads = 1});
  if (!encoder) return encoder.error();
  std::vector<std::byte> packed;
  if (auto status = (*encoder)->feed(data, packed); !status) return status.error();
  if (auto status = (*encoder)->finish(packed); !status) return status.error();
  return packed;
}

// The image as /initrd.image, and its checksum as sha256sum(1) reads it.
void add_second_archive(Wrapped& wrapped) {
  Newc before(wrapped.before);
  before.begin_file("initrd.image", 0600, wrapped.image.bytes);
  Newc after(wrapped.after, before);
  after.end_of_file(wrapped.image.bytes);
  const std::string line = wrapped.sums.sha256 + "  initrd.image\n";
  after.file("initrd.image.sha256", 0644, std::as_bytes(std::span(line)));
  after.end();
}

// linuxrc, with the modules for an image of `system`, as it stands before the image.
Result<std::vector<std::byte>> make_before(const Options& options, rdload::Format packed,
                                           const std::vector<ModuleFile>& modules) {
  const auto linuxrc = read_linuxrc(options.linuxrc, packed);
  if (!linuxrc) return linuxrc.error();
  if (!can_load(*linuxrc, packed))
    return Error::of(Failure::not_usable,
                     "%s: linuxrc has no decoder for %s, which it is packed in",
                     options.image.path.c_str(), rdload::format_name(packed));
  auto archive = make_first_archive(*linuxrc, modules);
  if (!archive) return archive.error();
  auto before = compress(std::move(*archive), options.compression);
  if (before) before->resize((before->size() + alignment - 1) / alignment * alignment);
  return before;
}

// U-Boot's header is made of the checksum of all that follows it.
Result<UImageHeader> make_header(const UImageHeader& old, const Wrapped& wrapped) {
  std::uint32_t crc = 0;
  const Status done = wrapped.give([&](Bytes piece) -> Status {
    crc = rdload::crc32_of(piece, crc);
    return Done{};
  });
  if (!done) return done.error();
  if (wrapped.bytes() > UINT32_MAX)
    return Error::of(Failure::does_not_fit, "a uImage cannot hold %llu bytes",
                     static_cast<unsigned long long>(wrapped.bytes()));
  return header_for(old, static_cast<std::uint32_t>(wrapped.bytes()), crc);
}

Status write_all(const Options& options, const Environment& environment,
                 const std::optional<UImageHeader>& header, const Wrapped& wrapped) {
  const std::uint64_t total = wrapped.bytes() + (header ? header->size() : 0);
  auto output = open_output(options.output, total, environment.output);
  if (!output) return output.error();
  std::uint64_t offset = 0;
  const Taker put = [&](Bytes piece) -> Status {
    auto status = (*output)->write(offset, piece);
    offset += piece.size();
    return status;
  };
  if (header)
    if (auto status = put(*header); !status) return status;
  // The image may have been changed since its checksum was taken.
  std::uint32_t crc = 0;
  if (auto status = put(wrapped.before); !status) return status;
  const Status copied = read_range(wrapped.image, [&](Bytes piece) {
    crc = rdload::crc32_of(piece, crc);
    return put(piece);
  });
  if (!copied) return copied;
  if (crc != wrapped.sums.crc)
    return Error::of(Failure::system, "%s: it changed while it was read",
                     wrapped.image.name.c_str());
  if (auto status = put(wrapped.after); !status) return status;
  return (*output)->commit();
}

void report_modules(const std::vector<ModuleFile>& modules, std::ostream& out) {
  if (modules.empty()) return;
  out << "modules, in this order:";
  for (const ModuleFile& module : modules) out << " " << module.name;
  out << "\n";
}

void report(const Options& options, const LegacyImage& image,
            const std::vector<ModuleFile>& modules, const Wrapped& wrapped, std::ostream& out) {
  out << image.place.path << ": " << describe(image) << "\n  " << image.bytes << " bytes, sha256 "
      << wrapped.sums.sha256 << "\n";
  report_modules(modules, out);
  if (!options.dry_run)
    out << options.output << ": " << wrapped.bytes() + (image.uimage ? sizeof(UImageHeader) : 0)
        << " bytes" << (image.uimage ? ", a uImage again" : "") << "\n";
}

// linuxrc alone, which loads an image from a floppy disk, or mounts the root by itself.
Status wrap_nothing(const Options& options, const Environment& environment, std::ostream& notes) {
  const auto modules = choose_modules(options, rdload::Image(), notes);
  if (!modules) return modules.error();
  auto before = make_before(options, rdload::Format::gzip, *modules);
  if (!before) return before.error();
  Wrapped wrapped;
  wrapped.before = std::move(*before);
  if (!options.dry_run)
    if (auto status = write_all(options, environment, {}, wrapped); !status) return status;
  notes << "no image: linuxrc alone\n";
  report_modules(*modules, notes);
  if (!options.dry_run) notes << options.output << ": " << wrapped.bytes() << " bytes\n";
  return Done{};
}

}  // namespace

Status wrap(const Options& options, const Environment& environment) {
  std::ostream& notes = options.output == "-" ? environment.err : environment.out;
  if (options.image.path == no_image) return wrap_nothing(options, environment, notes);
  auto image = look_at(options.image);
  if (!image) return image.error();
  if (auto status = check_whole(*image); !status) return status;
  if (image->bytes > Newc::most_bytes)
    return Error::of(Failure::does_not_fit, "%s: larger than the 4 GiB that an archive can hold",
                     image->place.path.c_str());
  auto fd = common::open_file(image->place.path.c_str(), O_RDONLY);
  if (!fd) return fd.error();

  Wrapped wrapped;
  wrapped.image = {fd->get(), image->place.path, image->begin, image->bytes};
  const auto sums = sums_of(wrapped.image);
  if (!sums) return sums.error();
  wrapped.sums = *sums;
  if (image->uimage && stated_crc(*image->uimage) != sums->crc)
    return Error::of(Failure::corrupt, "%s: the contents of the uImage have another checksum",
                     image->place.path.c_str());

  const rdload::Image& system =
      image->facts.image.is(rdload::Kind::filesystem) ? image->facts.image : image->facts.inner;
  const auto modules = choose_modules(options, system, notes);
  if (!modules) return modules.error();
  auto before = make_before(options, image->facts.image.format, *modules);
  if (!before) return before.error();
  wrapped.before = std::move(*before);
  add_second_archive(wrapped);

  std::optional<UImageHeader> header;
  if (image->uimage) {
    auto made = make_header(*image->uimage, wrapped);
    if (!made) return made.error();
    header = *made;
  }
  if (!options.dry_run)
    if (auto status = write_all(options, environment, header, wrapped); !status) return status;
  report(options, *image, *modules, wrapped, notes);
  return Done{};
}

int wrap_main(std::span<const std::string> arguments, const Environment& environment) {
  const auto options = parse_options(arguments, environment.out);
  if (!options) {
    const int code = complain("mkramdisk", options.error(), environment.err);
    environment.err << "Try 'mkramdisk --wrap --help' for more information.\n";
    return code;
  }
  const auto work = [&]() -> Status {
    if (!options->has_value()) return Done{};  // help was asked for
    return (*options)->inspect ? inspect(**options, environment) : wrap(**options, environment);
  };
  const Status status = flushed(run_guarded(work), environment.out);
  return status ? 0 : complain("mkramdisk", status.error(), environment.err);
}

}  // namespace mkramdisk::wrap
