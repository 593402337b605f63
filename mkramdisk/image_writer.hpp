// Runs renderers over the whole image and hands what they make to a sink.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "common/error.hpp"
#include "mkramdisk/renderer.hpp"

namespace mkramdisk {

// Where the image goes.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // True: takes every byte once, in order. False: takes pieces anywhere, from several threads, and
  // what is never written reads as zero.
  [[nodiscard]] virtual bool ordered() const = 0;
  // Writes `data` at `offset` bytes.
  virtual common::Status write(std::uint64_t offset, std::span<const std::byte> data) = 0;
};

struct WriteOptions {
  std::uint64_t size = 0;  // bytes of the whole image; what lies beyond the file system is zero
  unsigned threads = 2;
  // Called from any thread with the bytes of the image that are done.
  std::function<void(std::uint64_t)> progress;
};

// Writes the whole image; the first error stops it.
common::Status write_image(const Plan& plan, Sink& sink, const WriteOptions& options);

}  // namespace mkramdisk
