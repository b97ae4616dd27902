// SPDX-License-Identifier: Apache-2.0
#include "http/range.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Numbers that do not fit are larger than any file.
uint64_t Saturated(std::string_view digits) { return ParseDecimal(digits).value_or(UINT64_MAX); }

// "first-", "first-last" or "-bytes". False: it is no range at all. Nothing is added to `ranges` if
// it lies outside of the file.
bool ParseOne(std::string_view text, uint64_t file_bytes, std::vector<ByteRange>* ranges) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view first = text.substr(0, dash);
  const std::string_view last = text.substr(dash + 1);
  if (first.empty()) {
    if (!IsDigits(last)) return false;
    const uint64_t bytes = std::min(Saturated(last), file_bytes);
    if (bytes > 0) ranges->push_back({file_bytes - bytes, file_bytes - 1});
    return true;
  }
  if (!IsDigits(first) || !(last.empty() || IsDigits(last))) return false;
  const uint64_t begin = Saturated(first);
  const uint64_t end = last.empty() ? UINT64_MAX : Saturated(last);
  if (end < begin) return false;
  if (begin < file_bytes) ranges->push_back({begin, std::min(end, file_bytes - 1)});
  return true;
}

}  // namespace

RangeChoice ChooseRanges(std::string_view field, uint64_t file_bytes, uint32_t range_count_max) {
  const size_t equals = field.find('=');
  if (equals == std::string_view::npos || !EqualsNoCase(field.substr(0, equals), "bytes")) {
    return {};
  }
  const std::vector<std::string_view> wanted = SplitList(field.substr(equals + 1));
  if (wanted.empty()) return {};
  if (wanted.size() > range_count_max) return {RangeChoice::Kind::kUnsatisfiable, {}};
  RangeChoice choice;
  for (const std::string_view each : wanted) {
    if (!ParseOne(each, file_bytes, &choice.ranges)) return {};
  }
  uint64_t bytes_left = file_bytes;
  for (const ByteRange& range : choice.ranges) {
    if (range.bytes() > bytes_left) return {RangeChoice::Kind::kUnsatisfiable, {}};
    bytes_left -= range.bytes();
  }
  choice.kind =
      choice.ranges.empty() ? RangeChoice::Kind::kUnsatisfiable : RangeChoice::Kind::kRanges;
  return choice;
}

}  // namespace aozora::http
