// An archive as the root of a system that runs in RAM: what it takes of memory, and its files on a
// tmpfs.
#pragma once

#include "linuxrc/archive.hpp"
#include "linuxrc/execute.hpp"
#include "linuxrc/file_sum.hpp"
#include "linuxrc/sys_files.hpp"

namespace linuxrc {

// Adds up the memory that the members take: pages, but those of zeros, and their inodes.
class MemoryNeed final : public MemberSink {
 public:
  explicit MemoryNeed(Machine& machine) : machine_(machine), progress_(machine.log) {}
  common::Status begin(const Member& member) override;
  common::Status data(std::span<const char> bytes) override;
  common::Status end() override { return common::Done{}; }
  [[nodiscard]] std::uint64_t kib() const { return kib_; }

 private:
  Machine& machine_;
  ProgressLine progress_;
  std::uint64_t bytes_ = 0;  // of all files
  std::uint64_t kib_ = 0;
};

// Makes the members under the current /, which has to be a file system of their own: symbolic links
// and device nodes of the archive lead nowhere else while that is /. A later member takes the place
// of an earlier one, and a folder that the archive does not have is made. Owners are numbers;
// modes, times, other names of a file and extended attributes are kept.
class Unpacker final : public MemberSink {
 public:
  // `total_kib`: as MemoryNeed has it, for the progress on the console; 0 when not known.
  Unpacker(Machine& machine, std::uint64_t total_kib);
  ~Unpacker();
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  common::Status begin(const Member& member) override;
  common::Status data(std::span<const char> bytes) override;
  common::Status end() override;
  // After the last member: takes away what helped, and says what was made.
  common::Status finish();

 private:
  common::Status make_file();
  common::Status link_by_inode(const Member& member, bool& done);
  common::Status remember_inode(const Member& member);
  common::Status make_special(const Member& member);
  common::Status make_folder();
  common::Status link_to(const char* other);
  common::Status set_attributes();
  common::Status set_xattrs();
  // `make` gives 0 or more, or -errno. What is at the path goes away, and its folders are made.
  template <class Make>
  int make_anew(const char* path, Make make);
  template <class Make>
  int keeping_time_of_folder(const char* path, Make make);
  int make_folders_above(const char* path);
  int remove(const char* path);
  // `other`: what the call was about, where that is not the member.
  [[nodiscard]] common::Status failed(int result, const char* call, const char* other = "") const;

  Machine& machine_;
  FileSys& files_;
  std::uint64_t total_kib_;
  ProgressLine progress_;
  Member member_;          // that is being made
  const char* path_ = "";  // of it, "/" for the root
  int output_ = -1;        // a regular file
  bool made_ = false;      // and nothing is to be set of it any more
  std::uint64_t offset_ = 0;
  std::uint64_t bytes_ = 0;  // of all files
  unsigned long long count_ = 0;
  unsigned long long left_out_ = 0;
  bool has_names_folder_ = false;
};

}  // namespace linuxrc
