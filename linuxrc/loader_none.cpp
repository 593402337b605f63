// The loader of a build that has none: roles that need no loading do not miss it.
#include "linuxrc/loader.hpp"

namespace linuxrc {
namespace {

class NoLoader final : public ImageLoader {
 public:
  std::uint64_t size_kib(const char*, std::uint64_t) override { return 0; }
  common::Status load(const char* path, std::uint64_t, const char*) override {
    return common::Error::of(common::Failure::not_usable, "load %s: built without the loader",
                             path);
  }
};

}  // namespace

ImageLoader& built_in_loader(Log&, Watchdog&) {
  static NoLoader loader;
  return loader;
}

}  // namespace linuxrc
