// SPDX-License-Identifier: Apache-2.0
// Passwords as they are kept: argon2id by libsodium, in its text form, which holds salt and costs.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aozora {

// OWASP's cheat sheet asks for at least 19 MiB at t = 2; 64 MiB is libsodium's "interactive". Only
// tests take less.
struct PasswordCost {
  size_t memory_bytes = size_t{64} << 20;
  uint64_t passes = 2;
  // Hashes at a time, and who may wait for their turn: what guessing can take of the memory.
  size_t parallel_max = 2;
  size_t waiting_max = 8;
};

inline constexpr size_t kPasswordBytesMin = 10;
inline constexpr size_t kPasswordBytesMax = 1'000;

// Any thread.
class PasswordHasher {
 public:
  explicit PasswordHasher(PasswordCost cost = {});

  // kInvalid: too short or too long. kExhausted: too many are at it; later.
  Result<std::string> Hash(std::string_view password);
  // An empty hash takes as long as any and fits nothing: who measures does not learn whether a name
  // exists. kExhausted as above.
  Result<bool> Verify(const std::string& hash, std::string_view password);

  size_t most_at_a_time() const;  // seen so far

 private:
  class Turn;
  Status Enter();
  void Leave();

  const PasswordCost cost_;
  mutable std::mutex mutex_;
  std::condition_variable free_;
  size_t running_ = 0, waiting_ = 0, most_ = 0;  // guarded by mutex_
  std::string nobody_;                           // a hash of nothing anybody knows
};

}  // namespace aozora
