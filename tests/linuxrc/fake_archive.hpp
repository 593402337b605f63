// A small archive for the fake kernel: a root with all kinds of files that an archive may hold.
#pragma once

#include <string>
#include <vector>

#include "linuxrc/decoded_files.hpp"
#include "tests/linuxrc/fake_sys.hpp"

namespace linuxrc::fake {

struct Packed {
  std::string path;
  mode_t mode;
  std::string text{};  // contents; what a symbolic link says
  dev_t device = 0;
  unsigned inode = 0;  // of a file with two names
  uid_t owner = 0;
};

// What the archive holds; `init` is the path of the program to be executed.
std::vector<Packed> packed_root(const char* init);
// As a tar archive, with an extended attribute and another name of a file; or as a cpio archive.
std::string tar_of(const std::vector<Packed>& files);
std::string cpio_of(const std::vector<Packed>& files);

// Reads files of the fake kernel, as they are. Any of its calls may be told to fail.
class FakeFiles final : public DecodedFiles {
 public:
  explicit FakeFiles(FakeSys& sys) : sys_(sys) {}
  common::Status read(const char* path, BytesUser& user) override;

 private:
  FakeSys& sys_;
};

}  // namespace linuxrc::fake
