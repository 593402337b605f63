// What an overlay's upper needs of the kernel beside Sys: tests put a fake in its place, too.
// Results are Sys's: -errno where a call fails. A build without overlays has none of it.
#pragma once

namespace linuxrc {

class FileSys {
 public:
  virtual int rename(const char* from, const char* to) = 0;

 protected:
  ~FileSys() = default;  // nobody owns one through this interface
};

// Makes the calls.
FileSys& linux_files();

}  // namespace linuxrc
