// SPDX-License-Identifier: Apache-2.0
#include "store/audit_checkpoint.h"

#include <array>
#include <bit>
#include <charconv>

#include "base/encoding.h"
#include "base/hash.h"
#include "store/people_records.h"

namespace aozora {
namespace {

constexpr std::string_view kFormVersion = "aozora audit checkpoint 1";
constexpr size_t kFieldCount = 8;

std::array<std::string, kFieldCount> TextsOf(const AuditCheckpointRecord& c) {
  return {std::to_string(c.first_seq),
          std::to_string(c.last_seq),
          std::to_string(c.row_count),
          std::to_string(c.at_ms),
          c.head_hash,
          c.merkle_root,
          c.previous_hash,
          c.signature};
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<int64_t> NumberOf(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string MerkleRoot(std::span<const std::string> entries) {
  if (entries.empty()) return Sha256("");
  if (entries.size() == 1) return Sha256(std::string(1, '\0') + entries[0]);
  // The left side is the largest power of two that leaves something for the right.
  const size_t left = std::bit_floor(entries.size() - 1);
  return Sha256(std::string(1, '\1') + MerkleRoot(entries.first(left)) +
                MerkleRoot(entries.subspan(left)));
}

// Numbers and hexadecimal texts have no line breaks, so that lines keep them apart.
std::string CheckpointForm(const AuditCheckpointRecord& checkpoint) {
  std::string form(kFormVersion);
  const auto texts = TextsOf(checkpoint);
  for (size_t i = 0; i + 1 < texts.size(); ++i) form += "\n" + texts[i];
  return form;
}

std::string CheckpointHash(const AuditCheckpointRecord& checkpoint) {
  return Sha256Hex(CheckpointForm(checkpoint) + "\n" + checkpoint.signature);
}

std::string CheckpointLine(const AuditCheckpointRecord& checkpoint) {
  std::string line;
  for (const std::string& text : TextsOf(checkpoint)) {
    line += (line.empty() ? "" : " ") + (text.empty() ? "-" : text);
  }
  return line;
}

std::optional<AuditCheckpointRecord> ParseCheckpointLine(std::string_view line) {
  std::array<std::string_view, kFieldCount> texts;
  for (size_t i = 0; i < kFieldCount; ++i) {
    const size_t end = i + 1 < kFieldCount ? line.find(' ') : line.size();
    if (end == std::string_view::npos) return std::nullopt;
    texts[i] = line.substr(0, end);
    if (texts[i] == "-") texts[i] = {};
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  std::array<int64_t, 4> numbers;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto number = NumberOf(texts[i]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  for (size_t i = numbers.size(); i < kFieldCount; ++i) {
    if (!IsHex(texts[i])) return std::nullopt;
  }
  AuditCheckpointRecord c;
  c.first_seq = numbers[0];
  c.last_seq = numbers[1];
  c.row_count = numbers[2];
  c.at_ms = numbers[3];
  c.head_hash = texts[4];
  c.merkle_root = texts[5];
  c.previous_hash = texts[6];
  c.signature = texts[7];
  return c;
}

Result<std::optional<AuditCheckpointRecord>> AppendCheckpoint(Transaction& transaction,
                                                              const SignKey& key, int64_t now_ms,
                                                              const CheckpointLimits& limits) {
  const std::optional<AuditCheckpointRecord> newest = TRY(transaction.SelectFirst(
      Query<AuditCheckpointRecord>().Descending(&AuditCheckpointRecord::first_seq)));
  const std::vector<AuditRecord> rows =
      TRY(transaction.Select(Query<AuditRecord>()
                                 .Greater(&AuditRecord::seq, newest ? newest->last_seq : 0)
                                 .Ascending(&AuditRecord::seq)
                                 .Limit(limits.rows_max)));
  if (rows.empty()) return std::optional<AuditCheckpointRecord>();
  const bool full = static_cast<int64_t>(rows.size()) >= limits.rows_max;
  if (!full && now_ms - rows.front().at_ms < limits.age_ms_max) {
    return std::optional<AuditCheckpointRecord>();
  }
  std::vector<std::string> hashes;
  for (const AuditRecord& row : rows) hashes.push_back(row.hash);
  AuditCheckpointRecord next;
  next.first_seq = rows.front().seq;
  next.last_seq = rows.back().seq;
  next.row_count = (newest ? newest->row_count : 0) + static_cast<int64_t>(rows.size());
  next.at_ms = now_ms;
  next.head_hash = rows.back().hash;
  next.merkle_root = HexEncode(MerkleRoot(hashes));
  if (newest) next.previous_hash = CheckpointHash(*newest);
  next.signature = HexEncode(key.Sign(CheckpointForm(next)));
  TRY(transaction.Insert(next));
  return std::optional<AuditCheckpointRecord>(std::move(next));
}

}  // namespace aozora
