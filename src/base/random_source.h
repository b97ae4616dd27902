// SPDX-License-Identifier: Apache-2.0
// Bytes nobody can guess, for identifiers and secrets. (Noise for pictures is base/rng.h.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

namespace aozora {

// Any thread.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void Fill(std::span<std::byte> out) = 0;
  uint64_t Next();                        // 64 random bits
  uint64_t Below(uint64_t bound);         // uniform in [0, bound), bound >= 1
  int64_t Between(int64_t a, int64_t b);  // uniform in [a, b]
};

RandomSource& SystemRandom();  // the operating system's; lives as long as the process

// The same bytes for the same seed: for tests and simulations, never for secrets.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::byte> out) override;

 private:
  std::mutex mutex_;
  uint64_t state_;
};

}  // namespace aozora
