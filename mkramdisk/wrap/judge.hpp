// Whether an initrd boots on a kernel, and why not. Pure.
#pragma once

#include <string>
#include <vector>

#include "mkramdisk/wrap/contents.hpp"
#include "mkramdisk/wrap/kernel_facts.hpp"
#include "mkramdisk/wrap/legacy_image.hpp"

namespace mkramdisk::wrap {

// A way of booting with an image, and what is to be said against it and about it.
struct Verdict {
  const char* way = "";              // "root=/dev/ram0", "/linuxrc, then root=DISK", "wrapped"
  std::vector<std::string> against;  // none: it boots
  std::vector<std::string> remarks;
  [[nodiscard]] bool boots() const { return against.empty(); }
};

// The image as it is under root=/dev/ram0 and with a disk as root=, and the same two when wrapped.
// `linuxrc_loads` tells that the linuxrc at hand can load the image's compression. What the
// kernel's facts leave open is taken for granted and remarked upon.
std::vector<Verdict> judge(const LegacyImage& image, const Contents& contents, const Kernel& kernel,
                           bool linuxrc_loads);

}  // namespace mkramdisk::wrap
