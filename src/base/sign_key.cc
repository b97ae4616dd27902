// SPDX-License-Identifier: Apache-2.0
#include "base/sign_key.h"

#include <openssl/evp.h>

#include "base/file.h"
#include "base/random_source.h"

namespace aozora {
namespace {

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

}  // namespace

Result<SignKey> SignKey::FromSeed(std::string_view seed) {
  if (seed.size() != kSeedBytes) {
    return Error::Invalid("the seed of a signing key has {} bytes, not {}", kSeedBytes,
                          seed.size());
  }
  std::shared_ptr<EVP_PKEY> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, BytesOf(seed), seed.size()),
      EVP_PKEY_free);
  CHECK(key != nullptr);
  std::string public_key(kPublicBytes, '\0');
  size_t bytes = public_key.size();
  CHECK_EQ(EVP_PKEY_get_raw_public_key(key.get(),
                                       reinterpret_cast<unsigned char*>(public_key.data()), &bytes),
           1);
  return SignKey(std::move(key), std::move(public_key));
}

Result<SignKey> SignKey::Open(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) {
    std::string seed(kSeedBytes, '\0');
    SystemRandom().Fill(std::as_writable_bytes(std::span(seed)));
    TRY(CreateSecretFile(path, seed));
  }
  const std::string seed = TRY(ReadFile(path, kSeedBytes));
  return TRY_WITHIN(path.string(), FromSeed(seed));
}

std::string SignKey::Sign(std::string_view message) const {
  const DigestPtr context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  CHECK(context != nullptr);
  CHECK_EQ(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                              static_cast<EVP_PKEY*>(key_.get())),
           1);
  std::string signature(kSignatureBytes, '\0');
  size_t bytes = signature.size();
  CHECK_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &bytes,
                          BytesOf(message), message.size()),
           1);
  return signature;
}

bool VerifySignature(std::string_view public_key, std::string_view message,
                     std::string_view signature) {
  if (public_key.size() != SignKey::kPublicBytes || signature.size() != SignKey::kSignatureBytes) {
    return false;
  }
  const KeyPtr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, BytesOf(public_key),
                                               public_key.size()),
                   EVP_PKEY_free);
  const DigestPtr context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (key == nullptr || context == nullptr) return false;
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
  return EVP_DigestVerify(context.get(), BytesOf(signature), signature.size(), BytesOf(message),
                          message.size()) == 1;
}

}  // namespace aozora
