// SPDX-License-Identifier: Apache-2.0
// The audit log read against everything that was ever said about it.
#include "base/encoding.h"
#include "base/hash.h"
#include "store/audit.h"
#include "store/audit_checkpoint.h"

namespace aozora {
namespace {

constexpr int64_t kBatchRows = 1'000;

Result<std::vector<AuditRecord>> RowsAfter(Transaction& transaction, int64_t seq) {
  return transaction.Select(Query<AuditRecord>()
                                .Greater(&AuditRecord::seq, seq)
                                .Ascending(&AuditRecord::seq)
                                .Limit(kBatchRows));
}

// What must have happened for the chain to break at `row`.
Error BrokenAt(const AuditRecord& row, const std::optional<AuditRecord>& next,
               const AuditHead& before) {
  if (next && next->hash == AuditHash(*next, row.hash)) {
    // The next row still follows this one's hash: it is this row's words, or what stood before it.
    if (row.seq != before.seq + 1) {
      return Error::Corrupt("audit rows between {} and {} were deleted", before.seq, row.seq);
    }
    return Error::Corrupt("audit row {} was changed", row.seq);
  }
  if (row.seq != before.seq + 1) {
    return Error::Corrupt("audit rows between {} and {} were deleted", before.seq, row.seq);
  }
  return Error::Corrupt("audit row {} was changed, or stands in another's place", row.seq);
}

// Walks the rows once; every checkpoint is held against the rows that it covers.
class Walk {
 public:
  Walk(Transaction& transaction, std::string_view public_key)
      : transaction_(transaction), public_key_(public_key) {}

  Status ReadCheckpoints() {
    checkpoints_ = TRY(transaction_.Select(
        Query<AuditCheckpointRecord>().Ascending(&AuditCheckpointRecord::first_seq)));
    for (size_t i = 0; i < checkpoints_.size(); ++i) {
      TRY(CheckSigned(checkpoints_[i]));
      const std::string before = i == 0 ? "" : CheckpointHash(checkpoints_[i - 1]);
      if (checkpoints_[i].previous_hash != before) {
        return Error::Corrupt(
            "the checkpoint over audit rows {} to {} does not follow the one "
            "before it: one was deleted or replaced",
            checkpoints_[i].first_seq, checkpoints_[i].last_seq);
      }
    }
    return Ok();
  }

  // A copy may lack the newest; what it has, the store must have too.
  Status CompareCopy(std::span<const AuditCheckpointRecord> copy) {
    for (size_t i = 0; i < copy.size(); ++i) {
      TRY(CheckSigned(copy[i]));
      if (i >= checkpoints_.size()) {
        return Error::Corrupt(
            "the log was cut off: the copy has a checkpoint over audit rows {} to "
            "{} that the store has no more",
            copy[i].first_seq, copy[i].last_seq);
      }
      if (CheckpointHash(copy[i]) != CheckpointHash(checkpoints_[i])) {
        return Error::Corrupt(
            "the log was written anew from audit row {} on: its checkpoint is not "
            "the one of the copy",
            checkpoints_[i].first_seq);
      }
    }
    return Ok();
  }

  Result<AuditReport> ReadRows() {
    std::vector<AuditRecord> rows = TRY(RowsAfter(transaction_, 0));
    while (!rows.empty()) {
      std::vector<AuditRecord> next = TRY(RowsAfter(transaction_, rows.back().seq));
      for (size_t i = 0; i < rows.size(); ++i) {
        const std::optional<AuditRecord> follows =
            i + 1 < rows.size() ? std::optional(rows[i + 1])
                                : (next.empty() ? std::nullopt : std::optional(next.front()));
        TRY(Take(rows[i], follows));
      }
      rows = std::move(next);
    }
    if (done_ < checkpoints_.size()) {
      return Error::Corrupt(
          "the log was cut off: it ends with audit row {}, and a checkpoint "
          "covers the rows up to {}",
          head_.seq, checkpoints_.back().last_seq);
    }
    return AuditReport{head_.row_count, static_cast<int64_t>(checkpoints_.size()),
                       checkpoints_.empty() ? 0 : checkpoints_.back().last_seq, head_.hash};
  }

 private:
  Status CheckSigned(const AuditCheckpointRecord& checkpoint) {
    const std::optional<std::string> signature = HexDecode(checkpoint.signature);
    if (signature && VerifySignature(public_key_, CheckpointForm(checkpoint), *signature)) {
      return Ok();
    }
    return Error::Corrupt("the checkpoint over audit rows {} to {} is not signed by this key",
                          checkpoint.first_seq, checkpoint.last_seq);
  }

  Status Take(const AuditRecord& row, const std::optional<AuditRecord>& next) {
    if (row.hash != AuditHash(row, head_.hash)) return BrokenAt(row, next, head_);
    head_ = {head_.row_count + 1, row.seq, row.hash};
    if (done_ == checkpoints_.size()) return Ok();
    const AuditCheckpointRecord& checkpoint = checkpoints_[done_];
    hashes_.push_back(row.hash);
    if (row.seq < checkpoint.last_seq) return Ok();
    const bool same = row.seq == checkpoint.last_seq && row.hash == checkpoint.head_hash &&
                      head_.row_count == checkpoint.row_count &&
                      HexEncode(MerkleRoot(hashes_)) == checkpoint.merkle_root;
    if (!same) {
      return Error::Corrupt(
          "audit rows {} to {} are not those that were signed: the log was "
          "written anew",
          checkpoint.first_seq, checkpoint.last_seq);
    }
    hashes_.clear();
    ++done_;
    return Ok();
  }

  Transaction& transaction_;
  const std::string_view public_key_;
  std::vector<AuditCheckpointRecord> checkpoints_;
  size_t done_ = 0;                  // checkpoints that agreed
  std::vector<std::string> hashes_;  // of the rows since
  AuditHead head_;
};

}  // namespace

Result<AuditReport> VerifyAuditLog(Transaction& transaction, std::string_view public_key,
                                   std::span<const AuditCheckpointRecord> copy) {
  Walk walk(transaction, public_key);
  TRY(walk.ReadCheckpoints());
  TRY(walk.CompareCopy(copy));
  return walk.ReadRows();
}

}  // namespace aozora
