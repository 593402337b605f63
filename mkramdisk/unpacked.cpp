#include "mkramdisk/unpacked.hpp"

#include <archive.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "mkramdisk/libarchive_input.hpp"
#include "rdload/decoder.hpp"
#include "rdload/decoders/decoders.hpp"

namespace mkramdisk {
namespace {

using common::Error;
using common::Failure;
using common::Result;
using namespace std::string_view_literals;

// The formats that images come in too: rdload's decoders say where each of them ends.
class Decoded : public ByteSource {
 public:
  Decoded(rdload::DecoderPtr decoder, ByteSource& packed, std::string name)
      : decoder_(std::move(decoder)), packed_(packed), name_(std::move(name)) {}

 protected:
  Result<std::size_t> fill(std::span<std::byte> out) override {
    rdload::Output room{out.data(), out.size()};
    while (room.left != 0 && !finished_) {
      if (input_.left == 0 && !input_.last) {
        auto bytes = packed_.next();
        if (!bytes) return bytes.error();
        input_ = {bytes->data(), bytes->size(), bytes->empty()};
      }
      auto step = decoder_->decode(input_, room);
      if (!step)
        return Error::of(step.error().kind(), "%s: %s", name_.c_str(), step.error().text());
      finished_ = *step == rdload::Step::finished;
      if (finished_) packed_.give_back(input_.left + decoder_->beyond());
      if (!finished_ && input_.last && room.left != 0)
        return Error::of(Failure::corrupt, "%s: ends in the midst of its compression",
                         name_.c_str());
    }
    return out.size() - room.left;
  }

 private:
  rdload::DecoderPtr decoder_;
  ByteSource& packed_;
  std::string name_;
  rdload::Input input_;
  bool finished_ = false;
};

// The formats that nothing but archives come in.
class Filtered : public ByteSource {
 public:
  Filtered(ByteSource& packed, std::string name) : name_(std::move(name)), input_(packed) {}

  common::Status open(int (*filter)(struct archive*)) {
    archive_read_support_format_raw(input_.handle());
    if (filter(input_.handle()) != ARCHIVE_OK || !input_.open()) return input_.error(name_);
    struct archive_entry* entry = nullptr;
    if (archive_read_next_header(input_.handle(), &entry) < ARCHIVE_WARN)
      return input_.error(name_);
    return common::Done{};
  }

 protected:
  Result<std::size_t> fill(std::span<std::byte> out) override {
    std::size_t size = 0;
    while (size < out.size() && !ended_) {
      const la_ssize_t got =
          archive_read_data(input_.handle(), out.data() + size, out.size() - size);
      if (got < 0) return input_.error(name_);
      size += static_cast<std::size_t>(got);
      if (got == 0) ended_ = true;
    }
    if (ended_) input_.give_back(-1);
    return size;
  }

 private:
  std::string name_;
  LibarchiveInput input_;
  bool ended_ = false;
};

struct Packing {
  std::string_view magic;  // '?' stands for any byte
  rdload::DecoderPtr (*decoder)(const rdload::DecoderOptions&);
  int (*filter)(struct archive*);  // of libarchive, where there is no decoder
};

constexpr std::array packings = {
    Packing{"\x1f\x8b\x08"sv, rdload::make_gzip_zlib, nullptr},
    Packing{"BZh?1AY&SY"sv, rdload::make_bzip2, nullptr},
    Packing{"BZh?\x17\x72\x45\x38\x50\x90"sv, rdload::make_bzip2, nullptr},  // of nothing
    Packing{"\xfd"
            "7zXZ\0"sv,
            rdload::make_xz, nullptr},
    Packing{"\x5d\0\0"sv, rdload::make_lzma, nullptr},
    Packing{"\x28\xb5\x2f\xfd"sv, rdload::make_zstd, nullptr},
    Packing{"\x02\x21\x4c\x18"sv, rdload::make_lz4, nullptr},
    Packing{"\x04\x22\x4d\x18"sv, rdload::make_lz4_frame, nullptr},
    Packing{"\x89LZO\0\r\n\x1a\n"sv, rdload::make_lzo, nullptr},
    Packing{"LZIP\1"sv, nullptr, archive_read_support_filter_lzip},
    Packing{"\x1f\x9d"sv, nullptr, archive_read_support_filter_compress},
};
constexpr std::size_t longest_magic = 10;

bool matches(std::string_view magic, std::span<const std::byte> bytes) {
  return bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin(), [](char wanted, std::byte found) {
           return wanted == '?' || static_cast<std::byte>(wanted) == found;
         });
}

}  // namespace

Result<std::unique_ptr<ByteSource>> unpack(ByteSource& packed, const std::string& name) {
  std::array<std::byte, longest_magic> first{};
  auto size = packed.peek(first);
  if (!size) return size.error();
  const auto packing = std::find_if(packings.begin(), packings.end(), [&](const Packing& row) {
    return matches(row.magic, std::span(first).first(*size));
  });
  if (packing == packings.end()) return std::unique_ptr<ByteSource>();
  if (packing->decoder == nullptr) {
    auto made = std::make_unique<Filtered>(packed, name);
    if (auto status = made->open(packing->filter); !status) return status.error();
    return std::unique_ptr<ByteSource>(std::move(made));
  }
  rdload::DecoderPtr decoder = packing->decoder({});
  if (decoder == nullptr) return Error::system(ENOMEM, "start a decoder for %s", name.c_str());
  return std::unique_ptr<ByteSource>(std::make_unique<Decoded>(std::move(decoder), packed, name));
}

}  // namespace mkramdisk
