// Where an overlay's changes lie that are in memory: at /overlay, or where OpenWrt has them.
#include <cerrno>

#include "linuxrc/overlay.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

constexpr const char* waiting_points[] = {point_of_memory, "/overlay"};

// Anybody may make a directory in /tmp: what root mounted there is a file system of its own.
bool is_mounted(Sys& sys, const char* point) {
  Path above;
  above.append("%s/..", point);
  FileFacts here;
  FileFacts there;
  return sys.lstat(point, here) >= 0 && sys.stat(above.c_str(), there) >= 0 &&
         here.device != there.device;
}

}  // namespace

bool is_in_memory(const Facts& facts, const OverlayOptions& options) {
  return options.in_memory || facts.overlay.fallback ||
         use_of(facts.overlay.upper, options.policies) == UpperUse::memory;
}

bool takes_tmp(const Facts& facts) {
  const OverlayFacts& overlay = facts.overlay;
  return role_of(facts) == Role::over_root && !overlay.carry && overlay.tmp_mounted &&
         is_in_memory(facts, overlay_options(facts));
}

const char* waiting_memory(Sys& sys) {
  for (const char* point : waiting_points) {
    Path link;
    link.append("%s/%s", point, waits_link);
    char upper[sizeof(Path)];
    std::uint64_t magic = 0;
    if (sys.readlink(link.c_str(), upper, sizeof upper) >= 0 && is_mounted(sys, point) &&
        sys.statfs_type(point, magic) >= 0 && is_memory(magic))
      return point;
  }
  return nullptr;
}

bool waits_for_upper(Sys& sys) {
  return waiting_memory(sys) != nullptr;
}

}  // namespace linuxrc
