// The machine that a golden plan's facts describe, so that every tests/plans/*.facts can be booted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "linuxrc/facts.hpp"
#include "linuxrc/ramroot.hpp"
#include "tests/linuxrc/fake_archive.hpp"

namespace linuxrc::fake {

// Puts the image's file system onto /dev/ram0, or fails as it is told to.
class FakeLoader final : public ImageLoader {
 public:
  FakeLoader(FakeSys& sys, FileSystem& image, std::uint64_t kib)
      : sys_(sys), image_(image), kib_(kib) {}
  std::uint64_t size_kib(const char*, std::uint64_t) override { return kib_; }
  common::Status load(const char* path, std::uint64_t start_kib, const char* target) override;
  DecodedFiles* files() override { return &files_; }
  // What there is are archives, and no images.
  void holds_archives(bool holds) { holds_archives_ = holds; }

 private:
  FakeSys& sys_;
  FileSystem& image_;
  std::uint64_t kib_;
  bool holds_archives_ = false;
  FakeFiles files_{sys_};
};

// One boot's surroundings. Tests change them before run().
class World {
  Coroutine& coroutine_;  // before what refers to it
  const Facts& facts_;

 public:
  // As the facts say, from the kernel's start of linuxrc on: what they say of the copy in memory is
  // reached by way of it.
  World(const Facts& facts, Coroutine& coroutine);

  Kernel kernel;
  FileSystem* image = nullptr;     // of the initrd
  FileSystem* real = nullptr;      // that root= or real_root= names, or nullptr
  FileSystem* asked = nullptr;     // that /linuxrc asks for through real-root-dev
  std::vector<FileSystem*> chain;  // the roots of real_root=A,B; `real` is the one to boot
  FileSystem* running = nullptr;   // the overlay in memory that runs, where one is carried over
  FileSystem* memory = nullptr;    // its upper's
  Node* count_file = nullptr;      // the boot counter of linuxrc.env=
  std::vector<std::string> argv;
  std::vector<std::string> envp{"HOME=/", "TERM=linux", "answer=42"};
  FakeSys sys{kernel, coroutine_};
  Outcome outcome;

  void run();
  [[nodiscard]] FileSystem* expected_root() const;
  [[nodiscard]] bool said(std::string_view text) const;
  // What was mounted at the start is where it was, nothing else is mounted, and / is what it was.
  [[nodiscard]] bool is_as_before() const;
  // The same, but for what else is mounted.
  [[nodiscard]] bool is_in_place() const;
  // PID 1 has another root than at the start.
  [[nodiscard]] bool is_on_new_root(const Traced& call) const {
    return call.root != first_root_.mount->fs;
  }
  [[nodiscard]] const Facts& facts() const { return facts_; }
  bool refuses = false;            // even where nothing fails there is no image that may be used
  bool archive_is_tar = false;     // of facts with an archive; else cpio
  FileSystem* in_place = nullptr;  // the root where no image of linuxrc.ramroot= can be loaded

 private:
  [[nodiscard]] bool root_is_loaded() const;
  [[nodiscard]] dev_t ram_disk_device() const;
  [[nodiscard]] std::vector<std::pair<const Mount*, std::string>> mounted() const;
  void add_image();
  FileSystem* add_disk(dev_t device, const std::string& name);
  void add_real_root();
  void add_chain();  // world_chain.cpp
  void add_count_file(const ChainOptions& options);
  void add_ramroot();  // world_ramroot.cpp
  FileSystem* add_source(const ImagePlace& where, unsigned at);
  void add_upper();
  void add_network();                               // world_network.cpp
  Mount& add_running_overlay(const Place& bottom);  // world_carry.cpp
  void add_initramfs();
  void start_processes();
  void choose_linuxrc();
  void add_modules(FileSystem& fs);

  Place first_root_;
  std::vector<std::pair<const Mount*, std::string>> first_mounts_;
};

// Reads tests/plans/NAME.facts.
std::string golden_text(const std::string& name);
std::unique_ptr<Facts> read_golden(const std::string& name);
// The names of all of them, sorted.
std::vector<std::string> golden_names();
// Facts from "name=value" lines.
std::unique_ptr<Facts> facts_of(std::string_view text);

}  // namespace linuxrc::fake
