// linuxrc --save, also called ramroot-save: what is checked first, the flash mounted in a
// workspace, and unmounted again.
#include "linuxrc/save.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstring>

#include "linuxrc/gather.hpp"
#include "linuxrc/packer.hpp"
#include "linuxrc/ramroot.hpp"
#include "linuxrc/root_chain.hpp"
#include "linuxrc/root_name.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

// Nothing is loaded here.
class NoLoader final : public ImageLoader {
 public:
  std::uint64_t size_kib(const char*, std::uint64_t) override { return 0; }
  Status load(const char*, std::uint64_t, const char*) override { return Done{}; }
};

Status read_command_line(Sys& sys, Facts& facts) {
  static char text[common::CommandLine::capacity + 1];
  const auto length = read_text(sys, "/proc/cmdline", text);
  if (!length) return length.error();
  return facts.command_line.parse({text, *length});
}

// A hash or size on the command line would keep the next boot from using what is saved.
Status check_words(const Facts& facts) {
  for (const char* word : {"linuxrc.ramroot.hash", "linuxrc.ramroot.size"})
    if (facts.value(word) != nullptr)
      return Error::of(Failure::not_usable, "%s= is given: no boot would take another image", word);
  return Done{};
}

// The file system on RAM that / is.
Status check_root(const Facts& facts) {
  if (major(facts.root_device) != 0) return Done{};
  return Error::of(Failure::not_usable, "/ is no RAM disk: there is nothing to save as an image");
}

Status open_root(Machine& machine, SaveJob& job) {
  Sys& sys = machine.sys;
  Path node;
  node.append("%s/dev/saved", machine.facts.work.c_str());
  const Status made = make_node(machine, node.c_str(), machine.facts.root_device);
  if (!made) return made;
  job.device = sys.open(node.c_str(), O_RDONLY | O_DIRECT, 0);
  if (job.device < 0) job.device = sys.open(node.c_str(), O_RDONLY, 0);
  if (job.device < 0) return outcome(job.device, "open the RAM disk %s", node.c_str());
  int read_only = 0;
  const Status asked = outcome(sys.ioctl(job.device, BLKROGET, &read_only), "BLKROGET");
  if (asked && read_only != 0)
    return Error::of(Failure::not_usable, "/ runs where its image lies: it cannot have changed");
  return asked ? read_root(sys, job) : asked;
}

// What is said while the root stands still must not have to be written there.
bool speaks_elsewhere(Sys& sys, dev_t root) {
  FileFacts out;
  if (sys.stat("/proc/self/fd/2", out) < 0) return false;
  return S_ISCHR(out.mode) || out.device != root;
}

Status mount_image_folder(Machine& machine, const ImagePlace& place, const char* target) {
  Path device;
  device.append("%.*s", static_cast<int>(place.device.size()), place.device.data());
  Step step{.op = Op::mount_root, .source = device.c_str(), .target = target, .number = 5};
  Status done = make_directory(machine.sys, target);
  if (!done) return done;
  if (place.form == ImagePlace::Form::flash_file) {
    step.type = flash_type(place.device);
    return mount_flash(machine, step);
  }
  done = find_root(machine, step);
  return done ? mount_root(machine, step) : done;
}

Status choose_form(Sys& sys, SaveJob& job) {
  const int fd = sys.open(job.image.c_str(), O_RDONLY, 0);
  if (fd >= 0) {
    char head[4];
    const ssize_t length = read_full(sys, fd, head);
    (void)sys.close(fd);  // read only
    if (length < 0) return outcome(static_cast<int>(length), "read %s", job.image.c_str());
    const std::string_view begin{head, static_cast<std::size_t>(length)};
    job.gzip = begin.starts_with("\x1f\x8b");
    if (is_compressed(begin) && !job.gzip)
      return Error::of(Failure::not_usable,
                       "%s: gzip alone can be written, and it is another "
                       "compression",
                       job.image.c_str());
  } else {
    job.gzip = job.image.view().ends_with(".gz");
  }
  if (job.gzip && !Packer::can_gzip())
    return Error::of(Failure::not_usable, "%s: built without gzip", job.image.c_str());
  return Done{};
}

// With the flash mounted on `folder`.
Status save_into(Machine& machine, SaveJob& job, const char* folder, std::string_view file) {
  Sys& sys = machine.sys;
  job.image.append("%s%.*s", folder, static_cast<int>(file.size()), file.data());
  job.next.append("%s.new", job.image.c_str());
  if (job.next.size() + 16 > 255)
    return Error::of(Failure::usage, "%s: the path is too long", job.image.c_str());
  Status done = choose_form(sys, job);
  if (done) done = open_root(machine, job);
  Path sum;
  if (done) done = write_next(machine.log, linux_save_calls(), job, sum);
  if (done) done = switch_images(machine.log, linux_save_calls(), job, sum);
  if (job.device >= 0) (void)sys.close(job.device);  // read only
  if (done) machine.log.say("%s is saved: SHA-256 %s", job.image.c_str(), sum.c_str());
  return done;
}

Status save_in_workspace(Machine& machine, const ImagePlace& place) {
  Sys& sys = machine.sys;
  Path folder;
  folder.append("%s/flash", machine.facts.work.c_str());
  Status done = mount_image_folder(machine, place, folder.c_str());
  if (!done) return done;
  SaveJob job;
  job.root_is_console = speaks_elsewhere(sys, machine.facts.root_device);
  done = save_into(machine, job, folder.c_str(), place.file);
  const Status unmounted = outcome(sys.umount2(folder.c_str(), 0), "umount %s", folder.c_str());
  return done ? unmounted : done;
}

Status save_root(Machine& machine, const char* where) {
  Facts& facts = machine.facts;
  Status done = read_command_line(machine.sys, facts);
  if (done) done = check_root(facts);
  if (!done) return done;
  const char* const first = facts.value("linuxrc.ramroot");
  if (where == nullptr && first == nullptr)
    return Error::of(Failure::usage, "linuxrc.ramroot= does not say where to: --save DEVICE:/PATH");
  if (where == nullptr) done = check_words(facts);
  if (!done) return done;
  const std::string_view name = where != nullptr ? where : root_of_chain(first, 0);
  const ImagePlace place = parse_image_place(name);
  if (place.file.empty() || place.device.empty())
    return Error::of(Failure::usage, "%.*s is not DEVICE:/PATH: an image is saved beside another",
                     static_cast<int>(name.size()), name.data());
  facts.ram_disk_device = facts.root_device;  // what the workspace's plan asks for
  done = run_stage(machine, plan_workspace);
  if (!done) return done;
  done = save_in_workspace(machine, place);
  // Detached: a private file system that nobody else has seen.
  const int left = machine.sys.umount2(facts.work.c_str(), MNT_DETACH);
  return done ? outcome(left, "umount %s", facts.work.c_str()) : done;
}

}  // namespace

bool is_ramroot_save(const char* own_name) {
  const char* const slash = std::strrchr(own_name, '/');
  return std::strcmp(slash == nullptr ? own_name : slash + 1, "ramroot-save") == 0;
}

int save(Log& log, const char* where) {
  static Facts facts;
  Watchdog watchdog(log.sys());
  NoLoader loader;
  const char* const none[] = {nullptr};
  Machine machine{log.sys(), log, watchdog, loader, facts, none, none};
  // Without a name, or a copy of this program in memory would be taken for one that boots.
  Status done = gather_first(log, "", facts);
  if (done) done = save_root(machine, where);
  if (done) return 0;
  log.fail("%s", done.error().text());
  return done.error().exit_code();
}

}  // namespace linuxrc
