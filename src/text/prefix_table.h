// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace aozora {

// Finds all keys that a text begins with. The keys lie sorted one behind the other, and each knows
// the longest other key that it begins with. All keys that a text begins with are then found along
// that chain from the last key that sorts before the text: what lies in order between a beginning
// of the text and the text begins with it too. So a search is one binary search, and the table is
// built as fast as strings are sorted.
class PrefixTable {
 public:
  // A key's place in the order; the place of its value in arrays of the caller.
  using Index = uint32_t;
  static constexpr Index kNone = std::numeric_limits<Index>::max();

  PrefixTable() = default;
  // `sorted`: in ascending order of bytes, all different, none empty.
  explicit PrefixTable(const std::vector<std::string_view>& sorted);

  Index Longest(std::string_view text) const;  // that the text begins with, or kNone
  // The next shorter one that the text begins with when it begins with `key`, or kNone.
  Index Shorter(Index key) const { return entries_[key].shorter; }
  size_t Length(Index key) const { return entries_[key].length; }  // bytes

 private:
  struct Entry {
    uint32_t begin;  // in bytes_
    uint32_t length;
    Index shorter;
  };

  std::string_view Text(const Entry& entry) const {
    return std::string_view(bytes_).substr(entry.begin, entry.length);
  }

  std::string bytes_;
  std::vector<Entry> entries_;
};

}  // namespace aozora
