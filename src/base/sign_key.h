// SPDX-License-Identifier: Apache-2.0
// Ed25519 (RFC 8032) by OpenSSL: what this installation vouches for.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aozora {

// Immutable; any thread.
class SignKey {
 public:
  static constexpr size_t kSeedBytes = 32;
  static constexpr size_t kPublicBytes = 32;
  static constexpr size_t kSignatureBytes = 64;

  // kInvalid unless the seed has kSeedBytes. Who has it can sign.
  static Result<SignKey> FromSeed(std::string_view seed);
  // The seed in a file that only its owner may read; made from the system's randomness if there is
  // none.
  static Result<SignKey> Open(const std::filesystem::path& path);

  std::string Sign(std::string_view message) const;
  const std::string& public_key() const { return public_key_; }

 private:
  SignKey(std::shared_ptr<void> key, std::string public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}

  std::shared_ptr<void> key_;  // EVP_PKEY
  std::string public_key_;
};

// False also for a key or signature of the wrong length.
bool VerifySignature(std::string_view public_key, std::string_view message,
                     std::string_view signature);

}  // namespace aozora
