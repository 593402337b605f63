#include "mkramdisk/ext2_format.hpp"

#include <ext2fs/ext2fs.h>
extern "C" {
#include <et/com_err.h>  // without a guard for C++ of its own
}

#include <algorithm>
#include <cstring>
#include <memory>

#include "mkramdisk/capture_io.hpp"

namespace mkramdisk {
namespace {

using common::Error;
using common::Failure;

// An open libext2fs file system that writes into `io`, freed without writing.
struct FileSystem {
  CaptureIo io;
  ext2_filsys fs = nullptr;

  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  ~FileSystem() {
    if (fs != nullptr) ext2fs_free(fs);
  }
};

Error ext2_error(const char* call, errcode_t code) {
  return Error::of(Failure::system, "%s: %s", call, error_message(code));
}

void set_features(ext2_super_block& super, const Format& format) {
  if (format.revision == 0) return;
  super.s_rev_level = EXT2_DYNAMIC_REV;
  super.s_inode_size = inode_size;
  super.s_feature_incompat = EXT2_FEATURE_INCOMPAT_FILETYPE;
  super.s_feature_ro_compat = EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER;
  if (format.large_files) super.s_feature_ro_compat |= EXT2_FEATURE_RO_COMPAT_LARGE_FILE;
  if (format.attributes) super.s_feature_compat = EXT2_FEATURE_COMPAT_EXT_ATTR;
}

errcode_t initialize(FileSystem& made, const Format& format, std::uint64_t blocks) {
  if (made.fs != nullptr) ext2fs_free(made.fs);
  made.fs = nullptr;
  ext2_super_block super{};
  super.s_log_block_size = static_cast<__u32>(__builtin_ctz(format.block_size / 1024));
  super.s_log_cluster_size = super.s_log_block_size;
  super.s_blocks_count = static_cast<__u32>(blocks);
  super.s_inodes_count = format.inodes;
  super.s_max_mnt_count = -1;  // never ask for a check because of mounts
  set_features(super, format);
  return ext2fs_initialize("image", EXT2_FLAG_64BITS | EXT2_FLAG_RW, &super, made.io.manager(),
                           &made.fs);
}

std::uint64_t blocks_of(const FileSystem& made) {
  return made.fs == nullptr ? 0 : ext2fs_blocks_count(made.fs->super);
}

// Ends the last group, which nothing has been placed in yet, after block `blocks` - 1. False where
// its own structures would leave no block for files.
bool cut_last_group(ext2_filsys fs, std::uint64_t blocks) {
  const dgrp_t last = fs->group_desc_count - 1;
  const std::uint64_t surplus = ext2fs_blocks_count(fs->super) - blocks;
  const std::uint64_t free_blocks = ext2fs_bg_free_blocks_count(fs, last);
  if (free_blocks <= surplus) return false;
  const blk64_t real_end = ext2fs_group_first_block2(fs, last) + fs->super->s_blocks_per_group - 1;
  if (ext2fs_resize_block_bitmap2(blocks - 1, real_end, fs->block_map) != 0) return false;
  ext2fs_bg_free_blocks_count_set(fs, last, static_cast<__u32>(free_blocks - surplus));
  ext2fs_free_blocks_count_set(fs->super, ext2fs_free_blocks_count(fs->super) - surplus);
  ext2fs_blocks_count_set(fs->super, blocks);
  return true;
}

// libext2fs leaves out a last group with less than 50 blocks beside its own structures, and makes
// no file system of such a group alone. The format has no such limit, and every block counts in a
// small image: the group is made whole and then cut.
errcode_t initialize_with_short_group(FileSystem& made, const Format& format) {
  const errcode_t failed = initialize(made, format, format.blocks);
  if (blocks_of(made) == format.blocks || (failed != 0 && failed != EXT2_ET_TOOSMALL))
    return failed;
  const std::uint64_t first = format.block_size == 1024 ? 1 : 0;
  const std::uint64_t per_group = std::uint64_t{format.block_size} * 8;
  if (format.blocks <= first) return failed;
  const std::uint64_t groups = (format.blocks - first + per_group - 1) / per_group;
  const std::uint64_t whole = first + groups * per_group;
  if (whole <= UINT32_MAX && initialize(made, format, whole) == 0 && blocks_of(made) == whole &&
      cut_last_group(made.fs, format.blocks))
    return 0;
  return initialize(made, format, format.blocks);
}

common::Status initialize(FileSystem& made, const Format& format) {
  initialize_ext2_error_table();
  const errcode_t failed = initialize_with_short_group(made, format);
  if (failed == EXT2_ET_TOOSMALL || failed == EXT2_ET_TOO_MANY_INODES)
    return Error::of(Failure::does_not_fit,
                     "%llu KiB in blocks of %u bytes cannot hold an ext2 file system of %u inodes",
                     static_cast<unsigned long long>(format.blocks * format.block_size / 1024),
                     format.block_size, format.inodes);
  if (failed != 0) return ext2_error("ext2fs_initialize", failed);
  return common::Done{};
}

// ext2fs_initialize takes the time of day; the superblock's times are the caller's to choose.
void set_identity(ext2_filsys fs, const Format& format) {
  ext2_super_block& super = *fs->super;
  const auto time = static_cast<__u32>(format.time);
  fs->now = time == 0 ? 1 : time;  // 0 would mean the time of day; CaptureIo sets s_wtime
  super.s_mkfs_time = super.s_lastcheck = super.s_wtime = time;
  super.s_mtime = 0;
  super.s_flags = 0;  // the signedness of char of this machine, for hashed directories only
  super.s_checkinterval = 0;
  super.s_errors = EXT2_ERRORS_CONTINUE;
  std::memcpy(super.s_uuid, format.uuid.data(), format.uuid.size());
  std::memcpy(super.s_volume_name, format.label.data(),
              std::min(format.label.size(), sizeof super.s_volume_name));
  const double share = static_cast<double>(super.s_blocks_count) * format.reserved_percent / 100.0;
  super.s_r_blocks_count = static_cast<__u32>(share);
}

Geometry read_geometry(ext2_filsys fs) {
  Geometry geometry;
  geometry.block_size = fs->blocksize;
  geometry.blocks = ext2fs_blocks_count(fs->super);
  geometry.free_blocks = ext2fs_free_blocks_count(fs->super);
  geometry.inodes = fs->super->s_inodes_count;
  geometry.inodes_per_group = fs->super->s_inodes_per_group;
  geometry.groups = fs->group_desc_count;
  geometry.blocks_per_group = fs->super->s_blocks_per_group;
  geometry.reserved_blocks = ext2fs_r_blocks_count(fs->super);
  return geometry;
}

common::Status place_tables(ext2_filsys fs) {
  if (const errcode_t failed = ext2fs_allocate_tables(fs); failed != 0)
    return ext2_error("ext2fs_allocate_tables", failed);
  return common::Done{};
}

std::vector<FreeRun> free_runs_of(ext2_filsys fs) {
  std::vector<FreeRun> runs;
  std::uint64_t stream = 0;
  blk64_t at = fs->super->s_first_data_block;
  const blk64_t last = ext2fs_blocks_count(fs->super) - 1;
  while (at <= last) {
    blk64_t begin = 0;
    if (ext2fs_find_first_zero_block_bitmap2(fs->block_map, at, last, &begin) != 0) break;
    blk64_t end = last + 1;
    if (ext2fs_find_first_set_block_bitmap2(fs->block_map, begin, last, &end) != 0) end = last + 1;
    runs.push_back({begin, end - begin, stream});
    stream += end - begin;
    at = end;
  }
  return runs;
}

void account(ext2_filsys fs, const Usage& usage) {
  const std::vector<FreeRun> runs = free_runs_of(fs);
  std::uint64_t left = usage.stream_blocks;
  for (const FreeRun& run : runs) {
    const std::uint64_t count = std::min(left, run.count);
    if (count == 0) break;
    ext2fs_block_alloc_stats_range(fs, run.block, static_cast<blk_t>(count), +1);
    left -= count;
  }
  for (StreamRange range : usage.unused) {
    for (const FreeRun& run : runs) {
      if (run.stream + run.count <= range.begin) continue;
      const std::uint64_t within = range.begin - run.stream;
      const std::uint64_t count = std::min(range.count, run.count - within);
      ext2fs_block_alloc_stats_range(fs, run.block + within, static_cast<blk_t>(count), -1);
      range = {range.begin + count, range.count - count};
      if (range.count == 0) break;
    }
  }
  for (ext2_ino_t reserved = 1; reserved < first_inode; ++reserved)
    ext2fs_inode_alloc_stats2(fs, reserved, +1, reserved == EXT2_ROOT_INO ? 1 : 0);
  auto directory = usage.directories.begin();
  for (ext2_ino_t number = first_inode; number < first_inode + usage.inodes; ++number) {
    const bool is_directory = directory != usage.directories.end() && *directory == number;
    if (is_directory) ++directory;
    ext2fs_inode_alloc_stats2(fs, number, +1, is_directory ? 1 : 0);
  }
}

}  // namespace

common::Result<Geometry> count_geometry(const Format& format) {
  FileSystem made;
  if (auto status = initialize(made, format); !status) return status.error();
  return read_geometry(made.fs);
}

common::Result<Geometry> plan_geometry(const Format& format) {
  FileSystem made;
  if (auto status = initialize(made, format); !status) return status.error();
  set_identity(made.fs, format);
  if (auto status = place_tables(made.fs); !status) return status.error();
  Geometry geometry = read_geometry(made.fs);
  geometry.free_runs = free_runs_of(made.fs);
  for (dgrp_t group = 0; group < made.fs->group_desc_count; ++group)
    geometry.inode_tables.push_back(ext2fs_inode_table_loc(made.fs, group));
  return geometry;
}

common::Result<Metadata> make_metadata(const Format& format, const Usage& usage) {
  FileSystem made;
  if (auto status = initialize(made, format); !status) return status.error();
  set_identity(made.fs, format);
  if (auto status = place_tables(made.fs); !status) return status.error();
  account(made.fs, usage);
  made.io.write_time(static_cast<std::uint32_t>(format.time));
  ext2fs_mark_super_dirty(made.fs);
  if (const errcode_t failed = ext2fs_close_free(&made.fs); failed != 0)
    return ext2_error("ext2fs_close_free", failed);
  return made.io.take();
}

}  // namespace mkramdisk
