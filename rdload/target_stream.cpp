// A FIFO or a character device as target. Whoever is on its other end may let it wait for ever: no
// wait outlasts a wish to stop.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/io.hpp"
#include "rdload/target.hpp"

namespace rdload {

using common::Done;
using common::Error;
using common::Status;

// A FIFO that nobody reads yet cannot be opened without waiting (ENXIO, fifo(7)), and nothing tells
// when it can be: it is tried again and again.
Status Target::open_stream(bool fifo) {
  constexpr int pause_ms = 20;
  way_ = Way::stream;
  capacity_ = UINT64_MAX;
  for (;;) {
    auto fd = common::open_file(name_, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    if (fd) {
      fd_ = std::move(*fd);
      return Done{};
    }
    if (!fifo || fd.error().errno_value() != ENXIO) return fd.error();
    const Status waited = wait_a_while(pause_ms, stop_, name_);
    if (!waited) return waited;
  }
}

// What has gone cannot be taken back, so position() counts it even where the rest fails.
Status Target::write_stream(const std::byte* data, std::size_t size) {
  Status waited = Done{};
  const auto write_on = [&](std::size_t done) -> ssize_t {
    waited = wait_for(fd_.get(), POLLOUT, stop_, name_);
    if (!waited) return -ECANCELED;
    const ssize_t now = ::write(fd_.get(), data + done, size - done);
    if (now < 0) return errno == EAGAIN ? -EINTR : -errno;
    position_ += static_cast<std::uint64_t>(now);
    stored_ += static_cast<std::uint64_t>(now);
    return now;
  };
  const ssize_t put = common::repeat_until_full(size, write_on);
  if (!waited) return waited;
  if (put < 0) return Error::system(static_cast<int>(-put), "write %s", name_);
  if (static_cast<std::size_t>(put) < size) return Error::system(ENOSPC, "write %s", name_);
  return Done{};
}

}  // namespace rdload
