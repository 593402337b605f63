// For a build whose kernels have hda themselves.
#include "linuxrc/find_device.hpp"

namespace linuxrc {

std::optional<dev_t> find_unlisted(Machine&, std::string_view, std::string_view) {
  return std::nullopt;
}

std::optional<dev_t> find_unlisted(Machine&, dev_t, std::string_view) {
  return std::nullopt;
}

}  // namespace linuxrc
