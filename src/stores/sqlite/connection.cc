// SPDX-License-Identifier: Apache-2.0
#include "stores/sqlite/connection.h"

#include <fmt/core.h>
#include <sqlite3.h>

namespace aozora::sqlite {
namespace {

// Statements differ by table and members, so there are dozens; lists in kIn could make them many.
constexpr size_t kStatementsMax = 500;

ErrorCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CONSTRAINT:
      return ErrorCode::kInvalid;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return ErrorCode::kExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kCorrupt;
    default:
      return ErrorCode::kIo;
  }
}

int Bind(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *integer);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return sqlite3_bind_double(statement, index, *real);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return sqlite3_bind_blob64(statement, index, blob->bytes.data(), blob->bytes.size(),
                               SQLITE_STATIC);
  }
  return sqlite3_bind_null(statement, index);
}

std::string BytesOf(sqlite3_stmt* statement, int column, const void* data) {
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
  return size == 0 ? std::string() : std::string(static_cast<const char*>(data), size);
}

Row RowOf(sqlite3_stmt* statement) {
  const int count = sqlite3_column_count(statement);
  Row row;
  row.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_INTEGER:
        row.emplace_back(static_cast<int64_t>(sqlite3_column_int64(statement, i)));
        break;
      case SQLITE_FLOAT:
        row.emplace_back(sqlite3_column_double(statement, i));
        break;
      case SQLITE_TEXT:
        row.emplace_back(BytesOf(statement, i, sqlite3_column_text(statement, i)));
        break;
      case SQLITE_BLOB:
        row.emplace_back(Blob{BytesOf(statement, i, sqlite3_column_blob(statement, i))});
        break;
      default:
        row.emplace_back();
    }
  }
  return row;
}

// Values are borrowed, so a statement must not outlast its run.
struct ResetAtEnd {
  ~ResetAtEnd() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
  sqlite3_stmt* statement;
};

}  // namespace

void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<std::unique_ptr<Connection>> Connection::Open(const std::filesystem::path& file,
                                                     int busy_wait_ms) {
  sqlite3* database = nullptr;
  // A connection is used under a lock of ours, so SQLite needs none of its own.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) {
    return Error(CodeOf(code),
                 fmt::format("cannot open the database {}: {}", file.string(),
                             database == nullptr ? "no memory" : sqlite3_errmsg(database)));
  }
  sqlite3_extended_result_codes(database, 1);
  connection->busy_wait_ms_ = busy_wait_ms;
  sqlite3_busy_handler(database, &Connection::WaitWhileBusy, connection.get());
  return connection;
}

// SQLite's own pauses grow up to 100 ms, and so last for much longer than another process takes for
// a commit.
int Connection::WaitWhileBusy(void* connection, int wait_count) {
  if (wait_count >= static_cast<Connection*>(connection)->busy_wait_ms_) return 0;
  sqlite3_sleep(1);
  return 1;
}

Connection::~Connection() {
  statements_.clear();
  CHECK_EQ(sqlite3_close(database_), SQLITE_OK);
}

Error Connection::LastError(std::string_view what) const {
  const int code = sqlite3_extended_errcode(database_);
  return Error(CodeOf(code), fmt::format("database: {}: {}", what, sqlite3_errmsg(database_)));
}

Result<sqlite3_stmt*> Connection::Prepared(const std::string& sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return known->second.get();
  if (statements_.size() >= kStatementsMax) statements_.clear();
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return LastError(sql);
  statements_.emplace(sql, statement);
  return statement;
}

Status Connection::Run(const std::string& sql, const Row& values, RowVisitor visit) {
  sqlite3_stmt* statement = TRY(Prepared(sql));
  const ResetAtEnd reset{statement};
  CHECK_EQ(static_cast<size_t>(sqlite3_bind_parameter_count(statement)), values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (Bind(statement, static_cast<int>(i) + 1, values[i]) != SQLITE_OK) return LastError(sql);
  }
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) visit(RowOf(statement));
  if (code != SQLITE_DONE) return LastError(sql.substr(0, sql.find('(')));
  return Ok();
}

Result<int64_t> Connection::Integer(const std::string& sql, const Row& values) {
  int64_t integer = 0;
  TRY(Run(sql, values, [&](Row row) {
    if (const auto* first = std::get_if<int64_t>(&row.at(0))) integer = *first;
  }));
  return integer;
}

Result<std::string> Connection::Text(const std::string& sql) {
  std::string text;
  TRY(Run(sql, {}, [&](Row row) {
    if (const auto* first = std::get_if<std::string>(&row.at(0))) text = *first;
  }));
  return text;
}

int64_t Connection::changed_row_count() const { return sqlite3_changes64(database_); }
int64_t Connection::last_sequence() const { return sqlite3_last_insert_rowid(database_); }
bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

}  // namespace aozora::sqlite
