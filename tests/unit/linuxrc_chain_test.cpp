// A chain of roots: which one a boot starts with, what it leaves in the boot counter, and what
// becomes of a root that cannot be had. GRUB's own grub-editenv reads and writes the same block.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "linuxrc/grubenv.hpp"
#include "linuxrc/root_chain.hpp"
#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::string block_of(std::string_view lines) {
  std::string block = "# GRUB Environment Block\n";
  block += lines;
  block.resize(GrubEnv::size, '#');
  return block;
}

std::string value_of(const GrubEnv& env, const char* name) {
  char buffer[256];
  return std::string(env.get(name, buffer).value_or("(none)"));
}

BootCount count_of(const char* root, std::uint64_t tries) {
  BootCount count;
  count.known = true;
  count.root.append("%s", root);
  count.tries = tries;
  return count;
}

// init=/linuxrc with two roots; `lines` are facts more.
std::string chain(const std::string& lines, const std::string& words = "") {
  return "pid=1\nroot_device=1:0\nkernel=7.2.0\nnew_root.put_old=mnt\nnew_root.dev=yes\n"
         "cmdline=root=/dev/ram0 init=/linuxrc real_root=/dev/vda,/dev/vdb "
         "linuxrc.env=/dev/sda1:/boot/grubenv " +
         words + "\n" + lines;
}

// What the boot left in the counter's file.
std::string left(const Boot& boot, const char* name) {
  const auto env = GrubEnv::parse(boot->count_file->content);
  BOOST_REQUIRE(env.ok());
  return value_of(*env, name);
}

void lose(World& world, const char* name) {
  std::erase_if(world.kernel.disks, [&](const Disk& disk) { return disk.name == name; });
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_environment_block_keeps_its_size_and_its_other_lines) {
  auto env = GrubEnv::parse(block_of("# a comment\nsaved_entry=0\nlinuxrc_tries=2\nb=1\n"));
  BOOST_REQUIRE(env.ok());
  BOOST_TEST(value_of(*env, "linuxrc_tries") == "2");
  BOOST_TEST(value_of(*env, "linuxrc") == "(none)");
  BOOST_TEST(env->set("linuxrc_tries", "10"));
  BOOST_TEST(env->block() == block_of("# a comment\nsaved_entry=0\nb=1\nlinuxrc_tries=10\n"));
  env->unset("saved_entry");
  BOOST_TEST(env->block() == block_of("# a comment\nb=1\nlinuxrc_tries=10\n"));
}

BOOST_AUTO_TEST_CASE(newlines_and_backslashes_of_a_value_come_back) {
  auto env = GrubEnv::parse(block_of(""));
  BOOST_REQUIRE(env.ok());
  BOOST_TEST(env->set("a", "one\ntwo\\three"));
  BOOST_TEST(env->set("b", "#"));
  BOOST_TEST(value_of(*env, "a") == "one\ntwo\\three");
  BOOST_TEST(value_of(*env, "b") == "#");
  BOOST_TEST(GrubEnv::parse(env->block()).ok());
}

BOOST_AUTO_TEST_CASE(a_value_without_room_changes_nothing) {
  auto env = GrubEnv::parse(block_of("a=1\n"));
  BOOST_REQUIRE(env.ok());
  const std::string before(env->block());
  const std::size_t room = GrubEnv::size - std::string("# GRUB Environment Block\na=1\n").size();
  BOOST_TEST(!env->set("b", std::string(room - 2, 'x')));
  BOOST_TEST(env->block() == before);
  BOOST_TEST(env->set("b", std::string(room - 3, 'x')));
  BOOST_TEST(env->block().size() == GrubEnv::size);
  BOOST_TEST(env->block().back() == '\n');
}

BOOST_AUTO_TEST_CASE(what_is_no_environment_block_is_refused) {
  const std::string whole = block_of("a=1\n");
  BOOST_TEST(!GrubEnv::parse(std::string_view(whole).substr(1)).ok());
  BOOST_TEST(!GrubEnv::parse(whole + "#").ok());
  BOOST_TEST(!GrubEnv::parse(block_of("a=1")).ok());
  BOOST_TEST(!GrubEnv::parse(block_of("a=1\\\n")).ok());
  BOOST_TEST(!GrubEnv::parse(std::string(GrubEnv::size, '\0')).ok());
}

