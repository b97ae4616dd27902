// SPDX-License-Identifier: Apache-2.0
#include "stores/sqlite/sql.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace aozora::sqlite {
namespace {

std::string_view TypeSql(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return "INTEGER";
    case ColumnType::kReal:
      return "REAL";
    case ColumnType::kText:
      return "TEXT";
    case ColumnType::kBlob:
      return "BLOB";
  }
  CHECK(false);
}

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

// Of a default that our own source code says.
std::string LiteralSql(const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return fmt::format("{}", *integer);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{:.17e}", *real);
  if (const auto* text = std::get_if<std::string>(&value)) return Quoted(*text);
  if (std::holds_alternative<Blob>(value)) return "x''";
  return "NULL";
}

std::string ColumnSql(const ColumnSpec& column) {
  std::string sql = fmt::format("\"{}\" {}", column.name, TypeSql(column.type));
  if (!column.nullable) sql += fmt::format(" NOT NULL DEFAULT {}", LiteralSql(column.initial));
  return sql;
}

std::string Names(const std::vector<std::string>& columns) {
  return fmt::format("\"{}\"", fmt::join(columns, "\", \""));
}

std::string AllNames(const TableSpec& table, size_t first) {
  std::vector<std::string> names;
  for (size_t i = first; i < table.columns.size(); ++i) names.push_back(table.columns[i].name);
  return Names(names);
}

std::string Marks(size_t count) {
  std::string marks;
  for (size_t i = 0; i < count; ++i) marks += i == 0 ? "?" : ", ?";
  return marks;
}

// Null equals null and differs from the rest, unlike in SQL; = where it can be, which all indexes
// serve.
std::string_view CompareSql(const Condition& condition) {
  switch (condition.compare) {
    case Compare::kEqual:
      return std::holds_alternative<std::monostate>(condition.values[0]) ? "IS" : "=";
    case Compare::kNotEqual:
      return "IS NOT";
    case Compare::kLess:
      return "<";
    case Compare::kLessOrEqual:
      return "<=";
    case Compare::kGreater:
      return ">";
    case Compare::kGreaterOrEqual:
      return ">=";
    case Compare::kIn:
      return "IN";
  }
  CHECK(false);
}

}  // namespace

std::string CreateTableSql(const TableSpec& table, int version) {
  std::vector<std::string> parts;
  for (const ColumnSpec& column : table.columns) {
    if (column.since > version) continue;
    const bool sequence = table.key_is_sequence && column.name == table.key[0];
    parts.push_back(sequence ? fmt::format("\"{}\" INTEGER PRIMARY KEY AUTOINCREMENT", column.name)
                             : ColumnSql(column));
  }
  if (!table.key_is_sequence) parts.push_back(fmt::format("PRIMARY KEY ({})", Names(table.key)));
  for (const ReferenceSpec& reference : table.references) {
    parts.push_back(
        fmt::format("FOREIGN KEY (\"{}\") REFERENCES \"{}\"", reference.column, reference.table));
  }
  return fmt::format("CREATE TABLE \"{}\" ({}) STRICT", table.name, fmt::join(parts, ", "));
}

std::string AddColumnSql(const TableSpec& table, const ColumnSpec& column) {
  return fmt::format("ALTER TABLE \"{}\" ADD COLUMN {}", table.name, ColumnSql(column));
}

std::string CreateIndexSql(const TableSpec& table, const IndexSpec& index) {
  return fmt::format("CREATE {}INDEX \"{}_by_{}\" ON \"{}\" ({})", index.unique ? "UNIQUE " : "",
                     table.name, fmt::join(index.columns, "_"), table.name, Names(index.columns));
}

std::string InsertSql(const TableSpec& table, bool without_key) {
  const size_t first = without_key ? 1 : 0;
  return fmt::format("INSERT INTO \"{}\" ({}) VALUES ({})", table.name, AllNames(table, first),
                     Marks(table.columns.size() - first));
}

std::string PutSql(const TableSpec& table) {
  std::vector<std::string> sets;
  for (const ColumnSpec& column : table.columns) {
    if (std::find(table.key.begin(), table.key.end(), column.name) != table.key.end()) continue;
    sets.push_back(fmt::format("\"{}\" = excluded.\"{}\"", column.name, column.name));
  }
  const std::string action =
      sets.empty() ? "NOTHING" : fmt::format("UPDATE SET {}", fmt::join(sets, ", "));
  return fmt::format("{} ON CONFLICT ({}) DO {}", InsertSql(table, false), Names(table.key),
                     action);
}

std::string UpdateSql(const TableSpec& table, const std::vector<size_t>& columns) {
  std::vector<std::string> sets;
  for (const size_t column : columns) {
    sets.push_back(fmt::format("\"{}\" = ?", table.columns[column].name));
  }
  return fmt::format("UPDATE \"{}\" SET {} WHERE (\"{}\" = ?)", table.name, fmt::join(sets, ", "),
                     fmt::join(table.key, "\" = ?) AND (\""));
}

std::string WhereSql(const RowQuery& query) {
  std::string sql;
  for (const Condition& condition : query.conditions) {
    sql += sql.empty() ? " WHERE " : " AND ";
    sql += fmt::format("\"{}\" {} ", condition.column, CompareSql(condition));
    sql += condition.compare == Compare::kIn ? fmt::format("({})", Marks(condition.values.size()))
                                             : "?";
  }
  return sql;
}

std::string OrderSql(const RowQuery& query) {
  std::string sql;
  for (const RowQuery::Order& order : query.order) {
    sql += fmt::format("{}\"{}\"{}", sql.empty() ? " ORDER BY " : ", ", order.column,
                       order.descending ? " DESC" : "");
  }
  if (query.limit >= 0) sql += fmt::format(" LIMIT {}", query.limit);
  return sql;
}

}  // namespace aozora::sqlite
