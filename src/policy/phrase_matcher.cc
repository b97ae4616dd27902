// SPDX-License-Identifier: Apache-2.0
#include "policy/phrase_matcher.h"

#include <algorithm>
#include <deque>
#include <numeric>

namespace aozora::policy {

// Sorted patterns are ranges that split at each depth: the tree is laid out level by level, so a
// node's edges are neighbours.
PhraseMatcher::PhraseMatcher(const std::vector<std::u32string_view>& patterns) {
  std::vector<uint32_t> order(patterns.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return patterns[a] < patterns[b]; });
  struct Range {
    size_t begin, end, depth;  // of order: all share `depth` characters
  };
  std::deque<Range> ranges = {{0, order.size(), 0}};
  nodes_.emplace_back();
  for (uint32_t node = 0; node < nodes_.size(); ++node) {
    auto [begin, end, depth] = ranges.front();
    ranges.pop_front();
    nodes_[node].pattern_begin = static_cast<uint32_t>(patterns_.size());
    for (; begin < end && patterns[order[begin]].size() == depth; ++begin) {
      if (depth > 0) patterns_.push_back(order[begin]);
    }
    nodes_[node].pattern_end = static_cast<uint32_t>(patterns_.size());
    nodes_[node].edge_begin = static_cast<uint32_t>(edges_.size());
    while (begin < end) {
      const char32_t character = patterns[order[begin]][depth];
      size_t same = begin;
      while (same < end && patterns[order[same]][depth] == character) ++same;
      edges_.push_back({character, static_cast<uint32_t>(nodes_.size())});
      nodes_.emplace_back();
      ranges.push_back({begin, same, depth + 1});
      begin = same;
    }
    nodes_[node].edge_end = static_cast<uint32_t>(edges_.size());
  }
  Link();
}

// Parents come before children, and suffixes are shorter: all that a node needs is there already.
void PhraseMatcher::Link() {
  for (uint32_t parent = 0; parent < nodes_.size(); ++parent) {
    for (uint32_t e = nodes_[parent].edge_begin; e < nodes_[parent].edge_end; ++e) {
      Node& node = nodes_[edges_[e].to];
      node.fallback = parent == 0 ? 0 : Next(nodes_[parent].fallback, edges_[e].character);
      const Node& suffix = nodes_[node.fallback];
      const bool ends_there = suffix.pattern_begin < suffix.pattern_end;
      node.shorter = ends_there ? node.fallback : suffix.shorter;
    }
  }
}

uint32_t PhraseMatcher::Child(uint32_t node, char32_t character) const {
  const auto begin = edges_.begin() + nodes_[node].edge_begin;
  const auto end = edges_.begin() + nodes_[node].edge_end;
  const auto edge = std::lower_bound(
      begin, end, character, [](const Edge& e, char32_t wanted) { return e.character < wanted; });
  return edge != end && edge->character == character ? edge->to : kNone;
}

uint32_t PhraseMatcher::Next(uint32_t node, char32_t character) const {
  while (true) {
    const uint32_t child = Child(node, character);
    if (child != kNone) return child;
    if (node == 0) return 0;
    node = nodes_[node].fallback;
  }
}

std::vector<PhraseMatcher::Hit> PhraseMatcher::Find(std::u32string_view text) const {
  std::vector<Hit> hits;
  if (nodes_.empty()) return hits;
  uint32_t node = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    node = Next(node, text[i]);
    for (uint32_t at = node; at != 0; at = nodes_[at].shorter) {
      for (uint32_t p = nodes_[at].pattern_begin; p < nodes_[at].pattern_end; ++p) {
        hits.push_back({patterns_[p], static_cast<uint32_t>(i + 1)});
      }
    }
  }
  return hits;
}

}  // namespace aozora::policy
