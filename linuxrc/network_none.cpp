// For a build without a root over the network.
#include "linuxrc/network.hpp"

namespace linuxrc {

void plan_network(const Facts&, Plan&) {}

}  // namespace linuxrc
