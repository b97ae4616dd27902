// SPDX-License-Identifier: Apache-2.0
#include "base/random_source.h"

#include <openssl/rand.h>

#include <cstring>

#include "base/check.h"

namespace aozora {
namespace {

class OpenSslRandom final : public RandomSource {
 public:
  void Fill(std::span<std::byte> out) override {
    // Without entropy there is no safe way on.
    CHECK_EQ(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())),
             1);
  }
};

}  // namespace

RandomSource& SystemRandom() {
  static OpenSslRandom random;
  return random;
}

uint64_t RandomSource::Next() {
  std::byte bytes[sizeof(uint64_t)];
  Fill(bytes);
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

uint64_t RandomSource::Below(uint64_t bound) {
  CHECK_LE(uint64_t{1}, bound);
  // Words of the incomplete last round of `bound` would favour small results.
  const uint64_t rest = (UINT64_MAX % bound + 1) % bound;
  uint64_t word = Next();
  while (word > UINT64_MAX - rest) word = Next();
  return word % bound;
}

int64_t RandomSource::Between(int64_t a, int64_t b) {
  CHECK_LE(a, b);
  return a + static_cast<int64_t>(Below(static_cast<uint64_t>(b - a) + 1));
}

void SeededRandom::Fill(std::span<std::byte> out) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (size_t i = 0; i < out.size();) {
    // SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
    state_ += 0x9e3779b97f4a7c15;
    uint64_t word = state_;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    word ^= word >> 31;
    for (size_t k = 0; k < sizeof(word) && i < out.size(); ++k, ++i) {
      out[i] = static_cast<std::byte>(word >> (8 * k));
    }
  }
}

}  // namespace aozora
