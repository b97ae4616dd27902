// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aozora::tidy {

// A file of the tree, read as text. Lines stay where they are in all three readings.
struct Source {
  Source(std::string path_in_tree, std::string content);

  std::string path;                      // from the root of the tree: "src/base/check.h"
  std::vector<std::string> lines;        // as they are
  std::vector<std::string> uncommented;  // comments blanked
  std::vector<std::string> code;         // comments, and what is between quotes, blanked

  std::string_view folder() const;  // "src/base"
  bool IsHeader() const { return path.ends_with(".h"); }
  bool IsCpp() const { return IsHeader() || path.ends_with(".cc"); }
  bool IsTest() const;  // only tests are made from it: x_test.cc, x_fuzz.cc, x_testonly.h, tests/
  bool IsUnder(std::string_view prefix) const { return path.starts_with(prefix); }
};

std::vector<std::string> SplitLines(std::string_view text);

// The words that identifiers and paths are made of, in lower case: "kWanDit", "wan_dit21" and
// "models/wan" all hold "wan". A word with digits at its end is given with and without them.
std::vector<std::string> WordsOf(std::string_view text);

}  // namespace aozora::tidy
