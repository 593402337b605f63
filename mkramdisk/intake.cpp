#include "mkramdisk/intake.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/io.hpp"
#include "mkramdisk/ext2_format.hpp"
#include "mkramdisk/size_plan.hpp"
#include "mkramdisk/spool.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Result;
using common::Status;

class Temporary : public Sink {
 public:
  explicit Temporary(TemporarySpace& file) : file_(file) {}
  [[nodiscard]] bool ordered() const override { return false; }
  Status write(std::uint64_t offset, std::span<const std::byte> data) override {
    return common::pwrite_full(file_.fd.get(), data, offset, file_.name.c_str());
  }

 private:
  TemporarySpace& file_;
};

}  // namespace

Result<ContentStore*> Intake::open() {
  if (arrival_) return static_cast<ContentStore*>(arrival_.get());
  auto size =
      plan_size(format_of(options_), {}, options_.size, options_.inodes, image_name(options_));
  if (!size) return size.error();
  auto geometry = plan_geometry(size->format);
  if (!geometry) return geometry.error();
  inodes_ = size->format.inodes;
  Sink* image = nullptr;
  if (!options_.dry_run) {
    if (auto status = open_target(size->bytes); !status) return status.error();
    image = output_ ? output_.get() : file_sink_.get();
  }
  arrival_ = std::make_unique<Arrival>(std::move(*geometry), image, options_.sparse);
  return static_cast<ContentStore*>(arrival_.get());
}

Status Intake::open_target(std::uint64_t size) {
  if (options_.compression.method == nullptr && is_file_output(options_.output)) {
    auto output = open_output(options_.output, size, environment_.output);
    if (!output) return output.error();
    output_ = std::move(*output);
    return Done{};
  }
  auto file = temporary_space();
  if (!file) return file.error();
  file_ = std::move(*file);
  if (::ftruncate(file_.fd.get(), static_cast<off_t>(size)) != 0)
    return Error::system(errno, "resize %s", file_.name.c_str());
  file_sink_ = std::make_unique<Temporary>(file_);
  return Done{};
}

InodeRequest Intake::inodes() const {
  if (!arrival_) return options_.inodes;
  InodeRequest chosen;
  chosen.count = inodes_;
  return chosen;
}

Status Intake::finish(std::span<const StreamRange> unused) {
  if (!arrival_) return Done{};
  if (auto status = arrival_->finish(); !status) return status;
  return arrival_->clear(unused);
}

}  // namespace mkramdisk
