// SPDX-License-Identifier: Apache-2.0
#include "stores/sqlite/transaction.h"

#include <fmt/ranges.h>

#include "stores/sqlite/sql.h"

namespace aozora::sqlite {
namespace {

Row ValuesOf(const RowQuery& query) {
  Row values;
  for (const Condition& condition : query.conditions) {
    CHECK(condition.compare == Compare::kIn || condition.values.size() == 1);
    values.insert(values.end(), condition.values.begin(), condition.values.end());
  }
  return values;
}

std::string ColumnsSql(const TableSpec& table) {
  std::string sql;
  for (const ColumnSpec& column : table.columns) {
    sql += fmt::format("{}\"{}\"", sql.empty() ? "" : ", ", column.name);
  }
  return sql;
}

}  // namespace

Status SqliteTransaction::CheckWritable() const {
  if (writable_) return Ok();
  return Error::Invalid("a write inside of Store::Read; use Store::Write");
}

Status SqliteTransaction::InsertRow(const TableSpec& table, const Row& row) {
  TRY(CheckWritable());
  return connection_.Run(InsertSql(table, false), row);
}

Result<int64_t> SqliteTransaction::AppendRow(const TableSpec& table, const Row& row) {
  TRY(CheckWritable());
  CHECK_EQ(table.ColumnIndex(table.key[0]), size_t{0});
  TRY(connection_.Run(InsertSql(table, true), Row(row.begin() + 1, row.end())));
  return connection_.last_sequence();
}

Status SqliteTransaction::PutRow(const TableSpec& table, const Row& row) {
  TRY(CheckWritable());
  return connection_.Run(PutSql(table), row);
}

Status SqliteTransaction::ChangeRow(const TableSpec& table, const Row& before, const Row& after) {
  TRY(CheckWritable());
  std::vector<size_t> columns;
  Row values;
  for (size_t i = 0; i < after.size(); ++i) {
    if (before[i] == after[i]) continue;
    columns.push_back(i);
    values.push_back(after[i]);
  }
  if (columns.empty()) return Ok();
  for (const std::string& key : table.key) {
    const size_t column = table.ColumnIndex(key);
    CHECK(before[column] == after[column]);
    values.push_back(before[column]);
  }
  TRY(connection_.Run(UpdateSql(table, columns), values));
  if (connection_.changed_row_count() == 1) return Ok();
  return Error::NotFound("the row to change is not in table {}", table.name);
}

Result<int64_t> SqliteTransaction::EraseRows(const TableSpec& table, const RowQuery& query) {
  TRY(CheckWritable());
  std::string sql = fmt::format("DELETE FROM \"{}\"", table.name);
  if (query.limit < 0) {
    sql += WhereSql(query);
  } else {
    sql += fmt::format(" WHERE rowid IN (SELECT rowid FROM \"{}\"{}{})", table.name,
                       WhereSql(query), OrderSql(query));
  }
  TRY(connection_.Run(sql, ValuesOf(query)));
  return connection_.changed_row_count();
}

Status SqliteTransaction::SelectRows(const TableSpec& table, const RowQuery& query,
                                     RowVisitor visit) {
  const std::string sql = fmt::format("SELECT {} FROM \"{}\"{}{}", ColumnsSql(table), table.name,
                                      WhereSql(query), OrderSql(query));
  return connection_.Run(sql, ValuesOf(query), visit);
}

Result<int64_t> SqliteTransaction::CountRows(const TableSpec& table, const RowQuery& query) {
  return connection_.Integer(
      fmt::format("SELECT COUNT(*) FROM \"{}\"{}", table.name, WhereSql(query)), ValuesOf(query));
}

Result<int64_t> SqliteTransaction::SumRows(const TableSpec& table, const std::string& column,
                                           const RowQuery& query) {
  return connection_.Integer(fmt::format("SELECT COALESCE(SUM(\"{}\"), 0) FROM \"{}\"{}", column,
                                         table.name, WhereSql(query)),
                             ValuesOf(query));
}

}  // namespace aozora::sqlite
