// SPDX-License-Identifier: Apache-2.0
#include "base/sign_key.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/encoding.h"
#include "base/file.h"

namespace aozora {
namespace {

// RFC 8032, 7.1, test 2.
TEST(SignKey, SignsAsTheStandardDoes) {
  const SignKey key =
      SignKey::FromSeed(
          *HexDecode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
          .value();
  EXPECT_EQ(HexEncode(key.public_key()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const std::string signature = key.Sign("r");
  EXPECT_EQ(HexEncode(signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(VerifySignature(key.public_key(), "r", signature));
  EXPECT_FALSE(VerifySignature(key.public_key(), "s", signature));
  EXPECT_FALSE(VerifySignature(key.public_key(), "r", signature.substr(1)));
}

TEST(SignKey, IsMadeOnceAndKeptFromOthers) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "sign_key_test";
  std::filesystem::remove(path);
  const SignKey made = SignKey::Open(path).value();
  EXPECT_EQ(SignKey::Open(path)->public_key(), made.public_key());
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_FALSE(CreateSecretFile(path, "another").value());
  EXPECT_EQ(SignKey::Open(path)->public_key(), made.public_key());
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace aozora
