// Fuzz target: whatever a tar, a cpio or a run of them holds, reading it ends; what goes into the
// tree can be laid out, and no block is used twice.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "mkramdisk/archive.hpp"
#include "mkramdisk/arrival.hpp"
#include "mkramdisk/layout.hpp"

namespace {

// A small image without a file system around it, which keeps nothing.
class Nowhere : public mkramdisk::Sink {
 public:
  [[nodiscard]] bool ordered() const override { return false; }
  common::Status write(std::uint64_t offset, std::span<const std::byte> data) override {
    if (offset + data.size() > 5000ULL * 1024) std::abort();
    return common::Done{};
  }
};

mkramdisk::Geometry geometry() {
  mkramdisk::Geometry made;
  made.block_size = 1024;
  made.free_runs = {{100, 1000, 0}, {1200, 800, 1000}, {3000, 2000, 1800}};
  made.free_blocks = 3800;
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const int fd = ::memfd_create("archive", MFD_CLOEXEC);
  if (fd < 0 || ::write(fd, data + 1, size - 1) != static_cast<ssize_t>(size - 1)) std::abort();
  ::lseek(fd, 0, SEEK_SET);
  const bool sparse = (data[0] & 1) != 0;
  const bool xattrs = (data[0] & 2) != 0;
  mkramdisk::Tree tree;
  Nowhere image;
  mkramdisk::Arrival store(geometry(), &image, sparse);
  const std::string name = "archive";
  const common::Status status =
      mkramdisk::add_archive(fd, {name, mkramdisk::Tree::root, 0, xattrs, tree, store});
  ::close(fd);
  if (!status) {
    if (*status.error().text() == '\0') std::abort();
    return 0;
  }
  if (!store.finish()) std::abort();
  tree.finish();
  const auto demand = mkramdisk::measure(tree, 1024, 1, store.blocks());
  if (!demand) return 0;
  std::uint64_t end = 0;
  for (const mkramdisk::Placement& placement : demand->placements) {
    if (placement.stream < end) std::abort();
    end = placement.stream + placement.count;
  }
  if (end + demand->xattrs.blocks.size() > demand->needs.blocks) std::abort();
  return 0;
}
