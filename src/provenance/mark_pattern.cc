// SPDX-License-Identifier: Apache-2.0
#include "provenance/mark_pattern.h"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/hash.h"

namespace aozora {
namespace {

constexpr int kSyncChips = kTileChips / 3;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// `count` words that nobody can tell from chance without the key.
std::vector<uint32_t> KeyedWords(const MarkKey& key, uint32_t mark_class, size_t count) {
  const std::string cipher_key =
      HmacSha256(std::string_view(reinterpret_cast<const char*>(key.data()), key.size()),
                 fmt::format("aozora invisible mark 1, class {}", mark_class));
  const std::array<unsigned char, 16> nonce = {};
  std::vector<uint32_t> words(count);
  auto* const bytes = reinterpret_cast<unsigned char*>(words.data());
  const int byte_count = static_cast<int>(count * sizeof(uint32_t));
  int done = 0;
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
  CHECK(context != nullptr);
  CHECK_EQ(
      EVP_EncryptInit_ex(context.get(), EVP_chacha20(), nullptr,
                         reinterpret_cast<const unsigned char*>(cipher_key.data()), nonce.data()),
      1);
  CHECK_EQ(EVP_EncryptUpdate(context.get(), bytes, &done, bytes, byte_count), 1);
  CHECK_EQ(done, byte_count);
  return words;
}

}  // namespace

MarkPattern MakeMarkPattern(const MarkKey& key, uint32_t mark_class) {
  const std::vector<uint32_t> words = KeyedWords(key, mark_class, kTileChips);
  std::array<int16_t, kTileChips> order;
  for (int i = 0; i < kTileChips; ++i) order[static_cast<size_t>(i)] = static_cast<int16_t>(i);
  MarkPattern pattern;
  for (size_t i = 0; i < kTileChips; ++i) {
    pattern.sign[i] = (words[i] & 1) != 0 ? int8_t{1} : int8_t{-1};
    // Fisher and Yates' shuffle; 31 bits for at most 4096 places leave no bias that matters.
    const uint64_t rest = kTileChips - i;
    std::swap(order[i], order[i + static_cast<size_t>((words[i] >> 1) * rest >> 31)]);
  }
  for (size_t i = 0; i < kTileChips; ++i) {
    const size_t chip = static_cast<size_t>(order[i]);
    pattern.role[chip] = i < kSyncChips ? MarkPattern::kSync
                                        : static_cast<int16_t>((i - kSyncChips) % kMarkCodedBits);
  }
  return pattern;
}

std::array<int8_t, kTileChips> MarkChips(const MarkPattern& pattern, const MarkCodeword& word) {
  std::array<int8_t, kTileChips> chips = pattern.sign;
  for (size_t i = 0; i < chips.size(); ++i) {
    if (pattern.role[i] == MarkPattern::kSync) continue;
    chips[i] = static_cast<int8_t>(chips[i] * word[static_cast<size_t>(pattern.role[i])]);
  }
  return chips;
}

}  // namespace aozora
