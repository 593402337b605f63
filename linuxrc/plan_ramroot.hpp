// What the stages of an image that is to run in RAM have in common; pure.
#pragma once

#include "linuxrc/ramroot.hpp"
#include "linuxrc/root_chain.hpp"

namespace linuxrc {

constexpr const char* ram_disk_node = "/dev/ram0";

// The image that this attempt is about.
struct Attempt {
  CurrentRoot image;
  ImagePlace place;
  RamrootOptions options;
  // It lies in a file system that has to be mounted.
  [[nodiscard]] bool on_files() const {
    return place.form == ImagePlace::Form::file || place.form == ImagePlace::Form::flash_file;
  }
};
// `plan` keeps the texts.
Attempt attempt_of(const Facts& facts, Plan& plan);

// Adds a step of a chain: its failure leaves it to the next image, if there is one.
void add(const Attempt& attempt, Step step, Plan& plan);
// The image cannot be used, and `why` says why.
void refuse(const Attempt& attempt, const char* why, Plan& plan);
Step find_step(const Facts& facts, const Attempt& attempt, Op op, Plan& plan);

// The image's own file system, or what the image lies on, is to be the root. It was checked when it
// was to be loaded.
void plan_in_place(const Facts& facts, const Attempt& attempt, const char* path, Plan& plan);

}  // namespace linuxrc
