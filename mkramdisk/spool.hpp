// Where the bytes of archives wait for the plan: a nameless temporary file.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "mkramdisk/content_store.hpp"
#include "mkramdisk/tree.hpp"

namespace mkramdisk {

// A file without a name, in $TMPDIR or /var/tmp, and what messages call it.
struct TemporarySpace {
  common::UniqueFd fd;
  std::string name;
};

common::Result<TemporarySpace> temporary_space();

class Spool : public ContentStore {
 public:
  static common::Result<std::unique_ptr<Spool>> open();

  void begin() override;
  common::Status put(std::uint64_t offset, std::span<const std::byte> data) override;
  common::Status end(std::uint64_t size, Tree& tree, Inode& file) override;
  // Writes what still waits. To be called before anything is read.
  common::Status finish();

  [[nodiscard]] int fd() const { return file_.fd.get(); }
  // Gives the file to the caller.
  [[nodiscard]] common::UniqueFd release() { return std::move(file_.fd); }

 private:
  common::Status flush();

  TemporarySpace file_;
  std::uint64_t begin_ = 0;  // of the file, bytes
  std::uint64_t end_ = 0;    // of the spool
  std::vector<Extent> ranges_;
  std::vector<std::byte> waiting_;  // small files are written together
  std::uint64_t waiting_at_ = 0;
};

}  // namespace mkramdisk
