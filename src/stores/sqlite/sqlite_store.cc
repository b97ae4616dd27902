// SPDX-License-Identifier: Apache-2.0
#include "stores/sqlite/sqlite_store.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "base/file.h"
#include "stores/sqlite/checkpointer.h"
#include "stores/sqlite/connection.h"
#include "stores/sqlite/migrate.h"
#include "stores/sqlite/transaction.h"

namespace aozora {
namespace {

using sqlite::Connection;
using sqlite::SqliteTransaction;

// Writes that share a commit. More would make the first of them wait.
constexpr size_t kGroupMax = 128;

// A call of the store inside of a transaction waits for itself.
thread_local bool inside_transaction = false;
struct Inside {
  Inside() {
    CHECK(!inside_transaction);
    inside_transaction = true;
  }
  ~Inside() { inside_transaction = false; }
};

struct Waiting {
  FunctionRef<Status(Transaction&)> fn;
  Status status;
  bool done = false;
  std::condition_variable wake;
};

// Runs the functions, each in a savepoint of its own, and commits them with one sync. Afterwards
// each has its status: an error of its own, or of the commit.
class Group {
 public:
  Group(Connection& connection, const std::vector<Waiting*>& members)
      : connection_(connection), members_(members) {}

  void Commit() {
    const Status status = RunAll();
    if (!status.ok()) Fail(status.error());
    // Also after an error of ROLLBACK itself, which leaves nothing open when the file is gone.
    if (connection_.in_transaction()) {
      const Status rollback = connection_.Run("ROLLBACK");
      if (!rollback.ok()) Fail(rollback.error());
    }
  }

 private:
  Status RunAll() {
    TRY(connection_.Run("BEGIN IMMEDIATE"));
    for (Waiting* member : members_) TRY(RunOne(member));
    // A single failed write has nothing to commit.
    if (members_.size() == 1 && !members_[0]->status.ok()) return Ok();
    return connection_.Run("COMMIT");
  }

  Status RunOne(Waiting* member) {
    const bool alone = members_.size() == 1;
    if (!alone) TRY(connection_.Run("SAVEPOINT one"));
    SqliteTransaction transaction(connection_, true);
    {
      const Inside inside;
      member->status = member->fn(transaction);
    }
    // A full disk ends the transaction of all, not only the savepoint of one.
    if (!connection_.in_transaction()) {
      return member->status.ok() ? Status(Error::Io("database: the transaction was given up"))
                                 : member->status;
    }
    if (alone) return Ok();
    if (!member->status.ok()) TRY(connection_.Run("ROLLBACK TO one"));
    return connection_.Run("RELEASE one");
  }

  void Fail(const Error& error) {
    for (Waiting* member : members_) {
      if (member->status.ok()) member->status = error;
    }
  }

  Connection& connection_;
  const std::vector<Waiting*>& members_;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::filesystem::path file, SqliteOptions options, bool in_memory,
              std::unique_ptr<Connection> writer,
              std::unique_ptr<sqlite::Checkpointer> checkpointer)
      : file_(std::move(file)),
        options_(options),
        in_memory_(in_memory),
        writer_(std::move(writer)),
        checkpointer_(std::move(checkpointer)) {}

  Status Backup(const std::filesystem::path& target) override;

 protected:
  Status RunWrite(FunctionRef<Status(Transaction&)> fn) override;
  Status RunRead(FunctionRef<Status(Transaction&)> fn) override;

 private:
  Result<std::unique_ptr<Connection>> TakeReader();
  void GiveReader(std::unique_ptr<Connection> reader);
  Status CopyTo(const std::filesystem::path& target);

  const std::filesystem::path file_;
  const SqliteOptions options_;
  const bool in_memory_;

  std::mutex queue_mutex_;
  std::deque<Waiting*> queue_;  // guarded by queue_mutex_
  bool committing_ = false;     // guarded by queue_mutex_
  std::mutex writer_mutex_;     // of writer_: only readers in memory contend for it
  std::unique_ptr<Connection> writer_;
  const std::unique_ptr<sqlite::Checkpointer> checkpointer_;  // null in memory

  std::mutex readers_mutex_;
  std::condition_variable reader_came_back_;
  std::vector<std::unique_ptr<Connection>> readers_;  // idle; guarded by readers_mutex_
  int reader_count_ = 0;                              // all; guarded by readers_mutex_
};

// Whoever writes while nobody commits becomes the one who commits, for all who wait: a lone writer
// changes no thread, and many share a sync. Those who come meanwhile are the next group.
Status SqliteStore::RunWrite(FunctionRef<Status(Transaction&)> fn) {
  CHECK(!inside_transaction);
  Waiting self{fn, Ok(), false, {}};
  std::unique_lock<std::mutex> lock(queue_mutex_);
  queue_.push_back(&self);
  self.wake.wait(lock, [&] { return self.done || (!committing_ && queue_.front() == &self); });
  if (self.done) return std::move(self.status);

  committing_ = true;
  const size_t count = std::min(queue_.size(), kGroupMax);
  const std::vector<Waiting*> members(queue_.begin(), queue_.begin() + static_cast<long>(count));
  lock.unlock();
  {
    std::lock_guard<std::mutex> writer_lock(writer_mutex_);
    Group(*writer_, members).Commit();
  }
  lock.lock();
  committing_ = false;
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<long>(count));
  // Under the lock: once it may go on, a member and its condition variable cease to exist.
  for (Waiting* member : members) {
    member->done = true;
    if (member != &self) member->wake.notify_one();
  }
  if (!queue_.empty()) queue_.front()->wake.notify_one();
  return std::move(self.status);
}

