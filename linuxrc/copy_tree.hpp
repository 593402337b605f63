// Copies files as they lie in an overlay's upper: owners, modes, times, holes, hard links, extended
// attributes and whiteouts (character devices 0:0) with them.
#pragma once

#include "linuxrc/execute.hpp"
#include "linuxrc/sys_files.hpp"

namespace linuxrc {

// Whole paths; what is deeper is an error.
using LongPath = common::Text<4096>;

// Both take what is at `from` and make it at `to`, where nothing may be but, for copy_attributes,
// the copy. A file that goes away meanwhile is left out: other programs run.
class Copier {
 public:
  enum class What {
    changes,  // all, so that the overlay shows the same
    files,    // no whiteouts and no marks of overlayfs; what is there already stays
  };
  // Hard links are kept by way of a directory `links`, beside the copy, that begins and ends empty.
  Copier(Machine& machine, const char* links, What what = What::changes);

  // A file, link, device or whiteout; a directory with all it holds.
  common::Status copy(const char* from, const char* to);
  // A directory alone, without what it holds.
  common::Status copy_directory(const char* from, const char* to);

  // Attributes that the other file system has no place for. The overlay can do without these.
  [[nodiscard]] unsigned long long left_out() const { return left_out_; }
  [[nodiscard]] unsigned long long copied() const { return copied_; }

 private:
  common::Status begin(const char* from, const char* to);
  common::Status copy_here();
  common::Status copy_entries();
  common::Status copy_file(const FileDetails& listed);
  common::Status copy_data(int input, int output, FileDetails& details);
  common::Status copy_special(const FileDetails& details);
  common::Status copy_attributes(const FileDetails& details);
  common::Status copy_xattrs();
  bool has_no_contents();
  common::Status link_to(const LongPath& kept, bool& done);
  [[nodiscard]] common::Status failed(int result, const char* call, const LongPath& path) const;
  static bool entry(void* context, const char* name);

  Machine& machine_;
  FileSys& files_;
  const char* links_;
  What what_;
  LongPath from_;  // what is being copied
  LongPath to_;
  unsigned depth_ = 0;
  common::Status entries_ = common::Done{};  // of the directory that is being listed
  unsigned long long left_out_ = 0;
  unsigned long long copied_ = 0;
};

// Before a copy to `target` is begun, and at its end, which removes what a failure has left of it
// and otherwise has it on the disk.
common::Status begin_copy(Machine& machine, const char* target);
common::Status end_copy(Machine& machine, const char* target, const common::Status& copied);
Path links_beside(const char* target);

// True when this directory entry, such as one that no longer is, need not be copied.
bool is_gone(int result);

}  // namespace linuxrc
