#include "linuxrc/retry.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "linuxrc/root_chain.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

namespace {

constexpr unsigned pause_ms = 1000;
// rootwait alone waits for ever for a device to come, and it is there.
constexpr std::uint64_t longest_disk_s = 30;
// The kernel's six tries of nfsroot= are 5, 10, 20, 30 and 30 s apart.
constexpr std::uint64_t nfs_s = 95;

// A medium or a drive that gets ready, a server or a network that comes up. What a wrong file
// system or option gives is not among them.
constexpr int passing[] = {EAGAIN,     EBUSY,       EIO,          ENXIO,        ENOMEDIUM,
                           ENETDOWN,   ENETUNREACH, EHOSTDOWN,    EHOSTUNREACH, ECONNREFUSED,
                           ECONNRESET, ETIMEDOUT,   ECONNABORTED, ENOTCONN};

bool is_ubi(const Step& step) {
  return step.op == Op::mount_flash && std::strncmp(step.source, "ubi", 3) == 0;
}

// A volume that is not attached yet; nothing lists volumes without sysfs.
bool may_pass(const Step& step, const common::Status& done) {
  if (done) return false;
  const int reason = done.error().errno_value();
  return std::ranges::count(passing, reason) != 0 || (is_ubi(step) && reason == ENODEV);
}

bool is_nfs(const Step& step) {
  return step.op == Op::mount && std::strcmp(step.type, "nfs") == 0;
}

}  // namespace

void plan_retry(const Facts& facts, Step& mount) {
  const std::uint64_t wait_s = facts.options().root_wait_s;
  mount.number = is_nfs(mount) ? nfs_s : is_ubi(mount) ? wait_s : std::min(wait_s, longest_disk_s);
}

std::uint64_t retry_seconds(const Step& step) {
  const bool mounts = step.op == Op::mount_root || step.op == Op::mount_flash || is_nfs(step);
  return mounts ? step.number : 0;
}

Retry::Retry(Machine& machine, const Step& step)
    : machine_(machine), step_(step), seconds_(retry_seconds(step)) {}

bool Retry::after(const common::Status& done) {
  if (seconds_ == 0 || !may_pass(step_, done) || is_lost(machine_)) return false;
  const std::uint64_t now = machine_.sys.now_ms();
  if (end_ms_ == 0) {
    end_ms_ = now + seconds_ * 1000;
    common::Text<40> limit;
    if (seconds_ < Options::wait_forever)
      limit.append(" for %llu s", static_cast<unsigned long long>(seconds_));
    machine_.log.warn("%s: trying again%s", done.error().text(), limit.c_str());
  }
  if (now >= end_ms_) return false;
  machine_.watchdog.sleep_ms(pause_ms);
  return true;
}

}  // namespace linuxrc
