// SPDX-License-Identifier: Apache-2.0
#include "stores/sqlite/migrate.h"

#include <fmt/core.h>

#include "stores/sqlite/sql.h"
#include "stores/sqlite/transaction.h"

namespace aozora::sqlite {
namespace {

// "Aozr" in the header of the file says whose it is; user_version beside it is the schema's.
constexpr int64_t kApplicationId = 0x416f7a72;

Result<int64_t> CheckedVersion(Connection& connection, const Schema& schema) {
  const int64_t application = TRY(connection.Integer("PRAGMA application_id"));
  const int64_t version = TRY(connection.Integer("PRAGMA user_version"));
  const int64_t table_count = TRY(connection.Integer("SELECT COUNT(*) FROM sqlite_schema"));
  if (application != kApplicationId && (application != 0 || version != 0 || table_count != 0)) {
    return Error::Invalid("it is the database of another program; name another file");
  }
  if (version > schema.version()) {
    return Error::Unsupported(
        "its schema is version {}, this program knows {}: use the program that made it, or a newer "
        "one",
        version, schema.version());
  }
  return version;
}

Status AddWhatIsNew(Connection& connection, const TableSpec& table, int from, int to) {
  const bool table_is_new = table.since > from && table.since <= to;
  if (table.since > to) return Ok();
  if (table_is_new) {
    TRY(connection.Run(CreateTableSql(table, to)));
  } else {
    for (const ColumnSpec& column : table.columns) {
      if (column.since > from && column.since <= to) {
        TRY(connection.Run(AddColumnSql(table, column)));
      }
    }
  }
  for (const IndexSpec& index : table.indexes) {
    const bool index_is_new = index.since > from && index.since <= to;
    if (index_is_new || (table_is_new && index.since <= to)) {
      TRY(connection.Run(CreateIndexSql(table, index)));
    }
  }
  return Ok();
}

Status StepTo(Connection& connection, const Schema& schema, int from, int to) {
  for (const TableSpec& table : schema.tables) {
    TRY(AddWhatIsNew(connection, table, from, to));
  }
  SqliteTransaction transaction(connection, true);
  for (const Schema::Conversion& conversion : schema.conversions) {
    // There are no rows to convert in a database that is being made.
    if (conversion.version == to && from > 0) TRY(conversion.convert(transaction));
  }
  return Ok();
}

Status MigrateInside(Connection& connection, const Schema& schema) {
  const int version = static_cast<int>(TRY(CheckedVersion(connection, schema)));
  if (version == 0) {
    TRY(StepTo(connection, schema, 0, schema.version()));
  }
  for (int to = version + 1; version > 0 && to <= schema.version(); ++to) {
    TRY_WITHIN(fmt::format("to schema {}", to), StepTo(connection, schema, to - 1, to));
  }
  TRY(connection.Run(fmt::format("PRAGMA application_id = {}", kApplicationId)));
  return connection.Run(fmt::format("PRAGMA user_version = {}", schema.version()));
}

}  // namespace

Status Migrate(Connection& connection, const Schema& schema) {
  if (TRY(CheckedVersion(connection, schema)) == schema.version()) return Ok();
  TRY(connection.Run("BEGIN IMMEDIATE"));
  const Status status = MigrateInside(connection, schema);
  if (status.ok()) return connection.Run("COMMIT");
  if (connection.in_transaction()) TRY(connection.Run("ROLLBACK"));
  return status;
}

}  // namespace aozora::sqlite
