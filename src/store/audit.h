// SPDX-License-Identifier: Apache-2.0
// The chain of the audit table: h_i = SHA-256(0x00 || canonical row || h_{i-1}), h_0 = "" before
// the first. A row is its seq, at_ms, actor, action, subject and detail, each as its length in
// decimal, a colon and its bytes, so that no two rows have the same form.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/people_records.h"
#include "store/store.h"

namespace aozora {

// Fills in seq and hash and appends.
Status AppendAudit(Transaction& transaction, AuditRecord record);

struct AuditHead {
  int64_t row_count = 0;
  int64_t seq = 0;
  std::string hash;  // of the newest row; empty without one
};

std::string AuditHash(const AuditRecord& record, const std::string& previous_hash);

}  // namespace aozora
