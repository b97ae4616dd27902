// SPDX-License-Identifier: Apache-2.0
// Tables, rows and queries as SQLite says them. Values never become text: they are bound to the
// question marks, in order.
#pragma once

#include <string>
#include <vector>

#include "store/query.h"
#include "store/table.h"

namespace aozora::sqlite {

// Columns and indexes that schema version `version` has.
std::string CreateTableSql(const TableSpec& table, int version);
std::string AddColumnSql(const TableSpec& table, const ColumnSpec& column);
std::string CreateIndexSql(const TableSpec& table, const IndexSpec& index);

std::string InsertSql(const TableSpec& table, bool without_key);
std::string PutSql(const TableSpec& table);
std::string UpdateSql(const TableSpec& table, const std::vector<size_t>& columns);

// " WHERE ... ORDER BY ... LIMIT ..."
std::string WhereSql(const RowQuery& query);
std::string OrderSql(const RowQuery& query);

}  // namespace aozora::sqlite
