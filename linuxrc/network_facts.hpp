// What is known of the network when the root is on a server.
#pragma once

#include "common/text.hpp"

namespace linuxrc {

struct NetworkFacts {
  // An interface beside lo that has an address, by the kernel's ip= or by the image; "" when none
  // has.
  common::Text<256> device;
  common::Text<256> program;  // ipconfig of the image; "" when it has none
  // What came with the address, where a server gave that: who has the root, and where it lies
  // there.
  common::Text<256> server;
  common::Text<256> path;
  common::Text<256> client;  // this machine's name, or its address, as told along with it
};

}  // namespace linuxrc
