#include "mkramdisk/wrap/legacy_image.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/io.hpp"
#include "rdload/decoders/all.hpp"

namespace mkramdisk::wrap {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;
using rdload::Kind;

rdload::ProbeRequest request_for(const Place& place) {
  rdload::ProbeRequest request;
  request.source = place.path.c_str();
  request.offset = place.offset;
  request.start_kib = place.start_kib;
  request.decoders = rdload::all_decoders();
  if (place.length) {
    const std::uint64_t before = place.start_kib * 1024;
    request.length = *place.length > before ? *place.length - before : 0;
  }
  return request;
}

// Of the file from the place's offset on.
Result<std::uint64_t> bytes_of(const Place& place, int fd) {
  const off_t end = ::lseek(fd, 0, SEEK_END);
  if (end < 0) return Error::system(errno, "measure %s", place.path.c_str());
  const auto size = static_cast<std::uint64_t>(end);
  const std::uint64_t left = size > place.offset ? size - place.offset : 0;
  return std::min(left, place.length.value_or(left));
}

Status take_header_off(LegacyImage& image, int fd) {
  UImageHeader header{};
  const auto got = common::pread_full(fd, header, image.begin, image.place.path.c_str());
  if (!got) return got.error();
  if (*got < header.size())
    return Error::of(Failure::corrupt, "%s: a uImage that ends in its header",
                     image.place.path.c_str());
  image.uimage = header;
  image.begin += header.size();
  // What follows the contents is none of the kernel's business.
  image.bytes = std::min(image.bytes - header.size(), rdload::identify(header).payload_bytes);
  return Done{};
}

std::string what(const rdload::Image& image) {
  std::string text = image.detail;
  if (image.is(Kind::filesystem)) text += " file system";
  if (image.is(Kind::compressed)) text += " image";
  if (image.is(Kind::archive)) text += " archive";
  if (image.is(Kind::unknown)) text = "nothing known";
  return text;
}

}  // namespace

Result<LegacyImage> look_at(const Place& place) {
  LegacyImage image;
  image.place = place;
  auto facts = rdload::probe(request_for(place));
  if (!facts) return facts.error();
  image.facts = *facts;
  auto fd = common::open_file(place.path.c_str(), O_RDONLY);
  if (!fd) return fd.error();
  const auto bytes = bytes_of(place, fd->get());
  if (!bytes) return bytes.error();
  image.begin = place.offset;
  image.bytes = *bytes;
  image.ram_kib = facts->size_kib.value_or(0);
  // Behind other bytes that are kept the header is kept as well: the loader knows it.
  if (facts->wrapped && place.start_kib == 0)
    if (auto status = take_header_off(image, fd->get()); !status) return status.error();
  return image;
}

Status check_whole(LegacyImage& image) {
  const rdload::ImageFacts& facts = image.facts;
  const char* const path = image.place.path.c_str();
  if (facts.image.is(Kind::archive) || facts.inner.is(Kind::archive))
    return Error::of(
        Failure::not_usable,
        "%s: an initramfs (cpio archive) already: every kernel since 2.6 boots it as it "
        "is, and there is nothing to wrap",
        path);
  if (facts.image.is(Kind::unknown))
    return Error::of(Failure::not_usable, "%s: no image that a kernel ever loaded onto a RAM disk",
                     path);
  for (const rdload::Image* part : {&facts.image, &facts.inner})
    if (part->flaw != nullptr) return Error::of(Failure::corrupt, "%s: %s", path, part->flaw);
  if (facts.image.is(Kind::filesystem)) {
    const std::uint64_t before = image.place.start_kib * 1024;
    const std::uint64_t there = image.bytes > before ? image.bytes - before : 0;
    if (there < facts.image.size_bytes)
      return Error::of(Failure::corrupt, "%s: ends after %llu of the %llu bytes that it claims",
                       path, static_cast<unsigned long long>(there),
                       static_cast<unsigned long long>(facts.image.size_bytes));
    return Done{};
  }
  const auto decoded = rdload::count_decoded(request_for(image.place));
  if (!decoded) return decoded.error();
  if (!facts.inner.is(Kind::filesystem))
    return Error::of(Failure::not_usable, "%s: a %s image of nothing that could be mounted", path,
                     facts.image.name);
  if (facts.inner.size_kib && *decoded < *facts.inner.size_kib)
    return Error::of(Failure::corrupt, "%s: unpacks to %llu KiB, and claims %llu KiB", path,
                     static_cast<unsigned long long>(*decoded),
                     static_cast<unsigned long long>(*facts.inner.size_kib));
  image.ram_kib = *decoded;
  return Done{};
}

std::string describe(const LegacyImage& image) {
  const rdload::ImageFacts& facts = image.facts;
  std::string text = what(facts.image);
  if (facts.image.is(Kind::compressed))
    text += facts.inner_problem.empty()
                ? ", " + what(facts.inner) + " inside"
                : ", not to be decoded: " + std::string(facts.inner_problem.view());
  if (image.ram_kib != 0) text += ", " + std::to_string(image.ram_kib) + " KiB";
  const rdload::Image& system = facts.image.is(Kind::filesystem) ? facts.image : facts.inner;
  if (system.block_kib != 0) text += " in blocks of " + std::to_string(system.block_kib) + " KiB";
  if (facts.wrapped) text += ", in a uImage";
  return text;
}

}  // namespace mkramdisk::wrap
