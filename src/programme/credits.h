// SPDX-License-Identifier: Apache-2.0
// The ledger of who did what for the programme. Rows are added by the work itself, with the amount
// that is set for its kind, or by an admin; none is changed.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/sign_key.h"
#include "programme/act.h"
#include "store/people_records.h"
#include "store/programme_records.h"

namespace aozora {

inline constexpr size_t kCreditKindCount = EnumNames<CreditKind>::kNames.size();
using CreditAmounts = std::array<int64_t, kCreditKindCount>;  // by kind
inline constexpr CreditAmounts kCreditAmounts = {1, 10, 2, 5};
inline constexpr int64_t kCreditAmountMax = 1'000'000'000;

struct CreditAccount {
  std::vector<CreditRecord> entries;  // oldest first
  CreditAmounts totals{};
  int64_t total = 0;
};

// What a person may show to others. The signature is Ed25519 (RFC 8032) over the bytes of
// `document`, which is JSON with sorted keys and no spaces.
struct SignedCredits {
  std::string document;
  std::string signature;   // 64 bytes
  std::string public_key;  // 32 bytes
};

// Any thread.
class Credits {
 public:
  explicit Credits(Ground ground) : ground_(ground) {}

  Result<CreditAccount> AccountOf(const std::string& person_id);
  // kNotFound: no such person. kInvalid: an amount of 0 or out of bounds, a note that is too long.
  Result<CreditRecord> Add(const std::string& person_id, CreditKind kind, int64_t amount,
                           const std::string& note, const Actor& admin);
  Result<CreditAmounts> Amounts();
  Status SetAmount(CreditKind kind, int64_t amount, const Actor& admin);
  Result<SignedCredits> Export(const std::string& person_id, const SignKey& key);

 private:
  Ground ground_;
};

bool IsSignedBy(const SignedCredits& credits);

// Part of a transaction of others: once for each subject, and not at all where the amount is 0.
Status CreditAs(Transaction& transaction, CreditKind kind, const std::string& person_id,
                const std::string& subject, int64_t now_ms);

}  // namespace aozora
