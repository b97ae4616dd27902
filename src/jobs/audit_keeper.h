// SPDX-License-Identifier: Apache-2.0
// Signs the audit log as it grows and keeps a copy of what it signed in a second place.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/sign_key.h"
#include "store/audit_checkpoint.h"
#include "store/store.h"

namespace aozora {

// One thread at a time.
class AuditKeeper {
 public:
  // `copy` is a file that lines are appended to: best on another disk or machine, where who can
  // change the store cannot change it. The others are borrowed and outlive it.
  AuditKeeper(Store& store, const Clock& clock, SignKey key, std::filesystem::path copy,
              CheckpointLimits limits = {})
      : store_(store),
        clock_(clock),
        key_(std::move(key)),
        copy_(std::move(copy)),
        limits_(limits) {}

  // Signs what is to be signed and brings the copy up to date; whether there is more to do. A copy
  // that cannot be written to is an error of this call alone: the next one catches up.
  Result<bool> Step();

 private:
  Status UpdateCopy();

  Store& store_;
  const Clock& clock_;
  const SignKey key_;
  const std::filesystem::path copy_;
  const CheckpointLimits limits_;
  // The copy as this object left it, so that a long one is not read anew each time.
  std::optional<uint64_t> copy_bytes_;  // none: not read yet
  int64_t copied_seq_ = 0;              // first_seq of its last checkpoint
};

// The checkpoints of a copy. A last line without its end is one that a crash cut off, and is left
// out; any other line that is none is kCorrupt and named. No file: none.
Result<std::vector<AuditCheckpointRecord>> ReadAuditCopy(const std::filesystem::path& copy);

// The whole log against its checkpoints and their copy; as VerifyAuditLog.
struct AuditVerification {
  AuditReport report;
  size_t copied_count = 0;  // checkpoints in the copy
};
Result<AuditVerification> VerifyAudit(Store& store, std::string_view public_key,
                                      const std::filesystem::path& copy);

}  // namespace aozora
