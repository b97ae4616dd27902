// SPDX-License-Identifier: Apache-2.0
// Signed statements about the audit log, so that whoever can write the database still cannot change
// what was said before: each covers the rows since the one before by a Merkle tree (RFC 6962, 2.1:
// leaves and nodes are hashed with different prefixes), holds the hash of the one before, and is
// signed with Ed25519. A copy of each goes to a second place.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sign_key.h"
#include "store/record.h"
#include "store/store.h"

namespace aozora {

struct AuditCheckpointRecord {
  int64_t first_seq = 0;  // the rows that it covers
  int64_t last_seq = 0;
  int64_t row_count = 0;  // of the log up to last_seq
  int64_t at_ms = 0;
  std::string head_hash;      // of the row last_seq, which holds all before it
  std::string merkle_root;    // of the hashes of the covered rows
  std::string previous_hash;  // CheckpointHash of the one before; empty for the first
  std::string signature;      // of CheckpointForm; this and the three above hexadecimal

  static constexpr TableShape kTable{.name = "audit_checkpoints", .key = "first_seq", .since = 2};
  static constexpr auto Fields() {
    return std::tuple(Field("first_seq", &AuditCheckpointRecord::first_seq),
                      Field("last_seq", &AuditCheckpointRecord::last_seq),
                      Field("row_count", &AuditCheckpointRecord::row_count),
                      Field("at_ms", &AuditCheckpointRecord::at_ms),
                      Field("head_hash", &AuditCheckpointRecord::head_hash),
                      Field("merkle_root", &AuditCheckpointRecord::merkle_root),
                      Field("previous_hash", &AuditCheckpointRecord::previous_hash),
                      Field("signature", &AuditCheckpointRecord::signature));
  }
};

// The root over entries of any length; of none, SHA-256 of nothing. 32 bytes.
std::string MerkleRoot(std::span<const std::string> entries);

// What is signed: every member but the signature, in one text that no other checkpoint has.
std::string CheckpointForm(const AuditCheckpointRecord& checkpoint);
std::string CheckpointHash(const AuditCheckpointRecord& checkpoint);  // hexadecimal

// A line of the copy, without its end.
std::string CheckpointLine(const AuditCheckpointRecord& checkpoint);
std::optional<AuditCheckpointRecord> ParseCheckpointLine(std::string_view line);

struct CheckpointLimits {
  int64_t rows_max = 1'000;     // that one covers
  int64_t age_ms_max = 60'000;  // of the oldest row that none covers yet
};

// Writes the next checkpoint if it is time for one. Nothing: it is not.
Result<std::optional<AuditCheckpointRecord>> AppendCheckpoint(Transaction& transaction,
                                                              const SignKey& key, int64_t now_ms,
                                                              const CheckpointLimits& limits);

struct AuditReport {
  int64_t row_count = 0;
  int64_t checkpoint_count = 0;
  int64_t signed_seq = 0;  // rows after it are vouched for by no signature
  std::string head_hash;
};

// Reads the whole log against its chain, its checkpoints and `copy`, the checkpoints of the second
// place in their order (empty: not looked at). kCorrupt says what was done and where: a row that
// was changed, is missing or stands elsewhere, an end that was cut off, a log that was written
// anew.
Result<AuditReport> VerifyAuditLog(Transaction& transaction, std::string_view public_key,
                                   std::span<const AuditCheckpointRecord> copy);

}  // namespace aozora
