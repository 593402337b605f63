// Bytes in order that can be taken too far and given back: whoever reads an archive learns only
// afterwards where it ended, and another one may follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/error.hpp"

namespace mkramdisk {

class ByteSource {
 public:
  static constexpr std::size_t block = 1 << 18;  // bytes

  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  // The next bytes, none at the end. They stay where they are until the next call but one.
  common::Result<std::span<const std::byte>> next();
  // The last `size` bytes that next() gave come again; at most what its last two calls gave.
  void give_back(std::size_t size) { at_ -= size; }
  // Copies the next bytes into `out` without taking them; fewer at the end.
  common::Result<std::size_t> peek(std::span<std::byte> out);
  // Goes on to the next byte that is not zero. False when there is none.
  common::Result<bool> skip_zeros();
  // Bytes taken so far.
  [[nodiscard]] std::uint64_t position() const { return before_ + at_; }

 protected:
  // Fills `out`, or less at the end.
  virtual common::Result<std::size_t> fill(std::span<std::byte> out) = 0;

 private:
  struct Buffer {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };
  Buffer old_;                // the block before
  Buffer new_;                // the block that was read last
  std::uint64_t before_ = 0;  // bytes before old_
  std::size_t at_ = 0;        // what is taken of both
  bool ended_ = false;
};

// The bytes of a descriptor of the caller's. `name` is for messages.
class FileBytes : public ByteSource {
 public:
  FileBytes(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

 protected:
  common::Result<std::size_t> fill(std::span<std::byte> out) override;

 private:
  int fd_;
  std::string name_;
};

}  // namespace mkramdisk
