#include "tests/linuxrc/invariants.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "linuxrc/overlay.hpp"
#include "linuxrc/plan.hpp"
#include "tests/linuxrc/errnos.hpp"

namespace linuxrc::fake {

namespace {

constexpr const char* failed_line = "linuxrc: FAILED: ";
constexpr const char* all_is_back = "what was done is taken back";

class Check {
 public:
  Check(const World& world, const EndState* plain)
      : world_(world), outcome_(world.outcome), plain_(plain) {
    const auto& console = world.sys.console;
    failed_at_ = static_cast<std::size_t>(
        std::find_if(console.begin(), console.end(),
                     [](const std::string& line) { return line.starts_with(failed_line); }) -
        console.begin());
    for (const Traced& call : world.sys.trace)
      if (call.injected) injected_.push_back(&call);
  }

  std::vector<std::string> all() {
    how_it_ended();
    if (outcome_.end == End::init) init_as_promised();
    if (is_emergency()) emergency_as_promised();
    ended_as_promised();
    undone_as_promised();
    losses_as_promised();
    image_as_promised();
    ramroot_as_promised();
    overlay_as_promised();
    for (const auto promises : {broken_upper_promises, broken_carry_promises,
                                broken_archive_promises, broken_program_promises})
      for (const std::string& promise : promises(world_)) broken_.push_back(promise);
    return std::move(broken_);
  }

 private:
  void promise(bool kept, const std::string& what) {
    if (!kept) broken_.push_back(what);
  }
  [[nodiscard]] bool is_emergency() const {
    return outcome_.end == End::shell || outcome_.end == End::waiting;
  }
  [[nodiscard]] bool failed_said() const { return failed_at_ < world_.sys.console.size(); }
  // A fault hit the console itself: what could not be said need not be there.
  [[nodiscard]] bool console_was_hit() const {
    return std::any_of(injected_.begin(), injected_.end(), [](const Traced* call) {
      const std::string& text = call->text;
      return text.find("/dev/console") != std::string::npos || text.starts_with("write 2") ||
             text.find("/dev/kmsg") != std::string::npos || text.starts_with("dup2");
    });
  }

  void how_it_ended() {
    const bool pid_1 = world_.facts().pid == 1;
    // A shell that cannot be started is tried again for ever.
    const bool tries = outcome_.end == End::stuck && failed_said();
    const bool fine = pid_1 ? outcome_.end == End::init || is_emergency() || tries
                            : outcome_.end == End::returned || outcome_.end == End::exited;
    promise(fine, std::string("it ended by: ") + name_of(outcome_.end));
    if (pid_1 || outcome_.code == 0 || console_was_hit()) return;
    promise(!world_.sys.console.empty(), "it ended with an error and said nothing");
  }

  void init_as_promised() {
    // Where the memory cannot be known, an image is not too large.
    const bool unknown =
        world_.said("the memory is not compared with the image") || console_was_hit();
    promise(!world_.refuses || unknown, "an image was used that is to be refused");
    const View& view = outcome_.view;
    const FileSystem* const root = view.root.mount->fs;
    if (root != world_.expected_root()) {
      // Another root is right only where the word of /linuxrc could not be had, which is said.
      const auto& chain = world_.chain;
      // Where there can be no overlay, what it would have lain over.
      const bool bare = wants_overlay(world_.facts()) &&
                        root == (world_.real == nullptr ? world_.image : world_.real);
      promise(std::find(chain.begin(), chain.end(), root) != chain.end() || bare ||
                  (unknown && root == world_.image) ||
                  (root == world_.real &&
                   (world_.asked != nullptr || world_.facts().linuxrc == LinuxrcOutcome::stay)),
              "init runs on " + root->type + ", which is not the root");
      promise(names_a_fault(world_.sys.console) || !all_can_be_named(),
              "nothing says why not the asked root");
    }
    promise(view.current == view.root, "init does not stand on /");
    // An initramfs that cannot be unmounted stays on top of /, where only who has it open sees it.
    const bool kept = std::any_of(injected_.begin(), injected_.end(), [](const Traced* call) {
      return call->text == "umount2 . (detach)";
    });
    promise(kept || world_.kernel.tree.top(view.root) == view.root,
            "init's / is covered by a mount");
    promise(!kept || console_was_hit() || names_a_fault(world_.sys.console),
            "the initramfs stays mounted and nothing says so");
    promise(!outcome_.argv.empty() && outcome_.argv.front() == outcome_.path, "init's argv[0]");
    promise(outcome_.envp == world_.envp, "init's environment is not the kernel's");
    promise(world_.kernel.main.state_reset, "init has linuxrc's signals");
    for (const auto& [fd, file] : world_.kernel.main.files)
      promise(fd < 3, "init inherits " + file.path);
    if (!console_was_hit()) {
      promise(world_.kernel.main.files.size() == 3, "init has not three descriptors");
      for (const Mount& mount : world_.kernel.tree.mounts())
        promise(!mount.attached || mount.source != "linuxrc" || names_a_fault(world_.sys.console) ||
                    world_.said("umount "),
                "the workspace stays mounted and nothing says so");
    }
  }

