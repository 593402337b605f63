// What is asked of an overlay that runs, and who asks for a factory reset: a person there, and a
// medium at boot.
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "linuxrc/overlay.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Error;
using common::Failure;
using common::Status;

constexpr const char* request_file = "factory-reset";
// A stick takes its time; where none is plugged in, this is what every boot waits.
constexpr std::uint64_t medium_wait_s = 3;

// /overlay is a file system of its own, and one that outlives a restart.
Status check_upper(Sys& sys) {
  FileFacts root;
  FileFacts upper;
  Status done = outcome(sys.stat("/", root), "stat /");
  if (done) done = outcome(sys.stat("/overlay", upper), "stat /overlay");
  if (!done) return done;
  const char* point = waiting_memory(sys);
  if (point == nullptr && root.device == upper.device)
    return Error::of(Failure::not_usable, "/overlay: nothing is mounted there");
  if (point == nullptr) point = "/overlay";
  std::uint64_t magic = 0;
  done = outcome(sys.statfs_type(point, magic), "statfs %s", point);
  if (done && is_memory(magic))
    done = Error::of(Failure::not_usable, "%s is memory: a restart alone deletes it", point);
  return done;
}

// Of what is mounted on `point`.
bool has_request(Machine& machine, const Path& point) {
  Path path;
  path.append("%s/%s", point.c_str(), request_file);
  FileFacts found;
  const int result = machine.sys.lstat(path.c_str(), found);
  if (result < 0 && result != -ENOENT)
    machine.log.warn("%s, ignoring", outcome(result, "lstat %s", path.c_str()).error().text());
  return result >= 0 && S_ISREG(found.mode);
}

}  // namespace

int factory_reset(Log& log) {
  Status done = check_upper(log.sys());
  if (done) done = set_link(log.sys(), "/overlay/.fs_state", mark_pending);
  if (!done) {
    log.fail("%s", done.error().text());
    return done.error().exit_code();
  }
  log.say("/overlay is marked: the next boot deletes what it holds, but sysupgrade.tgz");
  return 0;
}

bool is_mount_root(const char* own_name) {
  const char* const slash = std::strrchr(own_name, '/');
  return std::strcmp(slash == nullptr ? own_name : slash + 1, "mount_root") == 0;
}

int mount_root_done(Log& log) {
  const Status there = check_upper(log.sys());
  if (!there) {
    log.warn("%s", there.error().text());
    return 0;  // as OpenWrt's: the boot goes on with it
  }
  char text[8] = "";
  const int length = log.sys().readlink("/overlay/.fs_state", text, sizeof text);
  const std::string_view link{text, static_cast<std::size_t>(length > 0 ? length : 0)};
  // It was marked before init ran. What somebody marked for deletion since then stays so.
  if (parse_mark(link) == UpperMark::ready || parse_mark(link) == UpperMark::pending) return 0;
  const Status done = set_link(log.sys(), "/overlay/.fs_state", mark_ready);
  if (!done) log.fail("%s", done.error().text());
  return done ? 0 : done.error().exit_code();
}

void gather_reset_medium(Machine& machine) {
  const char* const name = overlay_options(machine.facts).reset_media;
  if (name == nullptr) return;
  const Step find{.op = Op::find_root,
                  .source = name,
                  .number = medium_wait_s,
                  .on_failure = OnFailure::ignore};
  if (!find_root(machine, find)) return;  // no medium, no request
  Path point;
  point.append("%s/medium", machine.facts.work.c_str());
  (void)machine.sys.mkdir(point.c_str(), 0755);  // mount says what is wrong with it
  const Step mount{.op = Op::mount_root,
                   .source = name,
                   .target = point.c_str(),
                   .flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC};
  if (const Status mounted = mount_root(machine, mount); !mounted) {
    machine.log.warn("linuxrc.reset.media=: %s, ignoring", mounted.error().text());
    return;
  }
  machine.facts.overlay.reset_asked = has_request(machine, point);
  if (machine.facts.overlay.reset_asked)
    machine.log.say("%s has a file %s: the upper is reset, in every boot with it", name,
                    request_file);
  if (const int result = machine.sys.umount2(point.c_str(), MNT_DETACH); result < 0)
    machine.log.warn("%s, going on", outcome(result, "umount %s", point.c_str()).error().text());
}

}  // namespace linuxrc
