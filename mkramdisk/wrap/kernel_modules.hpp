// The modules of an installed kernel, by way of libkmod.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/error.hpp"

struct kmod_ctx;
struct kmod_module;

namespace mkramdisk::wrap {

enum class Has { nothing, built_in, module };

// One module to load, after those before it in a list.
struct ModuleFile {
  std::string name;        // as the kernel calls it: "virtio_blk"
  std::string path;        // where it lies, perhaps compressed: ".../virtio_blk.ko.xz"
  std::string parameters;  // "rd_size=8192"
};

class KernelModules {
 public:
  // `where` is a version below /lib/modules, or a folder: one that depmod(8) has made its files in,
  // or one that has exactly one such as lib/modules/VERSION. The settings of this machine's
  // modprobe.d do not count. Errors: not_usable, system.
  static common::Result<KernelModules> open(const std::string& where);

  [[nodiscard]] const std::string& folder() const { return folder_; }
  // The folder's last part, as uname -r says it.
  [[nodiscard]] std::string release() const;

  [[nodiscard]] Has has(const std::string& name) const;
  // Appends the module and, before it, those that it needs, each once in `list`. One that is built
  // in adds nothing. Errors: not_usable when there is none of that name.
  [[nodiscard]] common::Status add(const std::string& name, std::vector<ModuleFile>& list) const;

 private:
  struct Free {
    void operator()(kmod_ctx* context) const;
  };
  void add_one(kmod_module* module, std::set<std::string>& seen,
               std::vector<ModuleFile>& list) const;

  std::unique_ptr<kmod_ctx, Free> context_;
  std::string folder_;
};

// The module itself, unpacked: kernels differ in which compressions they load. Errors: the file's,
// not_usable, corrupt.
common::Result<std::vector<std::byte>> read_module(const std::string& path);

}  // namespace mkramdisk::wrap