  // What goes away meanwhile, or never was there, is no failure of many calls.
  static bool is_not_there(const Traced* call) {
    constexpr std::array looks = {Call::open,   Call::readlink, Call::rename,
                                  Call::unlink, Call::getdents, Call::statfs};
    return (call->result == -ENOENT || call->result == -ENOTDIR) &&
           std::find(looks.begin(), looks.end(), call->call) != looks.end();
  }

  // What came of it may have another reason than the call had. Of a child's, only that it ended.
  [[nodiscard]] bool is_told(const Traced& call) const {
    const std::string object = object_of(call);
    const auto& lines = world_.sys.console;
    if (call.call == Call::mount && world_.said("can only be mounted read-only")) return true;
    return call.in_child || (!object.empty() && object != "init" &&
                             std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
                               return line.find("/" + object) != std::string::npos;
                             }));
  }

  // What a fault has cost is told.
  void ended_as_promised() {
    const EndState state = end_state(world_);
    if (plain_ == nullptr || plain_->empty() || state.empty()) return;
    if (console_was_hit() || !all_can_be_named()) return;
    if (names_a_fault(world_.sys.console) || world_.said("the old root is busy")) return;
    if (std::any_of(injected_.begin(), injected_.end(),
                    [this](const Traced* call) { return is_not_there(call) || is_told(*call); }))
      return;
    const std::string what = difference(*plain_, state);
    promise(what.empty(), "nothing says why the boot ends otherwise: " + what);
  }

