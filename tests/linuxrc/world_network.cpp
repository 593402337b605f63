// World: the network that the facts describe, or the image's program that brings it up.
#include <sys/stat.h>

#include "tests/linuxrc/world.hpp"

namespace linuxrc::fake {

void World::add_network() {
  const NetworkFacts& network = facts_.network;
  if (!network.device.empty()) kernel.route_network();
  if (network.program.empty()) return;
  FileSystem& fs = role_of(facts_) == Role::initramfs_init ? *kernel.rootfs : *image;
  kernel.tree.put(fs, network.program.c_str(), S_IFREG | 0755, Kernel::elf_program(""));
  kernel.network_program = [this, &fs](Kernel& machine) {
    machine.route_network();
    std::string answer = "DEVICE='eth0'\nIPV4ADDR='10.0.2.15'\n";
    answer.append("ROOTSERVER='").append(facts_.network.server.view()).append("'\n");
    answer.append("ROOTPATH='").append(facts_.network.path.view()).append("'\n");
    machine.tree.put(fs, "/run/net-eth0.conf", S_IFREG | 0644, answer);
    return 0;
  };
}

}  // namespace linuxrc::fake
