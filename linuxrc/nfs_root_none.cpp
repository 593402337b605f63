// For a build without a root over the network.
#include "linuxrc/nfs_root.hpp"

namespace linuxrc {

bool is_nfs_root(std::string_view) {
  return false;
}

bool plan_nfs_root(const Facts&, const CurrentRoot&, const Step&, Plan&) {
  return false;
}

}  // namespace linuxrc
