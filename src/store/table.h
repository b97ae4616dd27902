// SPDX-License-Identifier: Apache-2.0
// Tables as data: what a store creates and what a row of it looks like.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/value.h"

namespace aozora {

class Transaction;

// `since` is the first schema version that has the thing. Versions only add, so the schema of any
// version, and the way from it to the newest, follow from these numbers.
struct ColumnSpec {
  std::string name;
  ColumnType type = ColumnType::kText;
  bool nullable = false;
  Value initial;  // what rows hold that are older than the column
  int since = 1;
};

struct IndexSpec {
  std::vector<std::string> columns;
  bool unique = false;
  int since = 1;
};

struct ReferenceSpec {  // every value of `column` is a key of `table`
  std::string column;
  std::string table;
};

struct TableSpec {
  std::string name;
  std::vector<ColumnSpec> columns;
  std::vector<std::string> key;  // primary key
  // The key is one integer that the store assigns: strictly growing in the order of commits, never
  // given twice, also when rows were erased.
  bool key_is_sequence = false;
  std::vector<IndexSpec> indexes;
  std::vector<ReferenceSpec> references;
  int since = 1;

  // Of a column of this table; an unknown name is a bug.
  size_t ColumnIndex(std::string_view column) const;
};

struct Schema {
  std::vector<TableSpec> tables;  // a table stands after those it references
  // What to do with the rows when a database reaches a version, where adding is not enough.
  struct Conversion {
    int version;
    std::function<Status(Transaction&)> convert;
  };
  std::vector<Conversion> conversions;

  int version() const;  // the newest `since` and conversion
};

}  // namespace aozora
