// --target auto: a RAM disk where there is one, otherwise something that does its work.
#pragma once

#include <string>

#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "rdload/load.hpp"

namespace rdload {

// A block device in memory. One that was made for the purpose goes away again with this object
// unless keep() is called.
class ChosenTarget {
 public:
  ChosenTarget(std::string path, std::string why, void (*undo)(const std::string& path))
      : path_(std::move(path)), why_(std::move(why)), undo_(undo) {}
  ChosenTarget(ChosenTarget&& other) noexcept
      : path_(std::move(other.path_)),
        why_(std::move(other.why_)),
        undo_(std::exchange(other.undo_, nullptr)) {}
  ChosenTarget(const ChosenTarget&) = delete;
  ChosenTarget& operator=(const ChosenTarget&) = delete;
  ~ChosenTarget() {
    if (undo_ != nullptr) undo_(path_);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  // For people: "zram, because of no /dev/ram0 (No such file or directory), no loop device (...)".
  [[nodiscard]] const std::string& why() const { return why_; }
  void keep() { undo_ = nullptr; }

 private:
  std::string path_;
  std::string why_;
  void (*undo_)(const std::string& path);
};

// Chooses for the image of `request`, whose size is found by decoding it once where its
// superblock does not tell. In this order: /dev/ram0 if the image fits; a new loop device over a
// nameless file on tmpfs, which takes file systems of any block size and gives its memory back when
// it is let go (linuxrc chooses so too); a new zram device, if the image can be mounted on sectors
// of 4 KiB. Errors: the image's; system when nothing can be had.
common::Result<ChosenTarget> choose_target(const ProbeRequest& request);

}  // namespace rdload