  // Some injected fault's reason stands in the lines.
  [[nodiscard]] bool names_a_fault(std::span<const std::string> lines) const {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return std::any_of(injected_.begin(), injected_.end(), [&](const Traced* call) {
        const bool unknown_type = call->call == Call::mount && call->result == -ENODEV &&
                                  line.find(" (not in this kernel)") != std::string::npos;
        return unknown_type || line.find(describe_error(-call->result)) != std::string::npos;
      });
    });
  }

  // Not when the console was hit, not what is no error, nor what means that all is well.
  [[nodiscard]] bool can_be_named(const Traced& call) const {
    if (-call.result >= one_byte || console_was_hit()) return false;
    const bool looks = call.call == Call::stat || call.call == Call::lstat;
    if (looks && (call.result == -ENOENT || call.result == -ENOTDIR)) return false;
    const bool may_be_there = call.call == Call::mkdir || call.call == Call::init_module;
    return !may_be_there || call.result != -EEXIST;
  }

  [[nodiscard]] bool all_can_be_named() const {
    return std::all_of(injected_.begin(), injected_.end(),
                       [this](const Traced* call) { return can_be_named(*call); });
  }

  // The path that the call was given last, without its folders.
  static std::string object_of(const Traced& call) {
    std::string text = call.text;
    if (call.call == Call::waitpid || call.call == Call::fork) return "fork";
    if (call.call == Call::init_module || call.call == Call::uname) return "";
    // The type of the file system, or "(detach)".
    const bool has_detail = call.call == Call::mount || text.ends_with(" (detach)");
    if (has_detail) text = text.substr(0, text.rfind(' '));
    const std::string path = text.substr(text.rfind(' ') + 1);
    const std::string name = path.substr(path.rfind('/') + 1);
    return name == "." || name == ".." ? "" : name;
  }

  void emergency_as_promised() {
    if (!failed_said()) {
      promise(console_was_hit(), "the emergency has no reason");
      return;
    }
    // The reason may stand in a warning before the last failure.
    const std::span lines(world_.sys.console.data(), failed_at_ + 1);
    const std::string& line = lines.back();
    if (injected_.size() == 1 && can_be_named(*injected_.front()) && !world_.refuses) {
      const std::string object = object_of(*injected_.front());
      promise(names_a_fault(lines), "\"" + line + "\" does not say why");
      promise(std::any_of(
                  lines.begin(), lines.end(),
                  [&](const std::string& each) { return each.find(object) != std::string::npos; }),
              "\"" + line + "\" does not name " + object);
    }
    for (const Traced& call : world_.sys.trace) {
      if (call.console <= failed_at_) continue;
      promise(is_undo_or_shell(call), "after the failure it went on: " + call.text);
    }
  }

  void undone_as_promised() {
    // Whoever cannot come back from another root has to fail inside of it.
    if (!world_.sys.lost.empty()) return;
    const auto knows_nothing = [](const Traced* call) {
      // No one touches what is mounted who cannot even look at /.
      if (call->text == "stat /") return true;
      // A copy that cannot tell that it is one makes a workspace of its own.
      return call->text == "stat /mnt/linuxrc" || call->text == "statfs /mnt";
    };
    // What a legacy /linuxrc did to / is not ours to take back, and finding that out may fail.
    if (world_.sys.child_start.end == End::init && injected_.size() > 1) return;
    // An overlay that was taken back may be followed by one in memory, and by a switch that stands.
    if (wants_overlay(world_.facts()) && injected_.size() > 1) return;
    const bool gave_up = (outcome_.end == End::returned && outcome_.code != 0) ||
                         outcome_.end == End::rebooted || outcome_.end == End::halted;
    if (!is_emergency() && !gave_up) return;
    if (std::any_of(injected_.begin(), injected_.end(), knows_nothing)) return;
    if (world_.said(all_is_back)) promise(world_.is_as_before(), "the old root is not as it was");
    if (injected_.size() > 1 || undo_was_hit()) return;
    // One fault leaves the old root as it was, or it came after the first loss.
    const bool linuxrc_ran = world_.sys.child_start.end == End::init;
    const bool was_lost =
        linuxrc_ran || std::any_of(world_.sys.trace.begin(), world_.sys.trace.end(),
                                   [&](const Traced& call) { return is_loss(call); });
    if (was_lost) return;
    // The only shell there is may be the new root's.
    const bool runs_there =
        outcome_.end == End::shell && outcome_.view.root != world_.kernel.main.view.root;
    promise(world_.is_in_place(), "nothing was lost, and the old root is not back");
    promise(runs_there || world_.is_as_before(), "nothing was lost, and something is left mounted");
  }

  // What could not be taken back is one fault's only where that hit the taking back itself.
  [[nodiscard]] bool undo_was_hit() const {
    const auto& lines = world_.sys.console;
    return std::any_of(lines.begin(), lines.end(), [this](const std::string& line) {
      const bool cannot = line.find("taking back what was done: ") != std::string::npos ||
                          line.find("FAILED: umount /ram") != std::string::npos;
      return cannot && names_a_fault({&line, 1});  // the latter of make_ram_disk's own
    });
  }

  // Something was unmounted for good.
  [[nodiscard]] bool is_loss(const Traced& call) const {
    if (call.result < 0 || call.injected) return false;
    return call.call == Call::umount2 && world_.is_on_new_root(call);
  }

  static bool is_undo_or_shell(const Traced& call) {
    constexpr std::array steps = {Call::pivot_root,  Call::mkdir,         Call::rmdir,
                                  Call::init_module, Call::delete_module, Call::load_image};
    // The boot report is of what was left.
    if (call.text == "mkdir /run" || call.text == "unlink /run/linuxrc.json") return true;
    if (std::find(steps.begin(), steps.end(), call.call) != steps.end()) return false;
    if (call.call == Call::mount) return call.text.ends_with("(move)");  // moved back
    if (call.call == Call::ioctl) return call.text.find("BLK") == std::string::npos;
    return call.call != Call::unlink && (call.call != Call::execve || call.in_child);
  }

  // The upper is used, or it is said that it is not.
  void overlay_as_promised() {
    const Facts& facts = world_.facts();
    if (!wants_overlay(facts)) return;
    if (outcome_.end != End::init) return;
    const bool excused = console_was_hit() || names_a_fault(world_.sys.console);
    promise(outcome_.view.root.mount->fs == world_.kernel.overlay || excused || !all_can_be_named(),
            "nothing says why there is no overlay");
    promise(world_.kernel.upper == nullptr || world_.kernel.is_used(*world_.kernel.upper) ||
                world_.said("gone with the next boot") ||
                world_.said("the root is used as it is") || console_was_hit(),
            "the upper is not used, and nothing says so");
  }

  void losses_as_promised() {
    const FileSystem* const root = world_.kernel.main.view.root.mount->fs;
    const auto& chain = world_.chain;
    const bool switched = outcome_.end == End::init || root == world_.real ||
                          root == world_.asked || root == world_.image ||
                          root == world_.kernel.overlay ||
                          (root->type == "tmpfs" && world_.facts().ramroot.archive) ||
                          std::find(chain.begin(), chain.end(), root) != chain.end();
    for (const std::string& loss : world_.kernel.losses) {
      promise(!loss.ends_with("in use"), "lost while it was in use: " + loss);
      // The boot report is linuxrc's own, and goes when it could not be written whole.
      if (loss.starts_with("delete linuxrc.json ")) continue;
      const bool deletion = loss.starts_with("delete ");
      promise(!deletion || loss.ends_with("of rootfs") || loss.ends_with("of tmpfs") ||
                  loss.ends_with("of ramfs"),
              "deleted outside of memory: " + loss);
      if (is_emergency() && !loss.starts_with("wipe "))
        promise(switched || (loss == "delete initrd.image of rootfs" && ran_linuxrc()) ||
                    // Of linuxrc's own making.
                    loss == "delete disk of tmpfs" || loss == "delete 0-8000-0-7 of tmpfs",
                "lost before the switch, which failed: " + loss);
    }
  }

  // The image's, as a child; its memory is given to it. A fork after the failure is the shell's.
  [[nodiscard]] bool ran_linuxrc() const {
    return std::any_of(world_.sys.trace.begin(), world_.sys.trace.end(),
                       [this](const Traced& call) {
                         return call.call == Call::fork && call.console <= failed_at_;
                       });
  }

  // An image to run in RAM is loaded only after it was read to its end to be checked, and the flash
  // is not mounted when init runs, unless it is the root or that is said.
  void ramroot_as_promised() {
    const Facts& facts = world_.facts();
    if (!wants_ramroot(facts)) return;
    bool checked = false;
    for (const Traced& call : world_.sys.trace) {
      const bool of_sum = call.text.ends_with(".sha256");
      // One that is not there, as far as can be seen, is not asked.
      checked = checked || (of_sum && (call.call == Call::open || call.result == -ENOENT));
      promise(call.call != Call::load_image || checked || !facts.ramroot.sum_beside,
              "loaded without a look at its hash: " + call.text);
    }
    if (outcome_.end != End::init || outcome_.view.root.mount->fs != world_.image) return;
    for (const Mount& mount : world_.kernel.tree.mounts())
      promise(!mount.attached || mount.fs == world_.image || mount.fs->type != "ext2" ||
                  console_was_hit() || names_a_fault(world_.sys.console),
              "the flash stays mounted and nothing says so");
  }

  // The image is not removed before it is loaded.
  void image_as_promised() {
    bool loaded = false;
    for (const Traced& call : world_.sys.trace) {
      loaded = loaded || (call.call == Call::load_image && call.result == 0);
      promise(loaded || call.text != "unlink /initrd.image" || call.result < 0,
              "the image was removed before it was loaded");
    }
  }

  const World& world_;
  const Outcome& outcome_;
  const EndState* plain_;
  std::size_t failed_at_ = 0;
  std::vector<const Traced*> injected_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> broken_promises(const World& world, const EndState* plain) {
  return Check(world, plain).all();
}

}  // namespace linuxrc::fake