Status SqliteStore::RunRead(FunctionRef<Status(Transaction&)> fn) {
  if (in_memory_) {
    CHECK(!inside_transaction);
    std::lock_guard<std::mutex> lock(writer_mutex_);
    const Inside inside;
    SqliteTransaction transaction(*writer_, false);
    return fn(transaction);
  }
  std::unique_ptr<Connection> reader = TRY(TakeReader());
  Status status = reader->Run("BEGIN");
  if (status.ok()) {
    const Inside inside;
    SqliteTransaction transaction(*reader, false);
    status = fn(transaction);
  }
  if (reader->in_transaction()) {
    const Status end = reader->Run("COMMIT");
    if (status.ok()) status = end;
  }
  GiveReader(std::move(reader));
  return status;
}

Result<std::unique_ptr<Connection>> SqliteStore::TakeReader() {
  CHECK(!inside_transaction);
  std::unique_lock<std::mutex> lock(readers_mutex_);
  reader_came_back_.wait(
      lock, [&] { return !readers_.empty() || reader_count_ < options_.reader_count_max; });
  if (!readers_.empty()) {
    std::unique_ptr<Connection> reader = std::move(readers_.back());
    readers_.pop_back();
    return reader;
  }
  std::unique_ptr<Connection> reader = TRY(Connection::Open(file_, options_.busy_wait_ms));
  TRY(reader->Run("PRAGMA query_only = ON"));
  ++reader_count_;
  return reader;
}

void SqliteStore::GiveReader(std::unique_ptr<Connection> reader) {
  std::lock_guard<std::mutex> lock(readers_mutex_);
  readers_.push_back(std::move(reader));
  reader_came_back_.notify_one();
}

Status SqliteStore::CopyTo(const std::filesystem::path& target) {
  const std::string sql = "VACUUM INTO ?";
  const Row name{target.string()};
  if (!in_memory_) {
    return TRY(Connection::Open(file_, options_.busy_wait_ms))->Run(sql, name);
  }
  std::lock_guard<std::mutex> lock(writer_mutex_);
  return writer_->Run(sql, name);
}

Status SqliteStore::Backup(const std::filesystem::path& target) {
  std::error_code error;
  if (std::filesystem::exists(target, error)) {
    return Error::Invalid("{} exists; a backup replaces nothing", target.string());
  }
  // SQLite copies into an empty file and does not sync it; the rest is ours.
  AtomicFile file = TRY(AtomicFile::Create(target));
  TRY_WITHIN(fmt::format("backup to {}", target.string()), CopyTo(file.temporary_path()));
  return file.Commit();
}

Status Prepare(Connection& connection, const Schema& schema, const SqliteOptions& options,
               bool in_memory) {
  if (!in_memory) {
    const std::string mode = TRY(connection.Text("PRAGMA journal_mode = WAL"));
    if (mode != "wal") return Error::Unsupported("its file system cannot hold a write-ahead log");
    TRY(connection.Run("PRAGMA synchronous = FULL"));
    TRY(connection.Run("PRAGMA wal_autocheckpoint = 0"));  // checkpointer.h
  }
  TRY(connection.Run("PRAGMA foreign_keys = ON"));
  if (options.check_integrity && !in_memory) {
    const std::string verdict = TRY(connection.Text("PRAGMA quick_check(1)"));
    if (verdict != "ok") {
      return Error::Corrupt("it is damaged ({})", verdict);
    }
  }
  return sqlite::Migrate(connection, schema);
}

Result<std::unique_ptr<Store>> Open(const std::filesystem::path& file, const Schema& schema,
                                    const SqliteOptions& options, bool in_memory) {
  std::unique_ptr<Connection> writer = TRY(Connection::Open(file, options.busy_wait_ms));
  Status prepared = Prepare(*writer, schema, options, in_memory);
  if (!prepared.ok()) {
    Error error = std::move(prepared).error().Within(fmt::format("database {}", file.string()));
    if (error.code() != ErrorCode::kCorrupt) return error;
    return Error::Corrupt("{}; restore a backup, or name another file", error.message());
  }
  std::unique_ptr<sqlite::Checkpointer> checkpointer;
  if (!in_memory) {
    checkpointer =
        std::make_unique<sqlite::Checkpointer>(TRY(Connection::Open(file, options.busy_wait_ms)));
  }
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(
      file, options, in_memory, std::move(writer), std::move(checkpointer)));
}

}  // namespace

Result<std::unique_ptr<Store>> OpenSqliteStore(const std::filesystem::path& file,
                                               const Schema& schema, SqliteOptions options) {
  return Open(file, schema, options, false);
}

Result<std::unique_ptr<Store>> OpenSqliteInMemory(const Schema& schema) {
  return Open(":memory:", schema, {}, true);
}

}  // namespace aozora
