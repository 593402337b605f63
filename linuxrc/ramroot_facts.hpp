// What is known of an image that is to be loaded from flash and run in RAM (linuxrc.ramroot=).
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace linuxrc {

// An image that cannot be loaded, but is sound, can be the root where it lies.
enum class InPlace {
  no,     // it is loaded
  image,  // its file system is mounted, read-only
  flash,  // it is compressed: what it lies on is mounted, read-only
};

struct RamrootFacts {
  InPlace in_place = InPlace::no;
  bool has_sound = false;  // an image was sound, and this machine could not load it
  unsigned place_at = 0;   // which of the images that is; from 0 on
  // Known once the image can be read.
  bool sum_beside = false;          // PATH.sha256 lies beside it
  bool compressed = false;          // it begins as a compression does
  bool archive = false;             // it is one, to be unpacked onto a tmpfs
  std::uint64_t image_kib = 0;      // what it takes of memory; 0 when that is not known
  std::uint64_t available_kib = 0;  // memory that programs can have; 0 when that is not known
  bool written = false;             // to a RAM disk that gives its memory to the next image
  std::uint64_t brd_kib = 0;        // the size of /dev/ram0; 0 where there is no such driver
  bool has_loop = false;
};

}  // namespace linuxrc
