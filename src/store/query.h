// SPDX-License-Identifier: Apache-2.0
// Which rows, in which order, how many: as data, so that each store says it in its own language.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "store/record.h"

namespace aozora {

// Equal and NotEqual take null for a value like any other; the rest hold for no null.
enum class Compare { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kIn };

struct Condition {
  std::string column;
  Compare compare = Compare::kEqual;
  std::vector<Value> values;  // one; any number for kIn, where none matches nothing
};

struct RowQuery {
  struct Order {
    std::string column;
    bool descending = false;
  };
  std::vector<Condition> conditions;  // all hold
  std::vector<Order> order;
  int64_t limit = -1;  // < 0: all
};

// Query<JobRecord>().Equal(&JobRecord::state, JobState::kQueued).Descending(&JobRecord::priority)
template <class T>
class Query {
 public:
  template <class M>
  Query& Where(M T::*member, Compare compare, const M& value) {
    rows_.conditions.push_back({ColumnName(member), compare, {Codec<M>::Encode(value)}});
    return *this;
  }
  template <class M>
  Query& Equal(M T::*member, const std::type_identity_t<M>& value) {
    return Where(member, Compare::kEqual, value);
  }
  template <class M>
  Query& NotEqual(M T::*member, const std::type_identity_t<M>& value) {
    return Where(member, Compare::kNotEqual, value);
  }
  template <class M>
  Query& Less(M T::*member, const std::type_identity_t<M>& value) {
    return Where(member, Compare::kLess, value);
  }
  template <class M>
  Query& AtMost(M T::*member, const std::type_identity_t<M>& value) {
    return Where(member, Compare::kLessOrEqual, value);
  }
  template <class M>
  Query& Greater(M T::*member, const std::type_identity_t<M>& value) {
    return Where(member, Compare::kGreater, value);
  }
  template <class M>
  Query& AtLeast(M T::*member, const std::type_identity_t<M>& value) {
    return Where(member, Compare::kGreaterOrEqual, value);
  }
  template <class M, class Values>
  Query& In(M T::*member, const Values& values) {
    Condition condition{ColumnName(member), Compare::kIn, {}};
    for (const auto& value : values) condition.values.push_back(Codec<M>::Encode(value));
    rows_.conditions.push_back(std::move(condition));
    return *this;
  }
  template <class M>
  Query& In(M T::*member, std::initializer_list<M> values) {
    return In<M, std::initializer_list<M>>(member, values);
  }
  template <class M>
  Query& Ascending(M T::*member) {
    rows_.order.push_back({ColumnName(member), false});
    return *this;
  }
  template <class M>
  Query& Descending(M T::*member) {
    rows_.order.push_back({ColumnName(member), true});
    return *this;
  }
  Query& Limit(int64_t count) {
    rows_.limit = count;
    return *this;
  }

  const RowQuery& rows() const { return rows_; }

 private:
  RowQuery rows_;
};

}  // namespace aozora
