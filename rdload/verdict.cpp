#include "rdload/verdict.hpp"

namespace rdload {
namespace {

enum class Line : unsigned char { v2_4, v2_6, v6, v7 };
constexpr const char* line_names[] = {"2.4", "2.6", "6.x", "7.x"};

// Since when identify_ramdisk_image() and the decompressors know a format.
struct Since {
  Format format;
  Line line;
  const char* version;  // within that line, or "" for all of it
  const char* option;   // that the kernel must have been built with
};
constexpr Since history[] = {
    {Format::minix, Line::v2_4, "", "MINIX_FS"},
    {Format::ext2, Line::v2_4, "", "EXT2_FS"},
    {Format::romfs, Line::v2_4, "", "ROMFS_FS"},
    {Format::gzip, Line::v2_4, "", "RD_GZIP"},
    {Format::pack, Line::v2_4, "", "RD_GZIP"},
    {Format::cramfs, Line::v2_6, "", "CRAMFS"},
    {Format::squashfs, Line::v2_6, "2.6.29", "SQUASHFS"},
    {Format::bzip2, Line::v2_6, "2.6.30", "RD_BZIP2"},
    {Format::lzma, Line::v2_6, "2.6.30", "RD_LZMA"},
    {Format::lzo, Line::v2_6, "2.6.33", "RD_LZO"},
    {Format::xz, Line::v2_6, "2.6.38", "RD_XZ"},
    {Format::lz4, Line::v6, "3.11", "RD_LZ4"},
    {Format::zstd, Line::v6, "5.9", "RD_ZSTD"},
};

const Since* since(const Image& image) {
  if (!image.known_to_kernel) return nullptr;
  for (const Since& entry : history)
    if (entry.format == image.format) return &entry;
  return nullptr;
}

void add_remark(Verdict& verdict, const std::string& remark) {
  if (!verdict.remark.empty()) verdict.remark += "; ";
  verdict.remark += remark;
}

void judge_ext2(const Image& image, Line line, Verdict& verdict) {
  const std::uint64_t blocks_kib = image.size_bytes >> 10;
  if (line != Line::v2_4 || image.block_kib <= 1) return;
  // 2.4 takes the number of blocks for KiB.
  verdict.outcome = "cut short";
  verdict.remark = "only " + std::to_string(blocks_kib / image.block_kib) + " of " +
                   std::to_string(blocks_kib) + " KiB: use blocks of 1 KiB";
}

void judge_source(const ImageFacts& facts, Verdict& verdict) {
  if (!facts.image.is(Kind::filesystem) || !facts.source_bytes) return;
  if (*facts.source_bytes < facts.image.size_bytes)
    add_remark(verdict, "the source is too short: its last KiB is repeated up to the claimed size");
}

Verdict judge(const ImageFacts& facts, Line line) {
  const Image& image = facts.image;
  Verdict verdict{line_names[static_cast<int>(line)], "loads", ""};
  const bool cpio = image.is(Kind::archive) || facts.inner.is(Kind::archive);
  if (cpio && line != Line::v2_4 && !facts.wrapped) {
    verdict.outcome = "unpacks";
    verdict.remark = "an initramfs: the RAM disk is not used";
    return verdict;
  }
  const Since* const known = facts.wrapped ? nullptr : since(image);
  if (known == nullptr || line < known->line) {
    verdict.outcome = "not found";
    if (facts.wrapped) verdict.remark = "U-Boot takes the uImage header off before the kernel";
    return verdict;
  }
  if (known->line == line && *known->version != '\0')
    add_remark(verdict, std::string("from ") + known->version + " on");
  if (line != Line::v2_4) add_remark(verdict, std::string("needs CONFIG_") + known->option);
  // The decompressors of 2.4 were others: its gunzip skips optional fields and checks sums.
  if (image.kernel_refusal != nullptr && (line != Line::v2_4 || image.format == Format::pack)) {
    verdict.outcome = "refuses";
    verdict.remark = image.kernel_refusal;
    return verdict;
  }
  if (image.format == Format::ext2) judge_ext2(image, line, verdict);
  judge_source(facts, verdict);
  if (line == Line::v7)
    add_remark(verdict, "with root=/dev/ram0 only, and /linuxrc is never run by the kernel");
  return verdict;
}

}  // namespace

std::vector<Verdict> verdicts(const ImageFacts& facts) {
  std::vector<Verdict> all;
  for (const Line line : {Line::v2_4, Line::v2_6, Line::v6, Line::v7})
    all.push_back(judge(facts, line));
  return all;
}

}  // namespace rdload
