// What is taken back when a switch fails, and what comes after an init that cannot be executed.
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

const std::string pivot =
    "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.put_old=mnt\nnew_root.dev=yes\n"
    "new_root.proc=yes\nproc_mounted=yes\ndev_mounted=yes\nsys_mounted=yes\n"
    "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda\n";
const std::string cover =
    "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=6.1.0\nnew_root.dev=yes\n"
    "new_root.proc=yes\nproc_mounted=yes\ndev_mounted=yes\nsys_mounted=yes\n"
    "cmdline=root=/dev/vda noinitrd\n";

// The occurrence of the call whose text is `text`, in a boot of `facts` with `faults`.
Fault fault_of(const std::string& facts, std::string_view text, int error,
               const std::vector<Fault>& faults = {}) {
  const Boot boot(facts, [&](World& world) { world.sys.faults = faults; });
  for (const Traced& call : boot->sys.trace)
    if (call.text == text) return {call.call, call.occurrence, error};
  throw std::runtime_error("no such call: " + std::string(text));
}

Boot failing(const std::string& facts, const Fault& fault) {
  return Boot(facts, [&](World& world) { world.sys.faults = {fault}; });
}

void check_taken_back(const std::string& facts, std::string_view text) {
  BOOST_TEST_CONTEXT(text) {
    const Boot boot = failing(facts, fault_of(facts, text, EINVAL));
    BOOST_TEST(name_of(boot->outcome.end) == "shell");
    // The initramfs has no shell: the new root stays mounted for its own.
    const bool has_shell = boot->outcome.view.root == boot->kernel.main.view.root;
    BOOST_TEST(boot->said("what was done is taken back") == has_shell);
    BOOST_TEST(boot->is_as_before() == has_shell);
    BOOST_TEST(boot->is_in_place());
    BOOST_TEST(boot->kernel.losses.empty());
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_failed_pivot_leaves_the_old_root_as_it_was) {
  for (const char* text : {"pivot_root . mnt", "chdir /mnt/root", "chdir /mnt/mnt"})
    check_taken_back(pivot, text);
}

BOOST_AUTO_TEST_CASE(a_failed_move_leaves_the_initramfs_as_it_was) {
  for (const char* text : {"chdir /root", "mount . / (move)"}) check_taken_back(cover, text);
}

BOOST_AUTO_TEST_CASE(a_failed_way_back_is_said) {
  const Fault first = fault_of(pivot, "pivot_root . mnt", EINVAL);
  const Fault second = fault_of(pivot, "mount /mnt/root/proc /proc (move)", EBUSY, {first});
  const Boot boot(pivot, [&](World& world) { world.sys.faults = {first, second}; });
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("taking back what was done: move mount"));
}

BOOST_AUTO_TEST_CASE(after_an_init_that_is_not_executable_comes_the_next_of_the_list) {
  for (const std::string& facts : {pivot, cover}) {
    const Boot boot = failing(facts, fault_of(facts, "execve /sbin/init", ENOEXEC));
    BOOST_TEST(name_of(boot->outcome.end) == "init");
    BOOST_TEST(boot->outcome.path == "/bin/sh");
    BOOST_TEST(boot->said("execute /sbin/init: Exec format error, going on with the next"));
  }
}

BOOST_AUTO_TEST_CASE(after_a_requested_init_comes_the_shell) {
  const std::string facts = cover + "cmdline=root=/dev/vda noinitrd init=/sbin/init\n";
  const Boot boot = failing(facts, fault_of(facts, "execve /sbin/init", ENOEXEC));
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("FAILED: execute /sbin/init: Exec format error"));
  BOOST_TEST(boot->outcome.view.root.mount->fs == boot->real);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_is_there_and_cannot_be_read_stops_the_boot) {
  const std::string facts =
      "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.put_old=mnt\nnew_root.dev=yes\n"
      "cmdline=root=/dev/ram0 init=/linuxrc\nconf=real_root=/dev/vda\n";
  const Boot boot = failing(facts, fault_of(facts, "open /etc/linuxrc.conf", EIO));
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("FAILED: open /etc/linuxrc.conf: Input/output error"));
}

// Below mount_root done the root is mounted deeper than on a folder of /.
BOOST_AUTO_TEST_CASE(a_carry_over_that_fails_behind_its_pivot_leaves_everything_in_place) {
  const std::string facts = golden_text("overlay-carry");
  const Boot plain(facts);
  bool behind = false;
  unsigned tried = 0;
  for (const Traced& call : plain->sys.trace) {
    behind = behind || call.call == Call::pivot_root;
    if (!behind || call.text != "chroot .") continue;
    const Boot boot = failing(facts, {call.call, call.occurrence, EIO});
    BOOST_TEST_CONTEXT(call.text << " " << call.occurrence) {
      BOOST_TEST(boot->is_as_before());
      BOOST_TEST(!boot->said("taking back what was done: "));
    }
    ++tried;
  }
  BOOST_TEST(tried > 0U);
}

// A kernel that can detach nothing.
BOOST_AUTO_TEST_CASE(a_console_of_the_new_root_keeps_nothing_busy) {
  const std::string facts = golden_text("ram-init-linux-2-4-4");
  const Boot boot = failing(facts, fault_of(facts, "execve /sbin/init", EACCES));
  BOOST_TEST(!boot->said("taking back what was done: "));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_looked_at_is_not_taken_for_missing) {
  const std::pair<const char*, const char*> rows[] = {
      {"lstat /initrd", "FAILED: stat /initrd: Input/output error"},
      {"lstat /dev", "FAILED: stat /dev: Input/output error"},
      {"open /mnt/proc/mounts", "FAILED: open /mnt/proc/mounts: Input/output error"}};
  for (const auto& [text, why] : rows) {
    BOOST_TEST_CONTEXT(text) {
      const Boot boot = failing(pivot, fault_of(pivot, text, EIO));
      BOOST_TEST(name_of(boot->outcome.end) == "shell");
      BOOST_TEST(boot->said(why));
      BOOST_TEST(boot->is_as_before());
      BOOST_TEST(boot->kernel.losses.empty());
    }
  }
}

// As the kernel.
BOOST_AUTO_TEST_CASE(an_old_root_that_cannot_be_moved_to_initrd_is_unmounted_and_freed) {
  const std::string facts = golden_text("initramfs-linuxrc-linux-7");
  const Boot boot = failing(facts, fault_of(facts, "mount /old /root/initrd (move)", ENOMEM));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("move mount /old to /root/initrd: Cannot allocate memory, going on"));
  BOOST_TEST(!boot->said("Trying to move old root"));
  BOOST_TEST(boot->said("Unmounting old root"));
  BOOST_TEST(boot.mounted_at("/initrd") == nullptr);
}
