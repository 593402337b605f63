// One boot against the fake kernel, run to its end, in one expression.
#pragma once

#include <functional>

#include "tests/linuxrc/world.hpp"

namespace linuxrc::fake {

class Boot {
 public:
  using Change = std::function<void(World&)>;

  explicit Boot(std::unique_ptr<Facts> facts, const Change& change = {})
      : facts_(std::move(facts)), world_(std::make_unique<World>(*facts_, stack())) {
    if (change) change(*world_);
    world_->run();
  }
  explicit Boot(std::string_view text, const Change& change = {}) : Boot(facts_of(text), change) {}

  World* operator->() const { return world_.get(); }
  const World& operator*() const { return *world_; }
  // What init would find mounted on `path`, or nullptr.
  [[nodiscard]] const FileSystem* mounted_at(std::string_view path) const {
    Place place;
    const View& view = world_->outcome.view;
    if (world_->kernel.tree.walk(view, path, true, place) < 0) return nullptr;
    return place.node == place.mount->root && place.mount != view.root.mount ? place.mount->fs
                                                                             : nullptr;
  }

 private:
  // One at a time is in use: worlds that have ended keep nothing on it.
  static Coroutine& stack() {
    static Coroutine coroutine;
    return coroutine;
  }

  std::unique_ptr<Facts> facts_;
  std::unique_ptr<World> world_;
};

}  // namespace linuxrc::fake
