// A machine whose / is one file system, for what is tried without a boot around it.
#pragma once

#include <memory>
#include <string_view>

#include "linuxrc/execute.hpp"
#include "tests/linuxrc/fake_sys.hpp"

namespace linuxrc::fake {

class OneRoot {
 public:
  OneRoot() {
    Mount* const mount = &kernel.tree.mount_bottom(*kernel.rootfs);
    kernel.main.pid = 1;
    kernel.main.view = {{mount, mount->root}, {mount, mount->root}};
  }
  void put(const char* path, mode_t mode, std::string_view text) {
    kernel.tree.put(*kernel.rootfs, path, mode, text);
  }

 private:
  class NoLoader final : public ImageLoader {
   public:
    std::uint64_t size_kib(const char*, std::uint64_t) override { return 0; }
    common::Status load(const char*, std::uint64_t, const char*) override { return common::Done{}; }
  };

  static Coroutine& stack() {
    static Coroutine unused;
    return unused;
  }

  std::unique_ptr<Facts> facts_ = std::make_unique<Facts>();

 public:
  Kernel kernel;
  FakeSys sys{kernel, stack()};
  Facts& facts = *facts_;
  NoLoader loader;
  Log log{sys};
  Watchdog watchdog{sys};
  Machine machine{sys, log, watchdog, loader, facts, nullptr, nullptr};
};

}  // namespace linuxrc::fake
