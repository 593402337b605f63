// How the root is mounted: which types are tried and in which order, what is waited for before, and
// which modules are loaded.
#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/linuxrc/boots.hpp"

using namespace linuxrc;
using namespace linuxrc::fake;

namespace {

const char* const initramfs =
    "pid=1\nroot_device=0:2\nroot_in_memory=yes\nkernel=6.1.0\nnew_root.dev=yes\n";

std::string boot_with(const std::string& words, const std::string& facts = "") {
  return initramfs + facts + "cmdline=root=/dev/vda " + words + "\n";
}

// The types that mount(2) was given for the root, in order.
std::vector<std::string> types_tried(const Boot& boot) {
  std::vector<std::string> types;
  for (const Traced& call : boot->sys.trace)
    if (call.text.starts_with("mount /dev/vda "))
      types.push_back(call.text.substr(call.text.rfind(' ') + 1));
  return types;
}

std::vector<std::string> modules_loaded(const Boot& boot) {
  std::vector<std::string> names;
  for (const Traced& call : boot->sys.trace)
    if (call.call == Call::init_module) names.push_back(call.text);
  return names;
}

using List = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(types_of_rootfstype_are_tried_in_their_order) {
  const auto per_element = boost::test_tools::per_element();
  BOOST_TEST(types_tried(Boot(boot_with("rw rootfstype=squashfs,,xfs,ext2,vfat"))) ==
                 (List{"squashfs", "xfs", "ext2"}),
             per_element);
  const Boot none(boot_with("rw rootfstype=xfs,vfat"));
  // Once more read-only, as the kernel does.
  BOOST_TEST(types_tried(none) == (List{"xfs", "vfat", "xfs", "vfat"}), per_element);
  BOOST_TEST(
      none->said("FAILED: mount root /dev/vda (254:0) on /root as xfs (not in this kernel), "
                 "vfat (not in this kernel): No such device"));
  const Boot other(boot_with("rw rootfstype=xfs,vfat"),
                   [](World& world) { world.kernel.types.emplace_back("\tvfat"); });
  BOOST_TEST(other->said("as xfs (not in this kernel), vfat: Invalid argument"));
  const Boot empty(boot_with("rw rootfstype=,"));
  BOOST_TEST(empty->said("FAILED: mount root /dev/vda: no file system type to try"));
}

BOOST_AUTO_TEST_CASE(without_it_the_kernels_types_are_tried_in_its_order) {
  const Boot boot(boot_with("rw"), [](World& world) {
    world.kernel.types = {"nodev\tproc", "nodev\ttmpfs", "\tcramfs", "\tvfat", "\text2", "\text4"};
  });
  BOOST_TEST(types_tried(boot) == (List{"cramfs", "vfat", "ext2"}),
             boost::test_tools::per_element());
  BOOST_TEST(name_of(boot->outcome.end) == "init");
}

// The kernel does not read the list either where it is told the type.
BOOST_AUTO_TEST_CASE(a_type_that_is_given_needs_no_list) {
  const auto reads = [](const Boot& boot) {
    return std::ranges::count_if(boot->sys.trace, [](const Traced& call) {
      return call.call == Call::open && call.text.find("/proc/filesystems") != std::string::npos;
    });
  };
  const Boot given(boot_with("rw rootfstype=ext2"));
  const Boot any(boot_with("rw"));
  BOOST_TEST(reads(any) == reads(given) + 1);
}

BOOST_AUTO_TEST_CASE(rootdelay_is_waited_before_the_root_is_looked_for) {
  const Boot boot(boot_with("rootdelay=7"));
  BOOST_TEST(name_of(boot->outcome.end) == "init");
  BOOST_TEST(boot->kernel.now_ms >= 8000U);
  BOOST_TEST(Boot(boot_with(""))->kernel.now_ms < 8000U);
}

BOOST_AUTO_TEST_CASE(modules_are_loaded_in_the_order_given_compressed_or_not) {
  const auto list = [](World& world) {
    Tree& tree = world.kernel.tree;
    FileSystem& fs = *world.kernel.rootfs;
    Tree::find(fs, "/lib/linuxrc/modules.list")->content = "b.ko.gz one=1\n\n# c\na.ko\nd.ko.zst\n";
    tree.put(fs, "/lib/linuxrc/a.ko", S_IFREG | 0644, "module a");
    tree.put(fs, "/lib/linuxrc/b.ko.gz", S_IFREG | 0644, "module b");
    tree.put(fs, "/lib/linuxrc/d.ko.zst", S_IFREG | 0644, "module d");
  };
  const Boot boot(boot_with("rw", "modules=yes\n"), list);
  BOOST_TEST(modules_loaded(boot) == (List{"init_module module b  one=1", "init_module module a ",
                                           "init_module module d "}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_missing_module_is_named_and_the_others_are_loaded) {
  const Boot boot(boot_with("rw", "modules=yes\n"), [](World& world) {
    Tree::find(*world.kernel.rootfs, "/lib/linuxrc")->children.erase("virtio_blk.ko");
  });
  BOOST_TEST(boot->said("module /lib/linuxrc/virtio_blk.ko: No such file or directory, going on"));
  BOOST_TEST(modules_loaded(boot).size() >= 1U);
  BOOST_TEST(boot->said("FAILED") == (name_of(boot->outcome.end) != std::string("init")));
}
