// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace aozora::policy {

// Finds all of many patterns in a text at once (Aho and Corasick, "Efficient String Matching",
// CACM 18(6), 1975). Patterns are numbered in the order given; equal ones may repeat. Immutable:
// any thread may use it. Time to find: linear in the text and the number of hits.
class PhraseMatcher {
 public:
  PhraseMatcher() = default;
  explicit PhraseMatcher(
      const std::vector<std::u32string_view>& patterns);  // empty ones: never hit

  struct Hit {
    uint32_t pattern_index;
    uint32_t end;  // in characters; it begins the pattern's length before
  };
  // In the order of their ends.
  std::vector<Hit> Find(std::u32string_view text) const;

 private:
  struct Edge {
    char32_t character;
    uint32_t to;
  };
  struct Node {
    uint32_t edge_begin = 0;  // edges_[edge_begin, edge_end), by character
    uint32_t edge_end = 0;
    uint32_t pattern_begin = 0;  // patterns_[pattern_begin, pattern_end) end here
    uint32_t pattern_end = 0;
    uint32_t fallback = 0;  // the longest proper suffix that is a node
    uint32_t shorter = 0;   // the longest proper suffix at which a pattern ends; 0: none
  };

  static constexpr uint32_t kNone = ~0u;
  uint32_t Child(uint32_t node, char32_t character) const;  // kNone without
  uint32_t Next(uint32_t node, char32_t character) const;
  void Link();

  std::vector<Node> nodes_;  // the first is the root; children come after their parents
  std::vector<Edge> edges_;
  std::vector<uint32_t> patterns_;
};

}  // namespace aozora::policy
