// SPDX-License-Identifier: Apache-2.0
#include "programme/passwords.h"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace aozora {
namespace {

Result<std::string> Argon2id(const PasswordCost& cost, std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost.passes,
                            cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error::Exhausted("there is no memory to hash a password with");
  }
  return std::string(text.data());
}

}  // namespace

class PasswordHasher::Turn {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher) {}
  ~Turn() { hasher_.Leave(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  PasswordHasher& hasher_;
};

PasswordHasher::PasswordHasher(PasswordCost cost) : cost_(cost) {
  CHECK(sodium_init() >= 0);
  std::array<char, 32> secret;
  randombytes_buf(secret.data(), secret.size());
  const Result<std::string> hash = Argon2id(cost_, {secret.data(), secret.size()});
  if (hash.ok()) nobody_ = *hash;
}

Status PasswordHasher::Enter() {
  std::unique_lock lock(mutex_);
  if (running_ >= cost_.parallel_max) {
    if (waiting_ >= cost_.waiting_max) {
      return Error::Exhausted("too many passwords are being checked at this moment");
    }
    ++waiting_;
    free_.wait(lock, [&] { return running_ < cost_.parallel_max; });
    --waiting_;
  }
  ++running_;
  most_ = std::max(most_, running_);
  return Ok();
}

void PasswordHasher::Leave() {
  {
    const std::lock_guard lock(mutex_);
    --running_;
  }
  free_.notify_one();
}

size_t PasswordHasher::most_at_a_time() const {
  const std::lock_guard lock(mutex_);
  return most_;
}

Result<std::string> PasswordHasher::Hash(std::string_view password) {
  if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax) {
    return Error::Invalid("a password has {} to {} bytes", kPasswordBytesMin, kPasswordBytesMax);
  }
  TRY(Enter());
  const Turn turn(*this);
  return Argon2id(cost_, password);
}

Result<bool> PasswordHasher::Verify(const std::string& hash, std::string_view password) {
  if (password.size() > kPasswordBytesMax) return false;
  TRY(Enter());
  const Turn turn(*this);
  const std::string& against = hash.empty() ? nobody_ : hash;
  const bool fits =
      crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return fits && !hash.empty();
}

}  // namespace aozora
