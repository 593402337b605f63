// Where the image goes: a file that appears complete or not at all, standard output, or a device.
#pragma once

#include <memory>
#include <string>

#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "mkramdisk/image_writer.hpp"

namespace mkramdisk {

class Output : public Sink {
 public:
  // Makes everything that was written durable and gives it its name. Nothing to do for a stream.
  virtual common::Status commit() = 0;
};

// A new file that takes the place of `path` when committed, in one step: until then nothing of it
// can be seen under that name, and nothing is left if it never is, or if a signal ends the process.
// `size` in bytes. A symbolic link at `path` is followed.
common::Result<std::unique_ptr<Output>> create_file(const std::string& path, std::uint64_t size);

// A descriptor of the caller's, taking bytes in order: a pipe or a terminal, or a device.
std::unique_ptr<Output> stream_to(int fd, std::string name);

// Whether open_output would make a file of `path`.
bool is_file_output(const std::string& path);

// What `path` asks for: standard output when it is "-", the device, pipe or socket if it names
// one, else a new file.
common::Result<std::unique_ptr<Output>> open_output(const std::string& path, std::uint64_t size,
                                                    int standard_output);

}  // namespace mkramdisk
