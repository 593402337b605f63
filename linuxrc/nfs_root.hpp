// root=/dev/nfs: what nfsroot= and ip= name, as the kernel reads them
// (Documentation/admin-guide/nfs/nfsroot.rst). Pure.
#pragma once

#include <string_view>

#include "linuxrc/root_chain.hpp"

namespace linuxrc {

bool is_nfs_root(std::string_view root);

struct NfsRoot {
  Path source;             // "10.0.2.2:/srv/root"
  common::Text<400> data;  // of the mount: the defaults, what nfsroot= adds, the server's address
};
// `nfsroot` is "[SERVER:]PATH[,OPTIONS]", `ip` "CLIENT:SERVER:GATEWAY:NETMASK:HOST:..." and
// `answer` the server that came with this machine's address, `client` the name that came with it,
// or that address; each may be "". The server is the first that one of them names. The error
// (usage) says what is missing.
common::Result<NfsRoot> parse_nfs_root(std::string_view nfsroot, std::string_view ip,
                                       std::string_view answer = {}, std::string_view client = {});

// Adds the step that mounts such a root as `mount` would, and returns true; false where `root` is
// another one. This machine's addresses are there already (network.hpp).
bool plan_nfs_root(const Facts& facts, const CurrentRoot& root, const Step& mount, Plan& plan);

}  // namespace linuxrc
