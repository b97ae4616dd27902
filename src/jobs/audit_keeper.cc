// SPDX-License-Identifier: Apache-2.0
#include "jobs/audit_keeper.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr uint64_t kCopyBytesMax = uint64_t{1} << 30;
constexpr int64_t kLinesOfRound = 1'000;

struct Copy {
  std::vector<AuditCheckpointRecord> checkpoints;
  uint64_t whole_bytes = 0;  // up to the end of the last whole line
};

Result<Copy> ReadCopy(const std::filesystem::path& path) {
  Copy copy;
  if (!std::filesystem::exists(path)) return copy;
  const std::string text = TRY(ReadFile(path, kCopyBytesMax));
  while (true) {
    const size_t end = text.find('\n', copy.whole_bytes);
    if (end == std::string::npos) return copy;
    auto checkpoint = ParseCheckpointLine(
        std::string_view(text).substr(copy.whole_bytes, end - copy.whole_bytes));
    if (!checkpoint) {
      return Error::Corrupt("{}, line {} is no checkpoint", path.string(),
                            copy.checkpoints.size() + 1);
    }
    copy.checkpoints.push_back(std::move(*checkpoint));
    copy.whole_bytes = end + 1;
  }
}

Status AppendDurably(const std::filesystem::path& path, uint64_t at_byte, std::string_view text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return IoError("cannot write", path);
  Status status;
  // What a crash cut off is written over.
  if (ftruncate(fd, static_cast<off_t>(at_byte)) != 0 ||
      pwrite(fd, text.data(), text.size(), static_cast<off_t>(at_byte)) !=
          static_cast<ssize_t>(text.size()) ||
      fsync(fd) != 0) {
    status = IoError("cannot write", path);
  }
  close(fd);
  return status;
}

}  // namespace

Result<bool> AuditKeeper::Step() {
  const std::optional<AuditCheckpointRecord> made = TRY(store_.Write(
      [&](Transaction& t) { return AppendCheckpoint(t, key_, NowMs(clock_), limits_); }));
  TRY(UpdateCopy());
  return made.has_value();
}

Status AuditKeeper::UpdateCopy() {
  std::error_code error;
  if (!copy_bytes_ || std::filesystem::file_size(copy_, error) != *copy_bytes_) {
    const Copy copy = TRY(ReadCopy(copy_));
    copy_bytes_ = copy.whole_bytes;
    copied_seq_ = copy.checkpoints.empty() ? 0 : copy.checkpoints.back().first_seq;
  }
  const std::vector<AuditCheckpointRecord> missing = TRY(store_.Read([&](Transaction& t) {
    return t.Select(Query<AuditCheckpointRecord>()
                        .Greater(&AuditCheckpointRecord::first_seq, copied_seq_)
                        .Ascending(&AuditCheckpointRecord::first_seq)
                        .Limit(kLinesOfRound));
  }));
  if (missing.empty()) return Ok();
  std::string lines;
  for (const AuditCheckpointRecord& checkpoint : missing) {
    lines += CheckpointLine(checkpoint) + "\n";
  }
  const uint64_t at_byte = *copy_bytes_;
  copy_bytes_.reset();  // unless it succeeds, nobody knows what stands there
  TRY(AppendDurably(copy_, at_byte, lines));
  copy_bytes_ = at_byte + lines.size();
  copied_seq_ = missing.back().first_seq;
  return Ok();
}

Result<std::vector<AuditCheckpointRecord>> ReadAuditCopy(const std::filesystem::path& copy) {
  return TRY(ReadCopy(copy)).checkpoints;
}

Result<AuditVerification> VerifyAudit(Store& store, std::string_view public_key,
                                      const std::filesystem::path& copy) {
  const std::vector<AuditCheckpointRecord> copied = TRY(ReadAuditCopy(copy));
  AuditVerification verification;
  verification.copied_count = copied.size();
  verification.report = TRY(store.Read(
      [&](Transaction& transaction) { return VerifyAuditLog(transaction, public_key, copied); }));
  return verification;
}

}  // namespace aozora
