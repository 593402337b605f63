// SHA-256 by libcrypto, as the core's Digest.
#pragma once

#include <memory>

#include "rdload/load.hpp"

namespace rdload {

class Sha256 final : public Digest {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256() override;

  void update(std::span<const std::byte> bytes) override;
  std::size_t finish(std::byte* sum) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rdload
