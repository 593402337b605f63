#include "linuxrc/gather.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/lines.hpp"
#include "linuxrc/device.hpp"
#include "linuxrc/execute.hpp"
#include "linuxrc/nullfs.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Status;

namespace {

constexpr std::uint64_t proc_magic = 0x9fa0;
// What of /proc grows with the system.
char long_text[65536];

constexpr const char* configuration_path = "/etc/linuxrc.conf";

// Any directory will do, since what it holds is needed again only when we are gone; but what is
// mounted on /run and /sys would be taken for the image's own.
constexpr const char* places_to_work[] = {"/mnt",  "/tmp", "/root", "/media", "/opt", "/srv",
                                          "/home", "/var", "/usr",  "/proc",  "/run", "/sys"};
// The same for the old root's place on the new one; /proc and its kind may be moved there.
constexpr const char* places_for_old_root[] = {"mnt",  "tmp", "media", "root", "opt", "srv",
                                               "home", "var", "etc",   "usr",  "lib", "sbin"};

constexpr std::pair<const char*, bool NewRoot::*> directories_of_root[] = {
    {"/initrd", &NewRoot::has_initrd},
    {"/dev", &NewRoot::has_dev},
    {"/proc", &NewRoot::has_proc},
    {"/sys", &NewRoot::has_sys},
    {"/run", &NewRoot::has_run}};

// Not a symbolic link: it would lead elsewhere from outside, or once the roots have changed places.
Status look_for_directory(Sys& sys, const char* path, bool& found) {
  FileFacts facts;
  const int result = sys.lstat(path, facts);
  found = result >= 0 && S_ISDIR(facts.mode);
  if (result == -ENOENT || result == -ENOTDIR) return Done{};
  return outcome(result, "stat %s", path);
}

bool is_file(Log& log, const char* path) {
  FileFacts facts;
  return look_at(log, path, facts) && S_ISREG(facts.mode);
}

// A directory of / itself: what is mounted there, such as /proc, will be moved. A link to one has
// another name once the roots have changed places.
bool is_place_to_work(Log& log, const char* path, dev_t root_device) {
  FileFacts facts;
  return look_at(log, path, facts, false) && S_ISDIR(facts.mode) && facts.device == root_device;
}

// A copy of ours, started by run_from_memory, is named by its whole path in the workspace.
void find_workspace_of_copy(Log& log, const char* own_name, Facts& facts) {
  Sys& sys = log.sys();
  FileFacts own;
  const char* const slash = std::strrchr(own_name, '/');
  if (slash == nullptr || slash == own_name) return;
  if (const int result = sys.stat(own_name, own); result < 0) {
    log.warn("%s, ignoring", outcome(result, "stat %s", own_name).error().text());
    return;
  }
  Path folder;
  folder.append("%.*s", static_cast<int>(slash - own_name), own_name);
  std::uint64_t magic = 0;
  if (const int result = sys.statfs_type(folder.c_str(), magic); result < 0)
    log.warn("%s, ignoring", outcome(result, "statfs %s", folder.c_str()).error().text());
  if (own.device == facts.root_device || !is_memory(magic)) return;
  facts.text_on_root = false;
  facts.workspace_ready = true;
  facts.work = folder;
}

bool has_line(std::string_view text, std::string_view wanted) {
  while (const auto line = common::next_line(text))
    if (line->ends_with(wanted)) return true;
  return false;
}

// True when /proc/mounts has something mounted on exactly `path`.
bool is_mounted(std::string_view mounts, std::string_view path) {
  while (const auto line = common::next_line(mounts)) {
    const auto source_end = line->find(' ');
    if (source_end == std::string_view::npos) continue;
    const std::string_view rest = line->substr(source_end + 1);
    if (rest.substr(0, rest.find(' ')) == path) return true;
  }
  return false;
}

// A file that is there and cannot be read may name the real root: booting without it would be
// another boot than the one that was asked for.
Status read_configuration(Log& log, Facts& facts) {
  static char text[common::CommandLine::capacity + 1];
  const auto length = read_text(log.sys(), configuration_path, text);
  if (!length) {
    const int reason = length.error().errno_value();
    if (reason == ENOENT || reason == ENOTDIR) return Done{};
    return length.error();
  }
  const Status parsed = facts.configuration.parse_lines({text, *length});
  if (!parsed) log.warn("%s: %s, ignoring", configuration_path, parsed.error().text());
  return Done{};
}

void gather_image(Log& log, ImageLoader& loader, Facts& facts) {
  for (const char* image : {"/initrd.image", "/sys/firmware/initrd"})
    if (facts.initrd_image.empty() && is_file(log, image)) facts.initrd_image.append("%s", image);
  if (!facts.initrd_image.empty())
    facts.image_kib =
        loader.size_kib(facts.initrd_image.c_str(), facts.options().ramdisk_start_kib);
}

}  // namespace

bool look_at(Log& log, const char* path, FileFacts& facts, bool follows_links) {
  Sys& sys = log.sys();
  const int result = follows_links ? sys.stat(path, facts) : sys.lstat(path, facts);
  if (result < 0 && result != -ENOENT && result != -ENOTDIR)
    log.warn("%s, ignoring", outcome(result, "stat %s", path).error().text());
  return result >= 0;
}

