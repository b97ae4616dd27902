// SPDX-License-Identifier: Apache-2.0
// What must survive: a store of records with serialisable, durable transactions. No SQL here; an
// implementation says rows and queries in its own language (stores/), and tests/store holds the
// suite that each must pass.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "store/query.h"
#include "store/record.h"

namespace aozora {

// Valid inside of the function that Store::Write or Store::Read calls, on that thread.
// After a conflict (Insert) or a missing row (Change) the function may go on, nothing has changed;
// any other error it must return.
class Transaction {
 public:
  virtual ~Transaction() = default;

  // kInvalid if the key or a unique index has it already.
  template <class T>
  Status Insert(const T& record) {
    static_assert(!kIsView<T> && !T::kTable.key_is_sequence);
    return InsertRow(TableOf<T>(), ToRow(record));
  }
  // Of a table whose key the store assigns: returns it. The record's own is not looked at.
  template <class T>
  Result<int64_t> Append(const T& record) {
    static_assert(!kIsView<T> && T::kTable.key_is_sequence);
    return AppendRow(TableOf<T>(), ToRow(record));
  }
  template <class T>
  Status Put(const T& record) {  // inserts, or replaces the row with the same key
    static_assert(!kIsView<T>);
    return PutRow(TableOf<T>(), ToRow(record));
  }
  // Writes the members in which the two differ; the key must not be one. kNotFound without a row.
  template <class T>
  Status Change(const T& before, const T& after) {
    static_assert(!kIsView<T>);
    return ChangeRow(TableOf<T>(), ToRow(before), ToRow(after));
  }
  template <class T, class... Key>
  Result<std::optional<T>> Find(const Key&... key) {
    return First<T>(KeyQuery<T>(key...));
  }
  template <class T, class... Key>
  Result<bool> Erase(const Key&... key) {  // whether there was one
    return TRY(EraseRows(TableOf<T>(), KeyQuery<T>(key...))) > 0;
  }
  template <class T>
  Result<int64_t> EraseWhere(const Query<T>& query) {  // how many; order and limit count
    static_assert(!kIsView<T>);
    return EraseRows(TableOf<T>(), query.rows());
  }
  template <class T>
  Result<std::vector<T>> Select(const Query<T>& query) {
    return SelectWhere<T>(query.rows());
  }
  template <class T>
  Result<std::optional<T>> SelectFirst(const Query<T>& query) {
    return First<T>(query.rows());
  }
  template <class T>
  Result<int64_t> Count(const Query<T>& query) {  // order and limit are not looked at
    return CountRows(TableOf<T>(), query.rows());
  }
  template <class T, class M>
  Result<int64_t> Sum(M T::*member, const Query<T>& query) {  // of integers; of none: 0
    static_assert(Codec<M>::kType == ColumnType::kInteger);
    return SumRows(TableOf<T>(), ColumnName(member), query.rows());
  }

 protected:
  using RowVisitor = FunctionRef<void(Row)>;
  virtual Status InsertRow(const TableSpec& table, const Row& row) = 0;
  virtual Result<int64_t> AppendRow(const TableSpec& table, const Row& row) = 0;
  virtual Status PutRow(const TableSpec& table, const Row& row) = 0;
  virtual Status ChangeRow(const TableSpec& table, const Row& before, const Row& after) = 0;
  virtual Result<int64_t> EraseRows(const TableSpec& table, const RowQuery& query) = 0;
  virtual Status SelectRows(const TableSpec& table, const RowQuery& query, RowVisitor visit) = 0;
  virtual Result<int64_t> CountRows(const TableSpec& table, const RowQuery& query) = 0;
  virtual Result<int64_t> SumRows(const TableSpec& table, const std::string& column,
                                  const RowQuery& query) = 0;

 private:
  template <class T, class... Key>
  static RowQuery KeyQuery(const Key&... key) {
    RowQuery query;
    const TableSpec& table = TableOf<T>();
    CHECK_EQ(table.key.size(), sizeof...(key));
    size_t index = 0;
    (query.conditions.push_back({table.key[index++], Compare::kEqual, {KeyValue(key)}}), ...);
    return query;
  }
  template <class K>
  static Value KeyValue(const K& key) {
    if constexpr (std::is_convertible_v<K, std::string_view>) {
      return std::string(std::string_view(key));
    } else {
      return Codec<K>::Encode(key);
    }
  }
  template <class T>
  Result<std::vector<T>> SelectWhere(const RowQuery& query) {
    std::vector<T> records;
    Status status;
    TRY(SelectRows(TableOf<T>(), query, [&](Row row) {
      if (!status.ok()) return;
      Result<T> record = FromRow<T>(std::move(row));
      if (record.ok()) {
        records.push_back(std::move(record).value());
      } else {
        status = std::move(record).error();
      }
    }));
    TRY(std::move(status));
    return records;
  }
  template <class T>
  Result<std::optional<T>> First(RowQuery query) {
    query.limit = 1;
    std::vector<T> records = TRY(SelectWhere<T>(query));
    if (records.empty()) return std::optional<T>();
    return std::optional<T>(std::move(records.front()));
  }
};

// Any thread. Several processes may open the same store.
class Store {
 public:
  virtual ~Store() = default;

  // Runs fn(Transaction&) -> Result<T> in a serialisable transaction and returns its value once
  // that is on the disk. An error of fn rolls back and is returned. An error of the commit leaves
  // open whether it happened, as a lost connection to a server would: who must know, looks. Writes
  // of several threads are committed together, one sync for all, so fn must be quick; it runs once,
  // on any of the writing threads, and must not call the store.
  template <class Fn>
  auto Write(Fn&& fn) {
    return Run(fn, [this](FunctionRef<Status(Transaction&)> run) { return RunWrite(run); });
  }
  // The same on an unchanging view that holds every write which returned before. Writing in it is
  // an error.
  template <class Fn>
  auto Read(Fn&& fn) {
    return Run(fn, [this](FunctionRef<Status(Transaction&)> run) { return RunRead(run); });
  }

  // A whole, consistent copy under a name that does not exist yet, while others go on.
  virtual Status Backup(const std::filesystem::path& target) = 0;

 protected:
  virtual Status RunWrite(FunctionRef<Status(Transaction&)> fn) = 0;
  virtual Status RunRead(FunctionRef<Status(Transaction&)> fn) = 0;
  friend class StoreWrapper;

 private:
  template <class Fn, class Runner>
  static std::invoke_result_t<Fn&, Transaction&> Run(Fn& fn, Runner runner) {
    using R = std::invoke_result_t<Fn&, Transaction&>;
    std::optional<R> result;
    const Status status = runner([&](Transaction& transaction) -> Status {
      result.emplace(fn(transaction));
      if (!result->ok()) return result->error();
      return Ok();
    });
    if (!status.ok()) return status.error();
    CHECK(result.has_value());
    return std::move(*result);
  }
};

}  // namespace aozora
