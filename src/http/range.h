// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace aozora::http {

struct ByteRange {
  uint64_t first = 0;  // both are inside
  uint64_t last = 0;
  uint64_t bytes() const { return last - first + 1; }
};

struct RangeChoice {
  enum class Kind { kWhole, kRanges, kUnsatisfiable };
  Kind kind = Kind::kWhole;
  std::vector<ByteRange> ranges;  // of kRanges: one or more, in the order asked for
};

// What a Range field asks of a file (RFC 9110, section 14). A field that is none, or of another
// unit, asks for the whole. More than `range_count_max` ranges, or ranges that together are longer
// than the file, are an attack and not satisfied (section 17.15).
RangeChoice ChooseRanges(std::string_view field, uint64_t file_bytes, uint32_t range_count_max);

}  // namespace aozora::http