Status gather_kernel(Sys& sys, Facts& facts) {
  utsname names{};
  const int result = sys.uname(names);
  facts.kernel = parse_kernel_version(names.release);
  // A kernel of 32 bits could not execute this program where that has 64.
  facts.kernel_64_bit = sizeof(void*) == 8;
  for (const char* at = names.machine; *at != '\0'; ++at)
    if (at[0] == '6' && at[1] == '4') facts.kernel_64_bit = true;
  return outcome(result, "uname of this kernel");
}

Status gather_first(Log& log, const char* own_name, Facts& facts) {
  Sys& sys = log.sys();
  facts.pid = sys.getpid();
  FileFacts root;
  Status known = outcome(sys.stat("/", root), "stat /");
  facts.root_device = root.device;
  // Before anything else fails: what the workspace has mounted will be taken back.
  if (known) find_workspace_of_copy(log, own_name, facts);
  // The role hangs on it.
  std::uint64_t magic = 0;
  if (known) known = outcome(sys.statfs_type("/", magic), "statfs /");
  if (known) known = gather_kernel(sys, facts);
  std::uint64_t proc = 0;
  const int seen = known ? sys.statfs_type("/proc", proc) : 0;
  if (seen != -ENOENT && known) known = outcome(seen, "statfs /proc");
  if (!known) return known;
  facts.root_in_memory = is_memory(magic);
  facts.proc_mounted = proc == proc_magic;
  if (role_of(facts) == Role::initramfs_init) return Done{};
  for (const char* place : places_to_work)
    if (facts.work.empty() && is_place_to_work(log, place, facts.root_device))
      facts.work.append("%s", place);
  if (facts.work.empty())
    return Error::of(common::Failure::system, "no directory to work in: / has not even /mnt");
  return Done{};
}

Status gather_system(Log& log, ImageLoader& loader, Facts& facts) {
  Sys& sys = log.sys();
  static char text[common::CommandLine::capacity + 1];
  Path path;
  const auto in_proc = [&](const char* name) {
    path.clear();
    path.append("%s/proc/%s", facts.work.c_str(), name);
    return path.c_str();
  };
  const auto command_line = read_text(sys, in_proc("cmdline"), text);
  if (!command_line) return command_line.error();
  const Status parsed = facts.command_line.parse({text, *command_line});
  if (!parsed) return parsed;
  const Status configured = read_configuration(log, facts);
  if (!configured) return configured;
  const auto filesystems = read_text(sys, in_proc("filesystems"), text);
  if (!filesystems) log.warn("%s, going on without devtmpfs", filesystems.error().text());
  if (filesystems) facts.has_devtmpfs = has_line({text, *filesystems}, "\tdevtmpfs");
  const auto length = read_text(sys, in_proc("mounts"), long_text);
  if (!length) return length.error();
  const std::string_view mounts{long_text, *length};
  facts.dev_mounted = is_mounted(mounts, "/dev");
  facts.sys_mounted = is_mounted(mounts, "/sys");
  facts.run_mounted = is_mounted(mounts, "/run");
  facts.has_real_root_dev = is_file(log, in_proc("sys/kernel/real-root-dev"));
  facts.has_modules = is_file(log, "/lib/linuxrc/modules.list");
  if (role_of(facts) == Role::initramfs_init) {
    gather_nullfs(log, facts);
    gather_image(log, loader, facts);
  }
  gather_ram_disk(log, facts);
  return Done{};
}

void gather_modules(Log& log, Facts& facts) {
  Path path;
  path.append("%s/proc/modules", facts.work.c_str());
  const auto length = read_text(log.sys(), path.c_str(), long_text);
  if (!length) {
    const bool no_modules = length.error().errno_value() == ENOENT;  // in this kernel
    if (!no_modules) log.warn("%s, going on", length.error().text());
    return;
  }
  const std::string_view view{long_text, *length};
  facts.brd_is_module = view.starts_with("brd ") || view.find("\nbrd ") != std::string_view::npos;
}

void gather_image_configuration(Log& log, const char* path, Facts& facts) {
  if (!facts.configuration.words().empty()) return;
  Inside image(log.sys(), path);
  Status configured = Done{};
  if (image.status()) configured = read_configuration(log, facts);
  if (!configured) log.warn("%s, going on", configured.error().text());
  const Status back = image.status() ? image.leave() : image.status();
  if (!back) log.warn("%s, going on", back.error().text());
}

Status gather_new_root(Sys& sys, const char* path, Facts& facts) {
  Inside root(sys, path);
  if (!root.status()) return root.status();
  NewRoot& found = facts.new_root;
  // What is not known must not decide what is unmounted.
  Status seen = Done{};
  for (const auto& [name, is_there] : directories_of_root)
    if (seen) seen = look_for_directory(sys, name, found.*is_there);
  found.put_old.clear();
  for (const char* place : places_for_old_root) {
    Path full;
    full.append("/%s", place);
    bool fits = false;
    if (seen && found.put_old.empty()) (void)look_for_directory(sys, full.c_str(), fits);
    if (fits) found.put_old.append("%s", place);
  }
  const Status back = root.leave();
  return back ? seen : back;
}

}  // namespace linuxrc
