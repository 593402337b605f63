// Addresses of this machine, where the root is on a server. The kernel's ip= is looked at first;
// where it has configured nothing, as a kernel without IP_PNP or with its network driver as a
// module, ipconfig of the image does it: klibc's, which reads ip= as the kernel does.
#pragma once

#include <string_view>

#include "linuxrc/execute.hpp"

namespace linuxrc {

// The parsers, pure. The first interface other than lo that /proc/net/route has a route of; "" when
// there is none.
std::string_view routed_device(std::string_view routes);
// What the kernel was told with its address: /proc/net/pnp.
void read_kernel_answer(std::string_view text, NetworkFacts& network);
// What ipconfig was: /run/net-DEVICE.conf, lines of NAME='VALUE'.
void read_ipconfig_answer(std::string_view text, NetworkFacts& network);

// Where the current root is on a server: looks whether there is a network, runs the stage before
// the root (plan_network), and reads the answers. Elsewhere it does nothing.
common::Status bring_network_up(Machine& machine);

// Where `mounted` is the failure of a root on a server, and its errno does not say what is missing:
// a line that does.
void explain_server_failure(Machine& machine, const common::Status& mounted);

// `asked` is what the image's /linuxrc wrote to real-root-dev: 255 is a root on a server.
void take_asked_root(Facts& facts, dev_t asked);

// The step configure_network.
common::Status configure_network(Machine& machine, const Step& step);

}  // namespace linuxrc
