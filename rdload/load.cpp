#include "rdload/load.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstring>

#include "common/sizes.hpp"
#include "rdload/bytes.hpp"
#include "rdload/loader.hpp"
#include "rdload/opening.hpp"

namespace rdload {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

namespace {

using Number = unsigned long long;

Error does_not_give_back(const char* target) {
  return Error::of(Failure::system, "%s: does not give back what was written to it", target);
}

}  // namespace

void Loader::say(Event event, const char* format, ...) const {
  if (request_.listener.message == nullptr) return;
  common::Text<256> text;
  std::va_list arguments;
  va_start(arguments, format);
  text.append_list(format, arguments);
  va_end(arguments);
  request_.listener.message(request_.listener.context, event, text.c_str());
}

void Loader::show_progress(const Writer& writer, std::uint64_t total) const {
  if (request_.listener.progress == nullptr) return;
  request_.listener.progress(request_.listener.context, {writer.total(), total, source_.position(),
                                                         source_.size().value_or(0)});
}

Status Loader::go_on() const {
  if (request_.stop.asked()) return Stop::error(source_.name());
  return Done{};
}

// What was found, or why it is nothing to load.
Status Loader::admit(const OpenedImage& opened) const {
  const Image& image = opened.image;
  const auto block = static_cast<Number>(request_.start_kib);
  switch (image.kind) {
    case Kind::filesystem:
      say(Event::found, "RAMDISK: %s filesystem found at block %llu", image.name, block);
      break;
    case Kind::compressed:
      say(Event::found, "RAMDISK: %s image found at block %llu", image.name, block);
      break;
    case Kind::archive:
      return Error::of(Failure::not_usable,
                       "%s: a cpio archive (an initramfs), which the kernel unpacks by itself",
                       source_.name());
    case Kind::wrapper:
      return Error::of(Failure::not_usable, "%s: a uImage inside a uImage", source_.name());
    case Kind::unknown:
      say(Event::refused, "RAMDISK: Couldn't find valid RAM disk image starting at %llu.", block);
      return Error::of(Failure::not_usable,
                       "%s: Couldn't find valid RAM disk image starting at %llu.", source_.name(),
                       block);
  }
  if (image.flaw != nullptr && request_.compat == Compat::strict)
    return Error::of(Failure::corrupt, "%s: %s, but %s", source_.name(), image.name, image.flaw);
  return Done{};
}

Error Loader::too_big(std::uint64_t bytes, bool began) const {
  const auto want = static_cast<Number>(kib_rounded_up(bytes));
  const auto have = static_cast<Number>(target_.capacity() / 1024);
  say(Event::refused, "RAMDISK: image too big! (%lluKiB/%lluKiB)", want, have);
  return Error::of(Failure::does_not_fit, "%s onto %s: image too big! (%lluKiB/%lluKiB)%s",
                   source_.name(), request_.target, want, have,
                   began ? "" : "; nothing was written");
}

// Whatever stops a load midway, the message ends with what has become of the target.
Error Loader::with_state(const Error& error) {
  const auto kib = static_cast<Number>(target_.position() / 1024);
  if (target_.is_stream() && target_.position() == 0)
    return Error::of(error.kind(), "%s; nothing was written", error.text());
  if (target_.is_stream())
    return Error::of(error.kind(), "%s; %llu KiB were written to %s", error.text(), kib,
                     request_.target);
  if (!target_.is_device())
    return Error::of(error.kind(), "%s; %s is as it was", error.text(), request_.target);
  if (!target_.touched()) return Error::of(error.kind(), "%s; nothing was written", error.text());
  // A RAM disk that took the machine's last page must give its pages back.
  const int number = error.errno_value();
  if (number == ENOSPC || number == EIO || number == ENOMEM) {
    const char* const became = target_.discard() ? "discarded" : "cleared";
    return Error::of(error.kind(), "%s; %llu KiB had been written and were %s%s", error.text(), kib,
                     became, number == EIO ? "" : " (memory is short)");
  }
  // The kernel leaves what it has written, and tries to mount it.
  if (request_.compat == Compat::kernel && !request_.stop.asked() && target_.commit())
    return Error::of(error.kind(), "%s; %llu KiB were written to %s", error.text(), kib,
                     request_.target);
  return Error::of(error.kind(), "%s; %llu KiB were written to %s, all but its beginning",
                   error.text(), kib, request_.target);
}

Status Loader::check_source() {
  if (source_digest() == nullptr) return Done{};
  std::byte sum[Digest::most_bytes];
  const std::size_t size = request_.source_digest->finish(sum);
  if (std::ranges::equal(request_.expected, std::span(sum, size))) return Done{};
  // Nobody shall use what is not the image that was asked for.
  target_.discard();
  return Error::of(Failure::corrupt, "%s: not the image that was expected (its hash differs)%s",
                   source_.name(),
                   target_.is_device() ? "; what had been written was discarded" : "");
}

Status Loader::check_wrapper(const OpenedImage& opened) {
  if (!opened.wrapped || source_.crc() == opened.payload_crc) return Done{};
  target_.discard();
  return Error::of(Failure::corrupt, "%s: bad checksum of the uImage's contents%s", source_.name(),
                   target_.is_device() ? "; what had been written was discarded" : "");
}

Status Loader::check_target() {
  if (!request_.verify || request_.digest == nullptr) return Done{};
  Buffer buffer(Writer::piece_bytes);
  if (!buffer.ok()) return Error::system(ENOMEM, "verify %s", request_.target);
  std::byte wanted[Digest::most_bytes];
  const std::size_t size = request_.digest->finish(wanted);
  const std::uint64_t end = target_.position();
  for (std::uint64_t at = 0; at < end;) {
    const Status going = go_on();
    if (!going) return going;
    const std::size_t now = common::at_most(buffer.size(), end - at);
    const Status status = target_.read_back(buffer.data(), now, at);
    if (!status) return status;
    request_.digest->update(buffer.span().first(now));
    at += now;
  }
  std::byte sum[Digest::most_bytes];
  request_.digest->finish(sum);
  if (std::memcmp(wanted, sum, size) == 0) return Done{};
  return does_not_give_back(request_.target);
}

Status Loader::check_head() {
  if (!request_.verify) return Done{};
  const auto right = target_.head_is_right();
  if (!right) return with_state(right.error());
  if (*right) return Done{};
  target_.discard();
  return Error::of(Failure::system, "%s; what had been written was discarded",
                   does_not_give_back(request_.target).text());
}

Result<LoadReport> Loader::run() {
  auto opened = open_image(source_, request_.compat == Compat::kernel ? Rows::kernel : Rows::all,
                           source_digest());
  if (!opened) return request_.stop.asked() ? with_state(opened.error()) : opened.error();
  const Status admitted = admit(*opened);
  if (!admitted) return admitted.error();
  report_.image = opened->image;
  wrapped_ = opened->wrapped;

  auto target = Target::open(request_.target, {request_.create, request_.stop});
  if (!target) return request_.stop.asked() ? with_state(target.error()) : target.error();
  target_ = std::move(*target);
  if (target_.capacity() != UINT64_MAX) report_.target_kib = target_.capacity() / 1024;

  const bool compressed = opened->image.is(Kind::compressed);
  const Status loaded = compressed ? decode(opened->image.format) : copy(opened->image);
  if (!loaded) return loaded.error();
  if (request_.release && !source_.releasing())
    say(Event::note,
        "%s: its file system (ramfs?) takes nothing back before the end: it was held in memory "
        "beside the image",
        source_.name());
  const Status sound = check_wrapper(*opened);
  if (!sound) return sound.error();
  const Status expected = check_source();
  if (!expected) return expected.error();
  const Status settled = target_.settle();
  if (!settled) return with_state(settled.error());
  const Status checked = check_target();
  if (!checked) return with_state(checked.error());
  const Status committed = target_.commit();
  if (!committed) return with_state(committed.error());
  const Status head = check_head();
  if (!head) return head.error();
  const Status finished = target_.finish();
  if (!finished) return with_state(finished.error());
  report_.loaded = target_.position();
  report_.stored = target_.stored();
  report_.read = source_.position();
  report_.reads_zero = target_.reads_zero();
  if (request_.release) {
    const Status released = source_.release_rest();
    if (!released) return released.error();
    report_.released = true;
  }
  return report_;
}

Result<LoadReport> load(const LoadRequest& request) {
  auto source =
      Source::open(request.source, {first_byte(request.offset, request.start_kib), request.length,
                                    request.release, request.disks, request.stop});
  if (!source) return source.error();
  return Loader(request, std::move(*source)).run();
}

}  // namespace rdload
