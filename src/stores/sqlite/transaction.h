// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "store/store.h"
#include "stores/sqlite/connection.h"

namespace aozora::sqlite {

class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(Connection& connection, bool writable)
      : connection_(connection), writable_(writable) {}

 protected:
  Status InsertRow(const TableSpec& table, const Row& row) override;
  Result<int64_t> AppendRow(const TableSpec& table, const Row& row) override;
  Status PutRow(const TableSpec& table, const Row& row) override;
  Status ChangeRow(const TableSpec& table, const Row& before, const Row& after) override;
  Result<int64_t> EraseRows(const TableSpec& table, const RowQuery& query) override;
  Status SelectRows(const TableSpec& table, const RowQuery& query, RowVisitor visit) override;
  Result<int64_t> CountRows(const TableSpec& table, const RowQuery& query) override;
  Result<int64_t> SumRows(const TableSpec& table, const std::string& column,
                          const RowQuery& query) override;

 private:
  Status CheckWritable() const;

  Connection& connection_;
  const bool writable_;
};

}  // namespace aozora::sqlite
