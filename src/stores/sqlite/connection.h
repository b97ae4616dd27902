// SPDX-License-Identifier: Apache-2.0
// One connection to a database file, with its prepared statements. The C interface of SQLite stops
// here. One thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/thread_pool.h"
#include "store/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace aozora::sqlite {

class Connection {
 public:
  // Makes the file if there is none. ":memory:" is a database of its own.
  static Result<std::unique_ptr<Connection>> Open(const std::filesystem::path& file,
                                                  int busy_wait_ms);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs a statement to its end. Values are borrowed. Conflicts with keys, unique indexes and
  // references are kInvalid.
  using RowVisitor = FunctionRef<void(Row)>;
  Status Run(const std::string& sql, const Row& values, RowVisitor visit);
  Status Run(const std::string& sql, const Row& values = {}) {
    return Run(sql, values, [](Row) {});
  }
  Result<int64_t> Integer(const std::string& sql, const Row& values = {});  // of its first row
  Result<std::string> Text(const std::string& sql);

  int64_t changed_row_count() const;  // by the last statement
  int64_t last_sequence() const;
  // False also where SQLite gave up a transaction by itself (disk full, input/output error).
  bool in_transaction() const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Connection(sqlite3* database) : database_(database) {}
  Result<sqlite3_stmt*> Prepared(const std::string& sql);
  Error LastError(std::string_view what) const;
  static int WaitWhileBusy(void* connection, int wait_count);

  sqlite3* database_;
  int busy_wait_ms_ = 0;
  std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

}  // namespace aozora::sqlite
