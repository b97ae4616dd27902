// SPDX-License-Identifier: Apache-2.0
#include "stores/sqlite/checkpointer.h"

#include "base/log.h"

namespace aozora::sqlite {
namespace {

// While the database file is synced, commits wait for the disk: at 200 creates a second and a round
// every two seconds that was one create in fifty, and so the p99.
constexpr int64_t kIntervalMs = 10'000;
// 32 MiB. Writers that never pause keep the log from starting anew; past this they are made to wait
// for it, which is short, since the round has just carried over nearly all of it. The file keeps
// its length: to cut off what it has grown to would take longer than all the rest.
constexpr int64_t kLogPagesMax = 8'000;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), background_(kIntervalMs, [this] { return Round(); }) {}

bool Checkpointer::Round() {
  int64_t log_pages = 0;
  Status status = connection_->Run("PRAGMA wal_checkpoint(PASSIVE)", {}, [&](Row row) {
    if (const auto* pages = std::get_if<int64_t>(&row.at(1))) log_pages = *pages;
  });
  if (status.ok() && log_pages > kLogPagesMax) {
    status = connection_->Run("PRAGMA wal_checkpoint(RESTART)");
  }
  // The log keeps what the file lacks, so nothing is lost; the next round tries again.
  if (!status.ok()) Log(LogLevel::kWarning, "checkpoint: {}", status.error().message());
  return false;
}

}  // namespace aozora::sqlite
