// World: an overlay that runs in memory, with changes of every kind.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "linuxrc/overlay.hpp"
#include "tests/linuxrc/world.hpp"

namespace linuxrc::fake {
namespace {

constexpr mode_t file_mode = S_IFREG | 0644;
constexpr mode_t folder_mode = S_IFDIR | 0755;
constexpr std::uint64_t tmpfs_magic = 0x01021994;

void change_everything(Tree& tree, FileSystem& memory) {
  Node& secret = tree.put(memory, "/upper/etc/secret", S_IFREG | 04600, "only the owner's");
  secret.owner = 1000;
  secret.group = 100;
  secret.modified_s = 1234567890;
  secret.attributes = {{"user.note", "kept"}, {"security.capability", std::string("\1\0\2", 3)}};
  tree.put(memory, "/upper/etc/gone", S_IFCHR).device = 0;  // a whiteout
  tree.put(memory, "/upper/etc/config", folder_mode).attributes = {{"trusted.overlay.opaque", "y"}};
  tree.put(memory, "/upper/etc/config/network", file_mode, "lan");
  tree.put(memory, "/upper/etc/link", S_IFLNK | 0777, "secret");
  tree.put(memory, "/upper/etc/holes", file_mode, std::string(300, '\0'));
  Node& twice = tree.put(memory, "/upper/bin/one", S_IFREG | 0755, "a program");
  memory.root->children["upper"]->children["bin"]->children["other"] = &twice;
  twice.names = 2;
  tree.put(memory, "/upper/run/pipe", S_IFIFO | 0600);
  tree.put(memory, "/work/work", folder_mode);
  tree.put(memory, "/" + std::string(waits_link), S_IFLNK | 0777, "mtd:rootfs_data");
}

}  // namespace

Mount& World::add_running_overlay(const Place& bottom) {
  Tree& tree = kernel.tree;
  memory = &tree.make_fs("tmpfs", makedev(0, 19), tmpfs_magic);
  change_everything(tree, *memory);
  running = &tree.make_fs("overlay", facts_.root_device, 0x794c7630);
  tree.merge(*image->root, *running->root);
  tree.merge(*memory->root->children["upper"], *running->root);
  tree.put(*image, "/mnt", folder_mode);
  Mount& root = tree.attach(*running, *running->root, bottom, "overlayfs:/overlay");
  Node& rom = tree.put(*running, "/rom", folder_mode);
  tree.attach(*image, *image->root, {&root, &rom}, "/dev/root").read_only = true;
  Node& point = tree.put(*running, "/overlay", folder_mode);
  if (!facts_.overlay.memory_in_tmp) tree.attach(*memory, *memory->root, {&root, &point}, "tmpfs");
  // Somebody's own.
  Node& usb = tree.put(*running, "/mnt/usb", folder_mode);
  FileSystem& stick = tree.make_fs("vfat", makedev(8, 1), 0x4d44);
  tree.attach(stick, *stick.root, {&root, &usb}, "/dev/sda1");
  tree.put(*image, "/mnt/usb", folder_mode);
  return root;
}

}  // namespace linuxrc::fake
