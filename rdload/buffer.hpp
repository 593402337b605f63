// A plain buffer from malloc(3), freed once. No exceptions: ask ok() after making one.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <span>
#include <utility>

namespace rdload {

// Direct I/O wants the memory aligned to what the device calls a block; a page does for all.
constexpr std::size_t page_bytes = 4096;

class Buffer {
 public:
  Buffer() = default;
  // `size` bytes, aligned to a page and not cleared.
  explicit Buffer(std::size_t size) {
    void* memory = nullptr;
    if (::posix_memalign(&memory, page_bytes, size) != 0) return;
    data_ = static_cast<std::byte*>(memory);
    size_ = size;
  }
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { std::free(data_); }

  // Makes it larger and keeps what it holds, but not its alignment. The C library moves large ones
  // without copying. False, with all as it was, when memory is short.
  bool grow(std::size_t size) {
    void* const memory = std::realloc(data_, size);  // NOLINT(cppcoreguidelines-no-malloc)
    if (memory == nullptr) return false;
    data_ = static_cast<std::byte*>(memory);
    size_ = size;
    return true;
  }

  [[nodiscard]] bool ok() const { return data_ != nullptr; }
  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<std::byte> span() const { return {data_, size_}; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace rdload
