// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/hash.h"
#include "base/random_source.h"

namespace aozora {
namespace {

TEST(Base64, IsThatOfRfc4648) {  // its test vectors, section 10
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Base64Decode(text), bytes);
  }
}

TEST(Base64, HasOneFormOnly) {
  for (const char* bad :
       {"Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zm9v!A==", "Zg==Zg==", "=Zg="}) {
    EXPECT_EQ(Base64Decode(bad), std::nullopt) << bad;
  }
}

TEST(Base64, KeepsAllBytes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(Base64Decode(Base64Encode(bytes)), bytes);
}

TEST(Hmac, IsThatOfRfc4231) {  // test case 2
  EXPECT_EQ(HexEncode(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(RandomSource, RepeatsItselfForASeedOnly) {
  SeededRandom a(7), b(7), c(8);
  const uint64_t first = a.Next();
  EXPECT_EQ(first, b.Next());
  EXPECT_NE(first, c.Next());
  EXPECT_NE(SystemRandom().Next(), SystemRandom().Next());
}

TEST(RandomSource, StaysBelowAndReachesAll) {
  SeededRandom random(1);
  std::vector<int> counts(5);
  for (int i = 0; i < 1000; ++i) ++counts[random.Below(5)];
  // 200 expected, standard deviation 12.6: six of them.
  for (const int count : counts) EXPECT_NEAR(count, 200, 76);
  for (int i = 0; i < 100; ++i) EXPECT_LE(std::abs(random.Between(-2, 2)), 2);
}

}  // namespace
}  // namespace aozora
