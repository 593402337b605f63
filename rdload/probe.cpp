#include <algorithm>
#include <cerrno>

#include "rdload/bytes.hpp"
#include "rdload/decoded_stream.hpp"
#include "rdload/load.hpp"
#include "rdload/opening.hpp"

namespace rdload {

using common::Error;
using common::Failure;
using common::Result;

namespace {

// What is inside a compression. That it cannot be decoded does not stop the probe.
void look_inside(Source& source, const ProbeRequest& request, ImageFacts& facts) {
  auto stream = DecodedStream::open(source, facts.image.format, request.decoders, {});
  if (!stream) {
    facts.inner_problem.append("%s", stream.error().text());
    return;
  }
  facts.decoder = stream->library();
  Buffer window(identify_window);
  if (!window.ok()) {
    facts.inner_problem.append("memory is short");
    return;
  }
  const auto got = stream->read(window.span());
  if (!got) {
    facts.inner_problem.append("%s", got.error().text());
    return;
  }
  facts.inner = identify(window.span().first(*got));
  facts.size_kib = facts.inner.size_kib;
  // A short image has been seen as a whole.
  if (stream->finished() && !facts.size_kib) facts.size_kib = kib_rounded_up(*got);
}

Result<Source> open_source(const ProbeRequest& request) {
  return Source::open(
      request.source,
      {first_byte(request.offset, request.start_kib), request.length, false, {}, request.stop});
}

}  // namespace

Result<ImageFacts> probe(const ProbeRequest& request) {
  auto source = open_source(request);
  if (!source) return source.error();
  ImageFacts facts;
  facts.source_bytes = source->size();
  auto opened = open_image(*source, Rows::all);
  if (!opened) return opened.error();
  facts.image = opened->image;
  facts.wrapped = opened->wrapped;
  facts.size_kib = facts.image.size_kib;
  if (facts.image.is(Kind::compressed)) look_inside(*source, request, facts);
  return facts;
}

Result<std::uint64_t> count_decoded(const ProbeRequest& request) {
  auto source = open_source(request);
  if (!source) return source.error();
  auto opened = open_image(*source, Rows::all);
  if (!opened) return opened.error();
  if (!opened->image.is(Kind::compressed))
    return Error::of(Failure::not_usable, "%s: not a compressed image", source->name());
  auto stream = DecodedStream::open(*source, opened->image.format, request.decoders, {});
  if (!stream) return stream.error();
  Buffer scrap(std::size_t{256} * 1024);
  if (!scrap.ok()) return Error::system(ENOMEM, "decode %s", source->name());
  std::uint64_t bytes = 0;
  while (!stream->finished()) {
    if (request.stop.asked()) return Stop::error(source->name());
    const auto got = stream->read(scrap.span());
    if (!got) return got.error();
    bytes += *got;
  }
  return kib_rounded_up(bytes);
}

}  // namespace rdload
