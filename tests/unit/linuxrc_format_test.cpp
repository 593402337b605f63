// Which blank upper gets a file system, and that nothing else is written to.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <boost/test/unit_test.hpp>

#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

std::vector<std::string> erased(const World& world) {
  std::vector<std::string> list;
  for (const std::string& loss : world.kernel.losses)
    if (loss.starts_with("erase ")) list.push_back(loss);
  return list;
}

Disk& upper_disk(World& world) {
  for (Disk& disk : world.kernel.disks)
    if (disk.name == "vdb" || disk.name == "mtdblock4") return disk;
  throw std::runtime_error("no upper");
}

bool formats(const Boot& boot) {
  for (const Traced& call : boot->sys.trace)
    if (call.in_child && call.call == Call::execve) return true;
  return false;
}

constexpr const char* blank = "overlay-format";
constexpr const char* flash = "overlay-flash-fresh";

}  // namespace

BOOST_AUTO_TEST_CASE(marked_flash_is_erased_the_mark_last) {
  const Boot boot(read_golden(flash));
  BOOST_TEST(erased(*boot) == (std::vector<std::string>{"erase block 1", "erase block 0"}),
             boost::test_tools::per_element());
  BOOST_TEST(boot->said("erasing 2 blocks of 4 KiB of mtd:rootfs_data"));
  BOOST_TEST(boot->outcome.code == 0);
}

BOOST_AUTO_TEST_CASE(flash_that_is_not_marked_is_not_erased) {
  for (const char* name : {"overlay-mount-root", "overlay-carry", "overlay-flash"}) {
    const Boot boot(read_golden(name));
    BOOST_TEST(erased(*boot).empty(), name);
  }
  const Boot old(read_golden(flash), [](World& world) {
    upper_disk(world).head = "\x19\x85 an old file system, and later the mark \xde\xad\xc0\xde";
  });
  BOOST_TEST(erased(*old).empty());
}

BOOST_AUTO_TEST_CASE(a_blank_disk_is_formatted_where_the_word_asks_for_it) {
  for (const char fill : {'\0', '\xff'}) {
    const Boot boot(read_golden(blank),
                    [=](World& world) { upper_disk(world).head.assign(4096, fill); });
    BOOST_TEST(formats(boot));
    BOOST_TEST(boot.mounted_at("/overlay") == boot->kernel.upper);
  }
  auto facts = read_golden(blank);
  BOOST_REQUIRE(facts->command_line.parse("root=/dev/vda ro linuxrc.overlay=/dev/vdb").ok());
  const Boot unasked(std::move(facts), [](World& world) { upper_disk(world).fs = nullptr; });
  BOOST_TEST(!formats(unasked));
  BOOST_TEST(unasked->said("the upper is unformatted: left alone"));
}

BOOST_AUTO_TEST_CASE(a_disk_that_holds_anything_is_left_alone) {
  const std::pair<const char*, std::string> heads[] = {
      {"one byte", std::string(60000, '\0') + "x"},
      {"ones after zeroes", std::string(60000, '\0') + std::string(5000, '\xff')},
      {"0xdeadc0de", std::string("\xde\xad\xc0\xde") + std::string(4092, '\0')}};
  for (const auto& [what, head] : heads) {
    const Boot boot(read_golden(blank), [&](World& world) { upper_disk(world).head = head; });
    BOOST_TEST(!formats(boot), what);
    BOOST_TEST(boot->said("gone with the next boot"), what);
    BOOST_TEST(name_of(boot->outcome.end) == "init", what);
  }
}

BOOST_AUTO_TEST_CASE(what_mkfs_says_is_said) {
  const Boot failed(read_golden(blank), [](World& world) {
    world.kernel.mkfs_program = [](Kernel&) { return 1 << 8; };
  });
  BOOST_TEST(failed->said("mkfs.ext4 failed with status 256"));
  BOOST_TEST(failed->said("gone with the next boot"));
  const Boot missing(read_golden(blank), [](World& world) {
    world.real->root->children["sbin"]->children.erase("mkfs.ext4");
  });
  BOOST_TEST(missing->said("the root has no mkfs.ext4 that can be executed"));
  BOOST_TEST(name_of(missing->outcome.end) == "init");
}
