#include "mkramdisk/wrap/kernel_modules.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

extern "C" {
#include <libkmod.h>  // has no guard for C++ in some versions
}

#include "rdload/decoded_stream.hpp"
#include "rdload/decoders/all.hpp"
#include "rdload/opening.hpp"

namespace mkramdisk::wrap {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

struct FreeList {
  void operator()(kmod_list* list) const { kmod_module_unref_list(list); }
};
using List = std::unique_ptr<kmod_list, FreeList>;

struct FreeModule {
  void operator()(kmod_module* module) const { kmod_module_unref(module); }
};
using Module = std::unique_ptr<kmod_module, FreeModule>;

List look_up(kmod_ctx* context, const std::string& name) {
  kmod_list* found = nullptr;
  if (kmod_module_new_from_lookup(context, name.c_str(), &found) < 0) return nullptr;
  return List(found);
}

// True only of what the kernel's own list says; the running kernel's /sys/module, where libkmod
// looks next, answers otherwise.
bool is_built_in(const kmod_module* module) {
  return kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN;
}

bool is_module_folder(const std::string& path) {
  return ::access((path + "/modules.dep.bin").c_str(), R_OK) == 0;
}

Result<std::string> find_folder(const std::string& where) {
  struct stat facts {};
  const bool folder = ::stat(where.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
  if (where.find('/') == std::string::npos && !folder) {
    std::string path = "/lib/modules/" + where;
    if (is_module_folder(path)) return path;
    return Error::of(Failure::not_usable, "--modules %s: there is no kernel %s", where.c_str(),
                     path.c_str());
  }
  if (!folder) return Error::of(Failure::not_usable, "--modules %s: no such folder", where.c_str());
  if (is_module_folder(where)) return where;
  std::vector<std::string> kernels;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(where + "/lib/modules", none))
    if (is_module_folder(entry.path().string())) kernels.push_back(entry.path().string());
  if (kernels.size() == 1) return kernels.front();
  return Error::of(Failure::not_usable, "--modules %s: %s", where.c_str(),
                   kernels.empty() ? "holds no modules.dep.bin: run depmod first"
                                   : "holds several kernels: name lib/modules/VERSION in it");
}

}  // namespace

void KernelModules::Free::operator()(kmod_ctx* context) const {
  kmod_unref(context);
}

Result<KernelModules> KernelModules::open(const std::string& where) {
  auto folder = find_folder(where);
  if (!folder) return folder.error();
  KernelModules modules;
  modules.folder_ = std::filesystem::path(*folder).lexically_normal().string();
  if (modules.folder_.size() > 1 && modules.folder_.back() == '/') modules.folder_.pop_back();
  static constexpr std::array<const char*, 1> no_settings = {nullptr};
  modules.context_.reset(kmod_new(modules.folder_.c_str(), no_settings.data()));
  if (modules.context_ == nullptr)
    return Error::of(Failure::system, "libkmod cannot read %s", modules.folder_.c_str());
  kmod_set_log_priority(modules.context_.get(), 0);  // what fails is said here
  if (kmod_load_resources(modules.context_.get()) < 0)
    return Error::of(Failure::not_usable, "%s: libkmod cannot read its lists",
                     modules.folder_.c_str());
  return modules;
}

std::string KernelModules::release() const {
  return folder_.substr(folder_.rfind('/') + 1);
}

Has KernelModules::has(const std::string& name) const {
  const List found = look_up(context_.get(), name);
  kmod_list* entry = nullptr;
  bool any = false;
  kmod_list_foreach(entry, found.get()) {
    const Module module(kmod_module_get_module(entry));
    if (is_built_in(module.get())) return Has::built_in;
    any = any || kmod_module_get_path(module.get()) != nullptr;
  }
  return any ? Has::module : Has::nothing;
}

void KernelModules::add_one(kmod_module* module, std::set<std::string>& seen,
                            std::vector<ModuleFile>& list) const {
  const std::string name = kmod_module_get_name(module);
  if (is_built_in(module) || !seen.insert(name).second) return;
  const auto add_all = [&](kmod_list* wanted) {
    const List owned(wanted);
    kmod_list* entry = nullptr;
    kmod_list_foreach(entry, owned.get()) {
      const Module other(kmod_module_get_module(entry));
      add_one(other.get(), seen, list);
    }
  };
  kmod_list* before = nullptr;
  kmod_list* after = nullptr;
  if (kmod_module_get_softdeps(module, &before, &after) < 0) before = after = nullptr;
  add_all(before);
  add_all(kmod_module_get_dependencies(module));
  if (const char* const path = kmod_module_get_path(module); path != nullptr)
    list.push_back({name, path, ""});
  add_all(after);
}

Status KernelModules::add(const std::string& name, std::vector<ModuleFile>& list) const {
  if (has(name) == Has::nothing)
    return Error::of(Failure::not_usable, "%s: no module %s", folder_.c_str(), name.c_str());
  std::set<std::string> seen;
  for (const ModuleFile& file : list) seen.insert(file.name);
  const List found = look_up(context_.get(), name);
  kmod_list* entry = nullptr;
  kmod_list_foreach(entry, found.get()) {
    const Module module(kmod_module_get_module(entry));
    add_one(module.get(), seen, list);
  }
  return Done{};
}

Result<std::vector<std::byte>> read_module(const std::string& path) {
  auto source = rdload::Source::open(path.c_str(), {});
  if (!source) return source.error();
  const auto opened = rdload::open_image(*source, rdload::Rows::all);
  if (!opened) return opened.error();
  std::vector<std::byte> data;
  std::vector<std::byte> piece(1 << 20);
  const auto read_all = [&](auto& from) -> Status {
    for (;;) {
      const auto got = from.read(piece);
      if (!got) return got.error();
      data.insert(data.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(*got));
      if (*got < piece.size()) return Done{};
    }
  };
  if (!opened->image.is(rdload::Kind::compressed)) {
    if (auto status = read_all(*source); !status) return status.error();
  } else {
    auto stream =
        rdload::DecodedStream::open(*source, opened->image.format, rdload::all_decoders(), {});
    if (!stream) return stream.error();
    if (auto status = read_all(*stream); !status) return status.error();
  }
  constexpr std::array elf = {std::byte{0x7f}, std::byte{'E'}, std::byte{'L'}, std::byte{'F'}};
  if (data.size() < elf.size() || !std::equal(elf.begin(), elf.end(), data.begin()))
    return Error::of(Failure::not_usable, "%s: no kernel module", path.c_str());
  return data;
}

}  // namespace mkramdisk::wrap
