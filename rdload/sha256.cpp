#include "rdload/sha256.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace rdload {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  State() { begin(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
  void begin() const {
    if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1)
      throw std::runtime_error("libcrypto: no SHA-256");
  }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  // Fails only where the context is not one.
  static_cast<void>(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
}

std::size_t Sha256::finish(std::byte* sum) {
  unsigned size = 0;
  static_cast<void>(EVP_DigestFinal_ex(
      state_->context, static_cast<unsigned char*>(static_cast<void*>(sum)), &size));
  state_->begin();
  return size;
}

}  // namespace rdload
