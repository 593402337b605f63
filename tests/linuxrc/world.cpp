#include "tests/linuxrc/world.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "linuxrc/device.hpp"
#include "linuxrc/plan.hpp"
#include "linuxrc/root_name.hpp"

namespace linuxrc::fake {

namespace {

constexpr mode_t program_mode = S_IFREG | 0755;
constexpr mode_t file_mode = S_IFREG | 0644;
constexpr mode_t folder_mode = S_IFDIR | 0755;
constexpr std::uint64_t ext2_magic = 0xef53;

std::string text_of(const common::CommandLine& line, const char* separator) {
  std::string text;
  for (const common::Word& word : line.words())
    text.append(text.empty() ? "" : separator).append(word.text);
  if (!line.init_words().empty()) text += " --";
  for (const common::Word& word : line.init_words()) text.append(" ").append(word.text);
  return text;
}

// What the image or a real root holds beside what a test is about.
void furnish(Tree& tree, FileSystem& fs) {
  tree.put(fs, "/sbin/init", program_mode, Kernel::elf_program("/lib/ld.so"));
  tree.put(fs, "/bin/sh", program_mode, Kernel::elf_program(""));
  tree.put(fs, "/lib/ld.so", program_mode, Kernel::elf_program(""));
  tree.put(fs, "/dev/console", S_IFCHR | 0600).device = makedev(5, 1);
}

void put_program(Tree& tree, FileSystem& fs, const char* path) {
  if (path != nullptr && Tree::find(fs, path) == nullptr)
    tree.put(fs, path, program_mode, "#!/bin/sh\n");
}

}  // namespace

common::Status FakeLoader::load(const char* path, std::uint64_t, const char* target) {
  const int failed = sys_.enter(Call::load_image, std::string("load_image ") + path);
  if (failed < 0) return common::Error::system(-failed, "load %s", path);
  Kernel& kernel = sys_.kernel();
  if (holds_archives_)
    return common::Error::of(common::Failure::not_usable, "%s: no image that is known", path);
  Place node;
  const int found = kernel.tree.walk(kernel.main.view, target, true, node);
  Disk* const disk = found < 0 ? nullptr : kernel.disk(node.node->device);
  if (disk == nullptr)
    return common::Error::of(common::Failure::system, "open %s: No such device or address", target);
  disk->fs = &image_;
  return common::Done{};
}

World::World(const Facts& facts, Coroutine& coroutine) : coroutine_(coroutine), facts_(facts) {
  kernel.release = std::to_string(facts.kernel.major) + "." + std::to_string(facts.kernel.minor);
  kernel.release += "." + std::to_string(facts.kernel.patch);
  kernel.command_line = text_of(facts.command_line, " ");
  if (facts.has_devtmpfs) kernel.types.emplace_back("nodev\tdevtmpfs");
  // From Linux 7.0 on rootfs stands on nullfs, from which nothing can be reached.
  FileSystem* const bottom = facts.on_nullfs ? &kernel.tree.make_fs("nullfs", 0, 0) : kernel.rootfs;
  Mount& lowest = kernel.tree.mount_bottom(*bottom);
  if (facts.on_nullfs)
    kernel.tree.attach(*kernel.rootfs, *kernel.rootfs->root, {&lowest, lowest.root}, "rootfs");
  kernel.tree.put(*kernel.proc, "/sys/kernel/ostype", file_mode, "Linux\n");
  if (facts.has_real_root_dev)
    kernel.tree.put(*kernel.proc, "/sys/kernel/real-root-dev", file_mode, "0\n");
  add_real_root();
  add_image();
  add_upper();
  if (role_of(facts) == Role::initramfs_init) add_initramfs();
  add_network();
  if (facts.brd_is_module && !facts.has_modules) kernel.modules.insert("brd");
  start_processes();
  choose_linuxrc();
}

void World::add_modules(FileSystem& fs) {
  if (!facts_.has_modules) return;
  std::string list = "# in this order\nvirtio_blk.ko\n";
  if (facts_.ram_disk != RamDisk::zram) list += "loop.ko.xz\n";
  if (facts_.ram_disk == RamDisk::zram) list += "zram.ko\n";
  if (facts_.brd_is_module) list += "brd.ko max_part=1\n";
  kernel.tree.put(fs, "/lib/linuxrc/modules.list", file_mode, list);
  kernel.tree.put(fs, "/lib/linuxrc/virtio_blk.ko", file_mode, "module virtio_blk");
  kernel.tree.put(fs, "/lib/linuxrc/loop.ko.xz", file_mode, "module loop");
  kernel.tree.put(fs, "/lib/linuxrc/zram.ko", file_mode, "module zram");
  kernel.tree.put(fs, "/lib/linuxrc/brd.ko", file_mode, "module brd");
}

void World::add_image() {
  const Role role = role_of(facts_);
  const dev_t device = ram_disk_device();
  image = &kernel.tree.make_fs("ext2", device, ext2_magic);
  furnish(kernel.tree, *image);
  kernel.tree.put(*image, "/proc", folder_mode);
  kernel.tree.put(*image, facts_.work.empty() ? "/mnt" : facts_.work.c_str(), folder_mode);
  const bool ours = role != Role::initramfs_init;
  kernel.tree.put(*image, "/linuxrc", program_mode,
                  ours ? std::string(Kernel::own_program) : Kernel::elf_program(""));
  if (ours) add_modules(*image);
  if (ours && facts_.new_root.has_run) kernel.tree.put(*image, "/run", folder_mode);
  if (!facts_.configuration.words().empty())
    kernel.tree.put(*image, "/etc/linuxrc.conf", file_mode, text_of(facts_.configuration, "\n"));
  put_program(kernel.tree, *image, facts_.options().init);
  if (role == Role::over_root) {
    put_program(kernel.tree, *image, facts_.options().real_init);
    kernel.tree.put(*image, "/sbin/mount_root", program_mode, Kernel::own_program);
    if (facts_.overlay.has_point) kernel.tree.put(*image, "/overlay", folder_mode);
  }
  std::uint64_t kib = facts_.image_kib != 0 ? facts_.image_kib : 4096;
  if (wants_ramroot(facts_)) kib = facts_.ramroot.brd_kib;
  const char* module = facts_.brd_is_module ? "brd" : "";
  if (!ours && facts_.ram_disk == RamDisk::loop) module = "loop";
  if (!ours && facts_.ram_disk == RamDisk::zram) {
    module = "zram";
    kernel.types.emplace_back("nodev\tsysfs");
    kernel.tree.put(*kernel.sysfs, "/block/zram0/disksize", file_mode, "0\n");
    kernel.tree.put(*kernel.sysfs, "/block/zram0/dev", file_mode,
                    std::to_string(Kernel::zram_major) + ":0\n");
  }
  kernel.disks.push_back({device, "", ours ? image : nullptr, kib, 0, module});
  if (role == Role::kernel_linuxrc && device != ram0())
    envp.push_back("LINUXRC_RAM0=" + std::to_string(major(device)) + ":0");
}

// Where the image lies, or will lie.
dev_t World::ram_disk_device() const {
  if (facts_.overlay.carry) return makedev(31, 3);  // it lies below the overlay that is /
  if (role_of(facts_) != Role::initramfs_init) return facts_.root_device;
  if (facts_.ram_disk == RamDisk::loop) return makedev(7, 0);
  return facts_.ram_disk == RamDisk::zram ? makedev(Kernel::zram_major, 0) : ram0();
}

FileSystem* World::add_disk(dev_t device, const std::string& name) {
  const Options options = facts_.options();
  FileSystem& fs = kernel.tree.make_fs("ext2", device, ext2_magic);
  furnish(kernel.tree, fs);
  put_program(kernel.tree, fs, options.real_init);
  put_program(kernel.tree, fs, options.init);
  const NewRoot& root = facts_.new_root;
  const std::pair<bool, const char*> folders[] = {{root.has_initrd, "/initrd"},
                                                  {root.has_proc, "/proc"},
                                                  {root.has_sys, "/sys"},
                                                  {root.has_run, "/run"},
                                                  {!root.put_old.empty(), root.put_old.c_str()}};
  for (const auto& [wanted, path] : folders)
    if (wanted) kernel.tree.put(fs, path, folder_mode);
  kernel.disks.push_back({device, name, &fs, 100000, 0, ""});
  return &fs;
}

void World::add_real_root() {
  const Options options = facts_.options();
  if (wants_ramroot(facts_)) {
    add_ramroot();
    return;
  }
  add_chain();
  if (facts_.asked_root) asked = add_disk(*facts_.asked_root, "hda1");
  if (!chain.empty()) return;
  const char* const name = options.real_root != nullptr ? options.real_root : options.root;
  const auto number = parse_device_number(name == nullptr ? "" : name);
  if (name == nullptr || parse_ram_disk(name) || number == ram0()) return;
  if (role_of(facts_) == Role::over_root) return;  // it is / already
  const RootName root = parse_root_name(name);
  if (root.form == RootName::Form::flash || root.text == "nfs") {
    real = kernel.flash = add_disk(makedev(0, 31), "");
    kernel.types.insert(kernel.types.end(), {"nodev\tjffs2", "nodev\tubifs"});
    if (root.text.starts_with("mtd"))
      kernel.tree.put(*kernel.proc, "/mtd", S_IFREG | 0444,
                      "dev:    size   erasesize  name\nmtd0: 00c00000 00010000 \"" +
                          std::string(root.text.substr(root.text.find(':') + 1)) + "\"\n");
    return;
  }
  if (!root.file.empty()) {
    real = kernel.image_file = add_disk(makedev(7, 0), "loop0");
    kernel.disks.back().fs = nullptr;
    FileSystem& host = *add_disk(makedev(254, 0), std::string(root.text));
    kernel.tree.put(host, std::string(root.file).c_str(), file_mode, "an image");
    return;
  }
  real = add_disk(number.value_or(makedev(254, 0)), number ? "sdx" : name + std::size("/dev/") - 1);
}

void World::add_initramfs() {
  FileSystem& fs = *kernel.rootfs;
  kernel.tree.put(fs, "/init", program_mode, Kernel::own_program);
  kernel.tree.put(fs, "/dev/console", S_IFCHR | 0600).device = makedev(5, 1);
  if (!facts_.initrd_image.empty())
    kernel.tree.put(fs, facts_.initrd_image.c_str(), S_IFREG | 0400, "image");
  if (facts_.has_image_sum)  // of the text above
    kernel.tree.put(fs, "/initrd.image.sha256", S_IFREG | 0444,
                    "6105d6cc76af400325e94d588ce511be5bfdbb73b437dc51eca43917d7a43e3d"
                    "  initrd.image\n");
  add_modules(fs);
}

void World::start_processes() {
  const Role role = role_of(facts_);
  Mount* root = &kernel.tree.mounts()[facts_.on_nullfs ? 1 : 0];
  if (facts_.overlay.carry)
    root = &add_running_overlay({root, root->root});
  else if (role != Role::initramfs_init)
    root = &kernel.tree.attach(*image, *image->root, {root, root->root}, "/dev/root");
  Process& process = kernel.main;
  process.pid = facts_.pid;
  process.view = {{root, root->root}, {root, root->root}};
  argv = {role == Role::initramfs_init ? "/init" : role == Role::ram_init ? "/linuxrc" : "linuxrc"};
  if (role == Role::over_root) argv = {facts_.pid == 1 ? "/linuxrc" : "/sbin/mount_root"};
  if (role == Role::ram_init) argv.emplace_back("one");
  if (facts_.overlay.carry) argv.emplace_back("done");
  (void)kernel.tree.walk(process.view, role == Role::initramfs_init ? "/init" : "/linuxrc", true,
                         process.program);
  const std::pair<bool, FileSystem*> mounted[] = {{facts_.dev_mounted, kernel.devtmpfs},
                                                  {facts_.proc_mounted, kernel.proc},
                                                  {facts_.sys_mounted, kernel.sysfs},
                                                  {facts_.overlay.tmp_mounted, kernel.tmp}};
  const char* const places[] = {"dev", "proc", "sys", "tmp"};
  for (std::size_t i = 0; i < std::size(places); ++i) {
    if (!mounted[i].first) continue;
    Node* const point = &kernel.tree.put(*root->fs, places[i], folder_mode);
    Mount& mount =
        kernel.tree.attach(*mounted[i].second, *mounted[i].second->root, {root, point}, places[i]);
    if (!facts_.overlay.memory_in_tmp || mounted[i].second != kernel.tmp) continue;
    Node& inner = kernel.tree.put(*kernel.tmp, "/root", folder_mode);
    kernel.tree.attach(*memory, *memory->root, {&mount, &inner}, "tmpfs");
  }
  Place console;
  if (kernel.tree.walk(process.view, "/dev/console", true, console) == 0)
    for (int fd = 0; fd < 3; ++fd)
      process.files[fd] = {console, "/dev/console", "", 0, true, false};
}

void World::choose_linuxrc() {
  const auto write = [](Kernel& machine, dev_t device) {
    Tree::find(*machine.proc, "/sys/kernel/real-root-dev")->content =
        std::to_string(encode_device(device)) + "\n";
    return 0;
  };
  if (facts_.linuxrc == LinuxrcOutcome::stay)
    kernel.linuxrc_program = [=](Kernel& machine) { return write(machine, ram0()); };
  if (facts_.asked_root)
    kernel.linuxrc_program = [=, this](Kernel& machine) {
      return write(machine, *facts_.asked_root);
    };
  if (facts_.linuxrc == LinuxrcOutcome::pivoted)
    kernel.linuxrc_program = [this](Kernel& machine) {
      Place place;
      if (machine.tree.walk(machine.child.view, "/mnt", true, place) < 0) return 1 << 8;
      machine.tree.attach(*real, *real->root, place, "/dev/hda1");
      return machine.pivot_root(machine.child, "/mnt", "/mnt/initrd") < 0 ? 1 << 8 : 0;
    };
}

void World::run() {
  const bool ramroot = wants_ramroot(facts_);
  FakeLoader loader(sys, *image, ramroot ? facts_.ramroot.image_kib : facts_.image_kib);
  loader.holds_archives(facts_.ramroot.archive);
  first_root_ = kernel.main.view.root;
  first_mounts_ = mounted();
  outcome = sys.run(loader, argv, envp);
}

std::vector<std::pair<const Mount*, std::string>> World::mounted() const {
  std::vector<std::pair<const Mount*, std::string>> list;
  for (const Mount& mount : kernel.tree.mounts())
    if (mount.attached) list.emplace_back(&mount, Tree::path_of(mount, kernel.main.view.root));
  return list;
}

bool World::is_as_before() const {
  return is_in_place() && mounted().size() == first_mounts_.size();
}

bool World::is_in_place() const {
  const auto now = mounted();
  return kernel.main.view.root == first_root_ && kernel.tree.top(first_root_) == first_root_ &&
         std::all_of(first_mounts_.begin(), first_mounts_.end(), [&](const auto& mount) {
           return std::find(now.begin(), now.end(), mount) != now.end();
         });
}

// root=/dev/ram0 of an initramfs: real_root= is then for the image's own linuxrc.
bool World::root_is_loaded() const {
  return role_of(facts_) == Role::initramfs_init && root_is_image(facts_);
}

FileSystem* World::expected_root() const {
  if (kernel.overlay != nullptr) return kernel.overlay;
  if (facts_.ramroot.archive && outcome.end == End::init) {
    // Invariants of its own tell whether it is the right one.
    FileSystem* const root = outcome.view.root.mount->fs;
    if (root->type == "tmpfs" && in_place == nullptr) return root;
  }
  if (wants_ramroot(facts_)) return in_place != nullptr ? in_place : image;
  if (facts_.linuxrc == LinuxrcOutcome::stay || real == nullptr || root_is_loaded()) return image;
  return asked != nullptr ? asked : real;
}

bool World::said(std::string_view text) const {
  return std::any_of(sys.console.begin(), sys.console.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

}  // namespace linuxrc::fake