BOOST_AUTO_TEST_CASE(grub_editenv_reads_and_writes_the_same_block) {
  if (std::system("command -v grub-editenv >/dev/null") != 0) {
    BOOST_TEST_MESSAGE("SKIP: grub-editenv is not installed");
    return;
  }
  const std::string path =
      std::filesystem::temp_directory_path() / ("grubenv." + std::to_string(getpid()));
  const auto editenv = [&](const std::string& words) {
    BOOST_TEST(std::system(("grub-editenv " + path + " " + words + " >" + path + ".out").c_str()) ==
               0);
    std::ifstream output(path + ".out");
    return std::string(std::istreambuf_iterator<char>(output), {});
  };
  const auto content = [&] {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  (void)editenv("create");
  (void)editenv("set saved_entry=3 'odd=a\\b'");
  auto env = GrubEnv::parse(content());
  BOOST_REQUIRE(env.ok());
  BOOST_TEST(value_of(*env, "odd") == "a\\b");
  BOOST_TEST(env->set("linuxrc_tries", "1"));
  BOOST_TEST(env->set("linuxrc_reason", "C:\\ # 5%"));
  std::ofstream(path, std::ios::binary) << env->block();
  BOOST_TEST(editenv("list") ==
             "saved_entry=3\nodd=a\\b\nlinuxrc_tries=1\nlinuxrc_reason=C:\\ # 5%\n");
  (void)editenv("unset linuxrc_tries");
  env = GrubEnv::parse(content());
  BOOST_REQUIRE(env.ok());
  BOOST_TEST(value_of(*env, "linuxrc_tries") == "(none)");
  (void)std::remove(path.c_str());
  (void)std::remove((path + ".out").c_str());
}

BOOST_AUTO_TEST_CASE(a_root_that_used_up_its_tries_is_followed_by_the_next) {
  const auto choose = [](const char* root, std::uint64_t tries, std::uint64_t most = 3) {
    return choose_root("A,,B,C", most, count_of(root, tries));
  };
  BOOST_TEST(choose("", 0).at == 0U);
  BOOST_TEST(choose("A", 2).at == 0U);
  BOOST_TEST(choose("A", 2).tries == 2U);
  BOOST_TEST(choose("A", 3).at == 1U);
  BOOST_TEST(choose("A", 3).tries == 0U);
  BOOST_TEST(choose("A", 3).was_exhausted);
  BOOST_TEST(choose("B", 1).at == 1U);
  BOOST_TEST(choose("C", 9).at == 2U);  // the last one has no end
  BOOST_TEST(!choose("C", 9).was_exhausted);
  BOOST_TEST(choose("D", 9).at == 0U);  // another chain was counted
  BOOST_TEST(choose("D", 9).tries == 0U);
  BOOST_TEST(choose("A", 99, 0).at == 0U);
}

BOOST_AUTO_TEST_CASE(the_try_is_counted_before_the_root_is_mounted) {
  const Boot boot(chain("count.root=/dev/vda\ncount.tries=1\n"));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(left(boot, "linuxrc_root") == "/dev/vda");
  BOOST_TEST(left(boot, "linuxrc_tries") == "2");
  BOOST_TEST(boot->count_file->content.size() == GrubEnv::size);
  std::size_t written = 0;
  std::size_t mounted = 0;
  for (std::size_t i = 0; i < boot->sys.trace.size(); ++i) {
    const std::string& text = boot->sys.trace[i].text;
    if (text.starts_with("write") && text.ends_with("grubenv")) written = i;
    if (text.starts_with("mount /dev/vda")) mounted = i;
  }
  BOOST_TEST(written > 0U);
  BOOST_TEST(written < mounted);
}

BOOST_AUTO_TEST_CASE(after_its_tries_the_next_root_is_booted_and_the_reason_is_left) {
  const Boot boot(chain("count.root=/dev/vda\ncount.tries=3\n"));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST((boot->outcome.view.root.mount->fs == boot->chain.at(1)));
  BOOST_TEST(left(boot, "linuxrc_root") == "/dev/vdb");
  BOOST_TEST(left(boot, "linuxrc_tries") == "1");
  BOOST_TEST(left(boot, "linuxrc_reason") ==
             "/dev/vda: started 3 times, and no boot reached user space");
}

BOOST_AUTO_TEST_CASE(a_root_that_is_missing_is_followed_by_the_next_and_stays_the_first) {
  const Boot boot(chain("count.root=/dev/vda\n"), [](World& world) { lose(world, "vda"); });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST((boot->outcome.view.root.mount->fs == boot->chain.at(1)));
  BOOST_TEST(boot->said("going on with the next root"));
  BOOST_TEST(left(boot, "linuxrc_root") == "/dev/vda");
  BOOST_TEST(left(boot, "linuxrc_tries") == "1");
  BOOST_TEST(left(boot, "linuxrc_reason") ==
             "/dev/vda: find root /dev/vda: no such device after 5 s");
}

BOOST_AUTO_TEST_CASE(a_root_without_init_is_unmounted_for_the_next) {
  const Boot boot(chain("count.root=/dev/vda\n"), [](World& world) {
    for (const char* folder : {"/sbin", "/bin"})
      Tree::find(*world.chain.at(0), folder)->children.clear();
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST((boot->outcome.view.root.mount->fs == boot->chain.at(1)));
  for (const Mount& mount : boot->kernel.tree.mounts())
    BOOST_TEST((!mount.attached || mount.fs != boot->chain.at(0)));
}

BOOST_AUTO_TEST_CASE(without_a_counter_the_chain_goes_on_and_that_is_said) {
  const Boot boot(chain("count.root=/dev/vda\n"), [](World& world) {
    lose(world, "sda1");
    lose(world, "vda");
  });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST((boot->outcome.view.root.mount->fs == boot->chain.at(1)));
  BOOST_TEST(boot->said("boot counter /dev/sda1:/boot/grubenv: find root /dev/sda1"));
}

BOOST_AUTO_TEST_CASE(the_last_root_of_a_chain_stops_the_boot) {
  const Boot boot(chain("count.root=/dev/vda\n"), [](World& world) {
    lose(world, "vda");
    lose(world, "vdb");
  });
  BOOST_TEST(name_of(boot->outcome.end) == "shell");
  BOOST_TEST(boot->said("FAILED: find root /dev/vdb: no such device"));
}

BOOST_AUTO_TEST_CASE(a_root_before_the_last_is_not_waited_for_without_end) {
  const Boot boot(chain("count.root=/dev/vda\n", "rootwait"),
                  [](World& world) { lose(world, "vda"); });
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->said("no such device after 30 s"));
}

BOOST_AUTO_TEST_CASE(the_next_boot_says_the_reason_and_takes_it_out_when_it_has_the_first_root) {
  const Boot boot(chain("count.root=/dev/vda\ncount.reason=/dev/vda: a mouse\n"));
  BOOST_TEST(boot->said("a boot before this one went on with another root: /dev/vda: a mouse"));
  BOOST_TEST(left(boot, "linuxrc_reason") == "(none)");
}

// Its /bin/sh would run; the next root is better.
BOOST_AUTO_TEST_CASE(a_root_whose_init_cannot_run_is_followed_by_the_next) {
  const auto breaks = [](std::size_t at) {
    return [at](World& world) {
      world.kernel.tree.put(*world.chain.at(at), "/sbin/init", S_IFREG | 0755, "").content = "text";
    };
  };
  const Boot boot(chain("count.root=/dev/vda\n"), breaks(0));
  BOOST_TEST((boot->outcome.view.root.mount->fs == boot->chain.at(1)));
  BOOST_TEST(boot->said("/sbin/init: neither an ELF program nor a #! script"));
  // The last one has what it has.
  const Boot last(chain("count.root=/dev/vdb\n"), breaks(1));
  BOOST_TEST(name_of(last->outcome.end) == "init");
  BOOST_TEST(last->outcome.path == "/bin/sh");
}
