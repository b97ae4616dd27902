// SPDX-License-Identifier: Apache-2.0
#include "stores/sqlite/checkpointer.h"

#include "base/log.h"

namespace aozora::sqlite {
namespace {

// While the database file is synced, commits wait for the disk: at 200 creates a second and a round
// every two seconds that was one create in fifty, and so the p99.
constexpr int64_t kIntervalMs = 10'000;
// 256 MiB, which a start reads in well below a second. Writers that never pause keep the log from
// starting anew; past this, they are made to.
constexpr int64_t kLogPagesMax = 64'000;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), background_(kIntervalMs, [this] { return Round(); }) {}

bool Checkpointer::Round() {
  int64_t log_pages = 0;
  Status status = connection_->Run("PRAGMA wal_checkpoint(PASSIVE)", {}, [&](Row row) {
    if (const auto* pages = std::get_if<int64_t>(&row.at(1))) log_pages = *pages;
  });
  if (status.ok() && log_pages > kLogPagesMax) {
    status = connection_->Run("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  // The log keeps what the file lacks, so nothing is lost; the next round tries again.
  if (!status.ok()) Log(LogLevel::kWarning, "checkpoint: {}", status.error().message());
  return false;
}

}  // namespace aozora::sqlite
