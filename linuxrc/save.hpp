// linuxrc --save: the running RAM root becomes an image on the flash, beside the one before it.
// docs/ramroot.md tells it to its users.
#pragma once

#include <cstdint>

#include "linuxrc/execute.hpp"

namespace linuxrc {

// The calls that only saving needs. Results are Sys's: -errno where a call fails.
class SaveCalls {
 public:
  // fsync(2), and the page cache forgets the file: what is read then is what the flash holds.
  virtual int write_back(int fd) = 0;
  virtual int link(const char* from, const char* to) = 0;
  virtual int rename(const char* from, const char* to) = 0;
  // What a file can still take on the file system of `path`, in bytes.
  virtual int free_bytes(const char* path, std::uint64_t& bytes) = 0;
  // Signals that can be held wait until they are let in again.
  virtual void hold_signals(bool hold) = 0;

 protected:
  ~SaveCalls() = default;  // nobody owns one through this interface
};
SaveCalls& linux_save_calls();  // makes them

// What is saved, and where to. Paths are kept by the caller.
struct SaveJob {
  int device = -1;              // the root's, open for reading
  std::uint64_t bytes = 0;      // of its file system
  bool gzip = false;            // the new image is compressed
  bool mark_clean = false;      // the copy's superblock says so, which the mounted one does not
  bool root_is_console = true;  // what is said can wait for the root's file system
  Path image;                   // the old image, and the name of the new one
  Path next;                    // where it is written: image + ".new"
};

// Fills bytes and mark_clean from the superblock. Errors: not ext2, ext3 or ext4; damaged.
common::Status read_root(Sys& sys, SaveJob& job);
// Writes job.next, complete and on the flash. The root's file system stands still meanwhile.
// Errors: does_not_fit before anything is written; system. Nothing is left behind then.
common::Status write_next(Log& log, SaveCalls& calls, const SaveJob& job, Path& sum);
// Reads it back, and puts it in the place of the old image, which becomes image + ".old" where the
// file system has hard links and it is sound. A power cut at any moment leaves an image under that
// name that passes its .sha256.
common::Status switch_images(Log& log, SaveCalls& calls, const SaveJob& job, const Path& sum);

// The command. `where` is DEVICE:/PATH, or nullptr for that of linuxrc.ramroot=. The exit code.
int save(Log& log, const char* where);
bool is_ramroot_save(const char* own_name);

}  // namespace linuxrc
