// SPDX-License-Identifier: Apache-2.0
// A record is a struct that describes its members once; rows, columns and tables follow from that.
//
//   struct NoteRecord {
//     std::string id;
//     int64_t created_ms = 0;
//
//     static constexpr TableShape kTable{.name = "notes", .key = "id", .indexes =
//     {{"created_ms"}}}; static constexpr auto Fields() {
//       return std::tuple(Field("id", &NoteRecord::id), Field("created_ms",
//       &NoteRecord::created_ms));
//     }
//   };
//
// A struct with `using ViewOf = NoteRecord` and some of its fields can be selected, not written.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "store/table.h"
#include "store/value.h"

namespace aozora {

template <class T, class M>
struct Field {
  constexpr Field(const char* column, M T::*of, int version = 1)
      : name(column), member(of), since(version) {}
  const char* name;
  M T::*member;
  int since;
};

struct IndexShape {
  std::string_view columns;  // "person_id, created_seq"
  int since = 1;
};

struct TableShape {
  std::string_view name;
  std::string_view key;
  bool key_is_sequence = false;
  std::array<IndexShape, 8> indexes{};
  std::array<IndexShape, 2> uniques{};
  std::array<std::string_view, 2> references{};  // "person_id people"
  int since = 1;
};

// Adds key, indexes, uniques and references; a column that the spec does not have is a bug.
void AddShape(const TableShape& shape, TableSpec* spec);

template <class T>
constexpr bool kIsView = requires {
  typename T::ViewOf;
};

template <class T, class Fn>
void ForEachField(Fn&& fn) {
  std::apply([&](const auto&... field) { (fn(field), ...); }, T::Fields());
}

template <class T>
TableSpec MakeTableSpec() {
  TableSpec spec;
  const T initial{};
  ForEachField<T>([&]<class M>(const Field<T, M>& field) {
    spec.columns.push_back({field.name, Codec<M>::kType, Codec<M>::kNullable,
                            Codec<M>::Encode(initial.*field.member), field.since});
  });
  if constexpr (kIsView<T>) {
    spec.name = T::ViewOf::kTable.name;
  } else {
    AddShape(T::kTable, &spec);
  }
  return spec;
}

template <class T>
const TableSpec& TableOf() {
  static const TableSpec spec = MakeTableSpec<T>();
  return spec;
}

template <class T, class M>
std::string ColumnName(M T::*member) {
  const char* name = nullptr;
  ForEachField<T>([&]<class N>(const Field<T, N>& field) {
    if constexpr (std::is_same_v<M, N>) {
      if (field.member == member) name = field.name;
    }
  });
  CHECK(name != nullptr);
  return name;
}

template <class T>
Row ToRow(const T& record) {
  Row row;
  row.reserve(std::tuple_size_v<decltype(T::Fields())>);
  ForEachField<T>([&]<class M>(const Field<T, M>& field) {
    row.push_back(Codec<M>::Encode(record.*field.member));
  });
  return row;
}

template <class T>
Result<T> FromRow(Row row) {
  T record{};
  size_t index = 0;
  const char* wrong = nullptr;
  CHECK_EQ(row.size(), std::tuple_size_v<decltype(T::Fields())>);
  ForEachField<T>([&]<class M>(const Field<T, M>& field) {
    if (!Codec<M>::Decode(row[index++], &(record.*field.member))) wrong = field.name;
  });
  if (wrong == nullptr) return record;
  return Error::Corrupt("table {}: column {} holds a value that this program does not know",
                        TableOf<T>().name, wrong);
}

}  // namespace aozora
