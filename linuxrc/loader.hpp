// How linuxrc gets an image onto a RAM disk. RdloadLoader (loader_rdload.cpp) is rdload's core;
// a build without it, and the tests, have others.
#pragma once

#include <cstdint>

#include "common/error.hpp"
#include "linuxrc/log.hpp"
#include "linuxrc/watchdog.hpp"

namespace linuxrc {

class DecodedFiles;

class ImageLoader {
 public:
  // KiB that a RAM disk needs to hold the image at `start_kib` of `path`; 0 when it cannot be
  // told before loading, or when there is no image: then load() says so.
  virtual std::uint64_t size_kib(const char* path, std::uint64_t start_kib) = 0;
  // Copies or decompresses it onto the block device `target`, synced and closed. Says the
  // kernel's RAMDISK: lines on the console. A `path` in /dev, such as a floppy drive, holds the
  // first of a set of disks; the others are asked for.
  virtual common::Status load(const char* path, std::uint64_t start_kib, const char* target) = 0;
  // Its decoders alone, for archives; nullptr in a build that unpacks none.
  virtual DecodedFiles* files() { return nullptr; }

 protected:
  ~ImageLoader() = default;  // nobody owns one through this interface
};

// Waits until somebody presses Enter on the console; not where there is none.
void wait_for_enter(Log& log, Watchdog& watchdog);

// The loader of this build, which feeds `watchdog` while it copies. Both must outlive it.
ImageLoader& built_in_loader(Log& log, Watchdog& watchdog);

}  // namespace linuxrc
