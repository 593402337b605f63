// The uncompressed half of a load.
#include <cerrno>
#include <cstring>

#include "common/sizes.hpp"
#include "rdload/bytes.hpp"
#include "rdload/loader.hpp"

namespace rdload {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

namespace {

constexpr std::size_t block_bytes = 1024;  // the kernel reads and writes so much at a time

using Number = unsigned long long;

Error ends_early(const char* name, std::uint64_t must, std::uint64_t there) {
  return Error::of(Failure::corrupt,
                   "%s: ends after %llu bytes, but its superblock claims %llu (truncated)", name,
                   static_cast<Number>(there), static_cast<Number>(must));
}

// The kernel ignores what read() returns, so that its buffer of one block keeps what the block
// before left there. `before` is that block; `got` of the bytes are fresh.
void repeat_last_block(std::span<std::byte> bytes, std::size_t got, const std::byte* before) {
  for (std::size_t at = got; at < bytes.size(); ++at)
    bytes[at] = at >= block_bytes ? bytes[at - block_bytes] : before[at];
}

}  // namespace

Status Loader::copy(const Image& image) {
  const std::uint64_t wanted = *image.size_kib * 1024;
  if (wanted > target_.capacity()) return too_big(wanted, false);
  // The claim is rounded up to whole KiB; the image may end where it really does.
  const std::uint64_t must = request_.compat == Compat::kernel ? 0 : image.size_bytes;
  if (source_.size() && *source_.size() - source_.position() < must)
    return ends_early(source_.name(), must, *source_.size() - source_.position());

  Writer writer(target_, request_.verify ? request_.digest : nullptr, request_.lane);
  if (!writer.ok()) return Error::system(ENOMEM, "load %s", source_.name());
  const auto kib = static_cast<Number>(*image.size_kib);
  const std::uint64_t disk_kib = source_.may_go_on() ? source_.disk_kib() : 0;
  const auto disks = static_cast<Number>(disk_kib == 0 ? 1 : (kib - 1) / disk_kib + 1);
  const char* const plural = disks > 1 ? "s" : "";
  say(Event::loading, "RAMDISK: Loading %lluKiB [%llu disk%s] into ram disk... ", kib, disks,
      plural);
  const Status copied = copy_blocks(writer, wanted, must);
  const Status written = writer.wait();
  if (!written) return with_state(written.error());
  if (!copied) return with_state(copied.error());
  say(Event::done, "RAMDISK: Loading %lluKiB [%llu disk%s] into ram disk... done.", kib, disks,
      plural);
  return Done{};
}

Status Loader::copy_blocks(Writer& writer, std::uint64_t wanted, std::uint64_t must) {
  std::byte before[block_bytes] = {};
  while (writer.total() < wanted) {
    const Status going = go_on();
    if (!going) return going;
    const Output room = writer.room();
    const std::size_t now = common::at_most(room.left, wanted - writer.total());
    const std::span<std::byte> piece(room.next, now);
    const auto got = source_.read_over_disks(piece);
    if (!got) return got.error();
    if (source_digest() != nullptr) source_digest()->update(piece.first(*got));
    if (*got < now) {
      if (writer.total() + *got < must)
        return ends_early(source_.name(), must, writer.total() + *got);
      if (request_.compat == Compat::kernel)
        repeat_last_block(piece, *got, before);
      else
        std::memset(piece.data() + *got, 0, now - *got);
    }
    std::memcpy(before, piece.data() + now - block_bytes, block_bytes);
    const Status added = writer.add(now);
    if (!added) return added;
    show_progress(writer, wanted);
  }
  const Status flushed = writer.flush();
  if (!flushed || !reads_all()) return flushed;
  // The sums are over the whole source, which may go on behind the file system: of a set of disks,
  // to the end of the one on which that ends.
  for (;;) {
    const std::span<std::byte> room(writer.room().next, writer.room().left);
    const auto got = source_.owes() ? source_.read_over_disks(room) : source_.read(room);
    if (!got) return got.error();
    if (source_digest() != nullptr) source_digest()->update(room.first(*got));
    if (*got < room.size()) return Done{};
  }
}

}  // namespace rdload
