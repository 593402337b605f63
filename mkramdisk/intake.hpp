// Where archives go in one pass: into the output itself, or into a file of the image's shape where
// the output wants its bytes in order.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "mkramdisk/arrival.hpp"
#include "mkramdisk/mkramdisk.hpp"
#include "mkramdisk/options.hpp"
#include "mkramdisk/output.hpp"
#include "mkramdisk/spool.hpp"

namespace mkramdisk {

class Intake {
 public:
  // Both referents must outlive it.
  Intake(const Options& options, const Environment& environment)
      : options_(options), environment_(environment) {}

  // The store of archives' bytes; the first call chooses the geometry of the image, which has to
  // be known before anything is, and opens what is written to. Fails where no file system of the
  // wanted size can be.
  common::Result<ContentStore*> open();

  // Blocks of the stream that are taken; 0 where no archive came.
  [[nodiscard]] std::uint64_t blocks() const { return arrival_ ? arrival_->blocks() : 0; }
  // What was chosen: all inodes of the image, if an archive came.
  [[nodiscard]] InodeRequest inodes() const;
  // Ends the writing; `unused` blocks become zeros.
  common::Status finish(std::span<const StreamRange> unused);
  // The file that the blocks wait in, or -1. It stays this object's.
  [[nodiscard]] int file() const { return file_.fd.get(); }
  // The output, if the blocks went there; null otherwise.
  [[nodiscard]] std::unique_ptr<Output> take_output() { return std::move(output_); }

 private:
  common::Status open_target(std::uint64_t size);

  const Options& options_;
  const Environment& environment_;
  std::uint32_t inodes_ = 0;
  std::unique_ptr<Output> output_;
  TemporarySpace file_;
  std::unique_ptr<Sink> file_sink_;
  std::unique_ptr<Arrival> arrival_;
};

}  // namespace mkramdisk
