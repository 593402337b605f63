// For a build whose roots are block devices.
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Error;
using common::Failure;
using common::Status;

Status attach_image(Machine&, const Step& step) {
  return Error::of(Failure::not_usable, "root image %s: not in this small build", step.source);
}

Status detach_image(Machine&) {
  return common::Done{};
}

Status mount_flash_root(Machine&, const Step& step) {
  return Error::of(Failure::not_usable, "root %s: not in this small build; try /dev/mtdblockN",
                   step.source);
}

}  // namespace linuxrc
