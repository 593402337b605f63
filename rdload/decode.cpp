// The compressed half of a load.
#include <algorithm>
#include <cerrno>

#include "rdload/bytes.hpp"
#include "rdload/decoded_stream.hpp"
#include "rdload/loader.hpp"

namespace rdload {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

namespace {

// The kernel's decompressors (lib/decompress_*.c): how many bytes each writes at a time, at most,
// and what it says when the source ends too early or a write comes back short.
struct KernelDecompressor {
  Format format;
  std::uint64_t piece;
  const char* truncated;
  const char* short_write;
};
constexpr KernelDecompressor kernel_decompressors[] = {
    {Format::gzip, 32 << 10, "uncompression error", "write error"},
    {Format::bzip2, 4 << 10, "Data integrity error when decompressing.",
     "Compressed file ends unexpectedly"},
    {Format::lzma, 8 << 20, "unexpected EOF", nullptr},  // the dictionary of the usual presets
    {Format::xz, 4 << 10, "XZ-compressed data is corrupt", "XZ-compressed data is corrupt"},
    {Format::lzo, 256 << 10, "file corrupted", nullptr},
    {Format::lz4, 8 << 20, "data corrupted", nullptr},
    {Format::zstd, 128 << 10, "ZSTD-compressed data is probably corrupt", "Failed to flush()"},
};

const KernelDecompressor& kernel_decompressor(Format format) {
  for (const KernelDecompressor& row : kernel_decompressors)
    if (row.format == format) return row;
  return kernel_decompressors[0];
}

}  // namespace

// The kernel does not look beforehand; its write comes back short, or fails with ENOSPC.
Error Loader::incomplete_write(std::uint64_t total) const {
  const KernelDecompressor& kernel = kernel_decompressor(report_.image.format);
  const std::uint64_t piece = kernel.piece;
  const std::uint64_t from = target_.capacity() / piece * piece;
  const auto wanted = static_cast<long long>(std::min(piece, total - from));
  const std::uint64_t fitted = target_.capacity() - from;
  const long long got = fitted == 0 ? -ENOSPC : static_cast<long long>(fitted);
  say(Event::refused, "RAMDISK: incomplete write (%lld != %lld)", got, wanted);
  if (kernel.short_write != nullptr) say(Event::refused, "%s", kernel.short_write);
  return Error::of(Failure::does_not_fit, "%s onto %s: incomplete write (%lld != %lld)",
                   source_.name(), request_.target, got, wanted);
}

// A decoder's own words; the kernel's has others where the source ends.
void Loader::say_why(const DecodedStream& stream, Format format) const {
  if (*stream.reason() == '\0' || stream.silent()) return;
  const bool kernel = request_.compat == Compat::kernel;
  for (unsigned count = kernel ? stream.ends_met() : 0; count > 0; --count)
    say(Event::refused, "RAMDISK: EOF while reading compressed data");
  say(Event::refused, "%s",
      kernel && stream.truncated() ? kernel_decompressor(format).truncated : stream.reason());
}

Status Loader::decode(Format format) {
  DecoderOptions options = request_.decoding;
  options.as_kernel = request_.compat == Compat::kernel;
  auto stream = DecodedStream::open(source_, format, request_.decoders, options);
  if (!stream) return stream.error();
  stream->set_digest(source_digest());
  Writer writer(target_, request_.verify ? request_.digest : nullptr, request_.lane);
  if (!writer.ok()) return Error::system(ENOMEM, "load %s", source_.name());
  const Status decoded = decode_pieces(*stream, writer);
  const Status written = writer.wait();
  if (!written) return with_state(written.error());
  if (!decoded) {
    say_why(*stream, format);
    // This one says for itself that nothing was written.
    const bool untouched = decoded.error().kind() == Failure::does_not_fit && writer.total() == 0;
    return untouched ? decoded : with_state(decoded.error());
  }
  // The kernel's decoder looks for one more block behind the last and says so.
  if (options.as_kernel && format == Format::lz4)
    say(Event::refused, "RAMDISK: EOF while reading compressed data");
  return Done{};
}

Status Loader::decode_pieces(DecodedStream& stream, Writer& writer) {
  bool seen = false;
  while (!stream.finished()) {
    const Status going = go_on();
    if (!going) return going;
    const Output room = writer.room();
    // The first bytes alone tell what to expect of the others.
    const std::size_t now = seen ? room.left : std::min(room.left, identify_window);
    const auto got = stream.read({room.next, now});
    if (!got) return got.error();
    if (!seen) {
      seen = true;
      report_.inner = identify({room.next, *got});
      const Status fits = check_inner(writer);
      if (!fits) return fits;
      stream.expect(report_.inner.size_bytes);
    }
    const Status added = writer.add(*got);
    if (!added) return added;
    show_progress(writer, report_.inner.size_kib.value_or(0) * 1024);
  }
  const Status flushed = writer.flush();
  if (!flushed) return flushed;
  if (reads_all()) {
    const Status rest = stream.read_rest();
    if (!rest) return rest;
  }
  const bool kernel = request_.compat == Compat::kernel;
  if (!kernel && writer.total() == 0)
    return Error::of(Failure::corrupt, "%s: decodes to nothing", source_.name());
  // Zeros behind a file system that fits are padding.
  const bool padding = report_.inner.size_kib && writer.overflow_is_zero() && !kernel;
  if (writer.overflow() > 0 && kernel) return incomplete_write(writer.total());
  if (writer.overflow() > 0 && !padding) return too_big(writer.total(), true);
  if (!kernel && report_.inner.is(Kind::filesystem) && writer.total() < report_.inner.size_bytes)
    return Error::of(Failure::corrupt,
                     "%s: decodes to %llu bytes, but the %s superblock inside claims %llu",
                     source_.name(), static_cast<unsigned long long>(writer.total()),
                     report_.inner.name, static_cast<unsigned long long>(report_.inner.size_bytes));
  return Done{};
}

// Once the first piece is decoded the file system inside tells how large it is: what cannot fit is
// refused before anything is written.
Status Loader::check_inner(const Writer&) const {
  if (request_.compat == Compat::kernel) return Done{};
  const Image& inner = report_.inner;
  if (inner.is(Kind::archive))
    return Error::of(Failure::not_usable,
                     "%s: a compressed cpio archive (an initramfs), which the kernel unpacks by "
                     "itself",
                     source_.name());
  if (!inner.is(Kind::filesystem)) return Done{};
  if (inner.flaw != nullptr)
    return Error::of(Failure::corrupt, "%s: %s inside, but %s", source_.name(), inner.name,
                     inner.flaw);
  if (inner.size_bytes > target_.capacity()) return too_big(inner.size_bytes, false);
  return Done{};
}

}  // namespace rdload
