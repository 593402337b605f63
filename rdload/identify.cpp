#include "rdload/identify.hpp"

#include <cstring>

#include "rdload/bytes.hpp"

namespace rdload {
namespace {

// A row of the table: where to look, what must stand there, and what it then is.
struct Row {
  Format format;
  Kind kind;
  const char* name;
  std::uint32_t offset;  // bytes from the image's start
  bool known_to_kernel;
  bool (*matches)(Bytes at);
  void (*describe)(Bytes at, Image& image);  // nullptr: nothing to add
};

template <unsigned char First, unsigned char Second>
bool two_bytes(Bytes at) {
  return byte_at(at, 0) == First && byte_at(at, 1) == Second;
}

bool text_at(Bytes bytes, std::size_t offset, const char* text) {
  const std::size_t length = std::strlen(text);
  return bytes.size() >= offset + length && std::memcmp(bytes.data() + offset, text, length) == 0;
}

// Sets the size, unless the superblock claims what cannot be.
void claim(Image& image, std::uint64_t bytes) {
  image.size_bytes = bytes;
  image.size_kib = kib_rounded_up(bytes);
  if (bytes == 0) image.flaw = "its superblock claims a size of 0";
  if (bytes > INT64_MAX) image.flaw = "its superblock claims more than 8 EiB";
}

// `blocks` of 2^shift KiB each; `most` is the largest shift that the format allows.
void claim_blocks(Image& image, std::uint64_t blocks, std::uint64_t shift, std::uint64_t most) {
  if (shift > most || blocks >> 40 != 0) {
    image.size_kib = blocks;
    image.flaw = shift > most ? "its superblock claims an impossible block size"
                              : "its superblock claims an impossible number of blocks";
    return;
  }
  claim(image, blocks << shift << 10);
}

bool is_cramfs(Bytes at) {
  return le32(at, 0) == 0x28cd3d45;
}
void describe_cramfs(Bytes at, Image& image) {
  claim(image, le32(at, 4));
}

bool is_minix_v1(Bytes at) {
  const std::uint64_t magic = le16(at, 16);
  return magic == 0x137f || magic == 0x138f;
}
void describe_minix_v1(Bytes at, Image& image) {
  image.detail = le16(at, 16) == 0x137f ? "minix v1, 14-character names"  //
                                        : "minix v1, 30-character names";
  claim_blocks(image, le16(at, 2), le16(at, 10), 10);
}
bool is_minix_v2(Bytes at) {
  const std::uint64_t magic = le16(at, 16);
  return magic == 0x2468 || magic == 0x2478;
}
void describe_minix_v2(Bytes at, Image& image) {
  image.detail = "minix v2";
  claim_blocks(image, le32(at, 20), le16(at, 10), 10);
}
void describe_minix_v3(Bytes at, Image& image) {
  image.detail = "minix v3";
  const std::uint64_t block_kib = le16(at, 28) / 1024;
  const bool possible = block_kib > 0 && le16(at, 28) % 1024 == 0;
  claim_blocks(image, le32(at, 20) * block_kib, possible ? le16(at, 12) : UINT64_MAX, 10);
}

constexpr std::uint64_t ext_has_journal = 0x4;  // s_feature_compat
// s_feature_incompat: extents, 64bit, flex_bg and what else only ext4 writes
constexpr std::uint64_t ext4_incompat = 0x40 | 0x80 | 0x200 | 0x400 | 0x2000 | 0x8000;
constexpr std::uint64_t ext_64bit = 0x80;
// s_feature_ro_compat: huge files, group checksums, many links, large inodes, metadata checksums
constexpr std::uint64_t ext4_ro_compat = 0x8 | 0x10 | 0x20 | 0x40 | 0x400;

bool is_ext2(Bytes at) {
  // The kernel takes a size of 0 for "not ext2".
  return le16(at, 0x38) == 0xef53 && le32(at, 4) != 0;
}
void describe_ext2(Bytes at, Image& image) {
  const std::uint64_t incompat = le32(at, 0x60);
  image.detail = "ext2";
  if ((le32(at, 0x5c) & ext_has_journal) != 0) image.detail = "ext3";
  if ((incompat & ext4_incompat) != 0 || (le32(at, 0x64) & ext4_ro_compat) != 0)
    image.detail = "ext4";
  std::uint64_t blocks = le32(at, 4);
  if ((incompat & ext_64bit) != 0) blocks |= le32(at, 0x150) << 32;
  const std::uint64_t shift = le32(at, 0x18);
  claim_blocks(image, blocks, shift, 6);
  if (shift <= 6) image.block_kib = 1u << shift;
}

void describe_erofs(Bytes at, Image& image) {
  const std::uint64_t block_bits = byte_at(at, 12);
  if (block_bits < 9 || block_bits > 16) {
    image.flaw = "its superblock claims an impossible block size";
    return;
  }
  claim(image, le32(at, 36) << block_bits);
}

void describe_gzip(Bytes at, Image& image) {
  if ((byte_at(at, 3) & (2 | 4 | 16)) != 0)
    image.kernel_refusal = "its header has optional fields that the kernel does not skip";
}

void describe_xz(Bytes at, Image& image) {
  const std::uint64_t check = byte_at(at, 7) & 0x0f;
  if (check == 4) image.detail = "xz with CRC64";
  if (check == 10) image.detail = "xz with SHA-256";
  if (check > 1) image.kernel_refusal = "the kernel's xz knows no check but CRC32";
}

bool is_uimage(Bytes at) {
  return be32(at, 0) == 0x27051956;
}
void describe_uimage(Bytes at, Image& image) {
  image.payload_offset = 64;
  image.payload_bytes = be32(at, 12);
  // A multi-file image (type 4) begins with a list of sizes; only one whole image can be loaded.
  if (byte_at(at, 30) == 4) image.flaw = "it holds several files";
}

bool is_cpio(Bytes at) {
  return text_at(at, 0, "070701") || text_at(at, 0, "070702") || text_at(at, 0, "070707") ||
         le16(at, 0) == 0x71c7;
}

constexpr Row rows[] = {
    // The kernel's, in the kernel's order.
    {Format::gzip, Kind::compressed, "gzip", 0, true, two_bytes<0x1f, 0x8b>, describe_gzip},
    {Format::pack, Kind::compressed, "gzip", 0, true, two_bytes<0x1f, 0x9e>,
     [](Bytes, Image& image) {
       image.detail = "pack, which nothing decodes";
       image.kernel_refusal = "Not a gzip file";
     }},
    {Format::bzip2, Kind::compressed, "bzip2", 0, true, two_bytes<0x42, 0x5a>, nullptr},
    {Format::lzma, Kind::compressed, "lzma", 0, true, two_bytes<0x5d, 0x00>, nullptr},
    {Format::xz, Kind::compressed, "xz", 0, true, two_bytes<0xfd, 0x37>, describe_xz},
    {Format::lzo, Kind::compressed, "lzo", 0, true, two_bytes<0x89, 0x4c>, nullptr},
    {Format::lz4, Kind::compressed, "lz4", 0, true, two_bytes<0x02, 0x21>,
     [](Bytes, Image& image) { image.detail = "lz4 legacy frame"; }},
    {Format::zstd, Kind::compressed, "zstd", 0, true, two_bytes<0x28, 0xb5>, nullptr},
    {Format::romfs, Kind::filesystem, "romfs", 0, true,
     [](Bytes at) { return text_at(at, 0, "-rom1fs-"); },
     [](Bytes at, Image& image) { claim(image, be32(at, 8)); }},
    {Format::cramfs, Kind::filesystem, "cramfs", 0, true, is_cramfs, describe_cramfs},
    {Format::squashfs, Kind::filesystem, "squashfs", 0, true,
     [](Bytes at) { return le32(at, 0) == 0x73717368; },
     [](Bytes at, Image& image) { claim(image, le64(at, 40)); }},
    {Format::cramfs, Kind::filesystem, "cramfs", 512, true, is_cramfs, describe_cramfs},
    {Format::minix, Kind::filesystem, "Minix", 1024, true, is_minix_v1, describe_minix_v1},
    {Format::ext2, Kind::filesystem, "ext2", 1024, true, is_ext2, describe_ext2},
    // Beyond the kernel.
    {Format::lz4_frame, Kind::compressed, "lz4", 0, false,
     [](Bytes at) { return le32(at, 0) == 0x184d2204; },
     [](Bytes, Image& image) { image.detail = "lz4 frame"; }},
    {Format::zstd, Kind::compressed, "zstd", 0, false,  // a skippable frame first, as pzstd writes
     [](Bytes at) { return (le32(at, 0) & 0xfffffff0) == 0x184d2a50; },
     [](Bytes, Image& image) { image.detail = "zstd with a skippable frame first"; }},
    {Format::uimage, Kind::wrapper, "uImage", 0, false, is_uimage, describe_uimage},
    {Format::cpio, Kind::archive, "cpio", 0, false, is_cpio, nullptr},
    {Format::minix, Kind::filesystem, "Minix", 1024, false, is_minix_v2, describe_minix_v2},
    {Format::minix, Kind::filesystem, "Minix", 1024, false,
     [](Bytes at) { return le16(at, 24) == 0x4d5a; }, describe_minix_v3},
    {Format::erofs, Kind::filesystem, "erofs", 1024, false,
     [](Bytes at) { return le32(at, 0) == 0xe0f5e1e2; }, describe_erofs},
    {Format::iso9660, Kind::filesystem, "iso9660", 32768, false,
     [](Bytes at) { return byte_at(at, 0) == 1 && text_at(at, 1, "CD001"); },
     [](Bytes at, Image& image) { claim(image, le32(at, 80) * le16(at, 128)); }},
    {Format::btrfs, Kind::filesystem, "btrfs", 65536, false,
     [](Bytes at) { return text_at(at, 64, "_BHRfS_M"); },
     [](Bytes at, Image& image) { claim(image, le64(at, 112)); }},
};

}  // namespace

Image identify(std::span<const std::byte> window, Rows asked) {
  Image image;
  for (const Row& row : rows) {
    if (asked == Rows::kernel && !row.known_to_kernel) continue;
    const Bytes at = row.offset < window.size() ? window.subspan(row.offset) : Bytes{};
    if (!row.matches(at)) continue;
    image.kind = row.kind;
    image.format = row.format;
    image.name = image.detail = row.name;
    image.known_to_kernel = row.known_to_kernel;
    if (row.describe != nullptr) row.describe(at, image);
    return image;
  }
  return image;
}

const char* format_name(Format format) {
  if (format == Format::lz4_frame) return "lz4 frame";
  for (const Row& row : rows)
    if (row.format == format) return row.name;
  return "unknown";
}

}  // namespace rdload
