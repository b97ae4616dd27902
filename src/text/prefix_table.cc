// SPDX-License-Identifier: Apache-2.0
#include "text/prefix_table.h"

#include <algorithm>

#include "base/check.h"

namespace aozora {

PrefixTable::PrefixTable(const std::vector<std::string_view>& sorted) {
  size_t byte_count = 0;
  for (const std::string_view key : sorted) byte_count += key.size();
  CHECK_LT(byte_count, std::numeric_limits<uint32_t>::max());
  CHECK_LT(sorted.size(), kNone);
  bytes_.reserve(byte_count);
  entries_.reserve(sorted.size());
  Index last = kNone;
  for (const std::string_view key : sorted) {
    CHECK(!key.empty());
    CHECK(last == kNone || Text(entries_[last]) < key);
    Index shorter = last;
    while (shorter != kNone && !key.starts_with(Text(entries_[shorter]))) {
      shorter = entries_[shorter].shorter;
    }
    entries_.push_back(
        {static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(key.size()), shorter});
    bytes_ += key;
    last = static_cast<Index>(entries_.size() - 1);
  }
}

PrefixTable::Index PrefixTable::Longest(std::string_view text) const {
  const auto after = std::upper_bound(
      entries_.begin(), entries_.end(), text,
      [this](std::string_view wanted, const Entry& entry) { return wanted < Text(entry); });
  if (after == entries_.begin()) return kNone;
  auto key = static_cast<Index>(after - entries_.begin() - 1);
  const std::string_view nearest = Text(entries_[key]);
  const auto differs = std::mismatch(nearest.begin(), nearest.end(), text.begin(), text.end());
  const auto common = static_cast<size_t>(differs.first - nearest.begin());
  while (key != kNone && Length(key) > common) key = Shorter(key);
  return key;
}

}  // namespace aozora
