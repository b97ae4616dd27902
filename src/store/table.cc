// SPDX-License-Identifier: Apache-2.0
#include "store/table.h"

#include <algorithm>

#include "store/record.h"

namespace aozora {
namespace {

std::vector<std::string> SplitNames(std::string_view list, std::string_view separators) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const size_t begin = list.find_first_not_of(separators);
    if (begin == std::string_view::npos) break;
    const size_t end = std::min(list.find_first_of(separators, begin), list.size());
    names.emplace_back(list.substr(begin, end - begin));
    list.remove_prefix(end);
  }
  return names;
}

std::vector<std::string> ColumnsIn(std::string_view list, const TableSpec& spec) {
  std::vector<std::string> columns = SplitNames(list, ", ");
  for (const std::string& column : columns) spec.ColumnIndex(column);
  return columns;
}

}  // namespace

size_t TableSpec::ColumnIndex(std::string_view column) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column) return i;
  }
  internal::CheckFailed(__FILE__, __LINE__, "a column of the table",
                        fmt::format("{}.{}", name, column));
}

int Schema::version() const {
  int newest = 1;
  for (const TableSpec& table : tables) {
    newest = std::max(newest, table.since);
    for (const ColumnSpec& column : table.columns) newest = std::max(newest, column.since);
    for (const IndexSpec& index : table.indexes) newest = std::max(newest, index.since);
  }
  for (const Conversion& conversion : conversions) newest = std::max(newest, conversion.version);
  return newest;
}

void AddShape(const TableShape& shape, TableSpec* spec) {
  spec->name = shape.name;
  spec->since = shape.since;
  spec->key = ColumnsIn(shape.key, *spec);
  spec->key_is_sequence = shape.key_is_sequence;
  CHECK(!spec->key.empty());
  for (const IndexShape& index : shape.indexes) {
    if (index.columns.empty()) continue;
    spec->indexes.push_back({ColumnsIn(index.columns, *spec), false, index.since});
  }
  for (const IndexShape& index : shape.uniques) {
    if (index.columns.empty()) continue;
    spec->indexes.push_back({ColumnsIn(index.columns, *spec), true, index.since});
  }
  for (const std::string_view reference : shape.references) {
    if (reference.empty()) continue;
    const std::vector<std::string> words = SplitNames(reference, " ");
    CHECK_EQ(words.size(), size_t{2});
    spec->ColumnIndex(words[0]);
    spec->references.push_back({words[0], words[1]});
  }
}

}  // namespace aozora
