// SPDX-License-Identifier: Apache-2.0
#include "text/charsmap.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace aozora {
namespace {

constexpr uint32_t kNestedRulesMax = 32;  // Normalizer::kMaxTrieResultsSize

// One unit of a double array, as darts-clone packs it.
struct Unit {
  uint32_t bits;

  uint32_t label() const { return bits & 0x800000FFu; }  // a leaf's is no byte
  bool has_leaf() const { return ((bits >> 8) & 1) != 0; }
  uint32_t offset() const { return (bits >> 10) << ((bits & (1u << 9)) >> 6); }
  uint32_t value() const { return bits & 0x7FFFFFFFu; }
};

std::vector<uint32_t> Units(std::string_view trie) {
  std::vector<uint32_t> units(trie.size() / sizeof(uint32_t));
  if (!units.empty()) std::memcpy(units.data(), trie.data(), units.size() * sizeof(uint32_t));
  return units;
}

struct Parts {
  std::string_view trie;
  std::string_view replacements;
};

Result<Parts> Split(std::string_view charsmap) {
  uint32_t trie_bytes = 0;
  if (charsmap.size() < sizeof(trie_bytes)) {
    return Error::Corrupt("normalization rules: {} bytes", charsmap.size());
  }
  std::memcpy(&trie_bytes, charsmap.data(), sizeof(trie_bytes));
  charsmap.remove_prefix(sizeof(trie_bytes));
  if (trie_bytes > charsmap.size()) {
    return Error::Corrupt("normalization rules: a trie of {} bytes in {}", trie_bytes,
                          charsmap.size());
  }
  return Parts{charsmap.substr(0, trie_bytes), charsmap.substr(trie_bytes)};
}

class Checker {
 public:
  explicit Checker(const Parts& parts)
      : units_(Units(parts.trie)),
        replacements_(parts.replacements),
        states_(units_.size(), kNew) {}

  // Depth first, without recursion: a hostile trie is as deep as it is long.
  Status Run() {
    if (units_.empty()) return Error::Corrupt("normalization rules: no trie");
    TRY(Enter(0));
    while (!path_.empty()) {
      Frame& frame = path_.back();
      if (frame.next_byte == 256) {
        TRY(Leave());
        continue;
      }
      const uint32_t byte = frame.next_byte++;
      const uint32_t child = frame.children ^ byte;
      if (Unit{units_[child]}.label() != byte) continue;
      if (states_[child] == kOnPath) return Error::Corrupt("normalization rules: an endless rule");
      if (states_[child] == kNew) {
        TRY(Enter(child));
      } else {
        frame.rules_below = std::max<uint32_t>(frame.rules_below, states_[child]);
      }
    }
    return Ok();
  }

 private:
  // The state of a unit: not seen, on the path to the current one, or else done, and then the
  // number of rules that a text can match at once from there on.
  static constexpr uint8_t kNew = 0xFF;
  static constexpr uint8_t kOnPath = 0xFE;
  static_assert(kNestedRulesMax < kOnPath);

  struct Frame {
    uint32_t unit;
    uint32_t children;  // XOR a byte: the unit that the byte leads to
    uint32_t next_byte = 0;
    uint32_t rules_below = 0;
  };

  Status Enter(uint32_t index) {
    const Unit unit = {units_[index]};
    const uint32_t children = index ^ unit.offset();
    if ((children | 0xFF) >= units_.size()) {
      return Error::Corrupt("normalization rules: unit {} of {} points outside", index,
                            units_.size());
    }
    // The root is never a match: that would be the empty text.
    if (index != 0 && unit.has_leaf()) {
      TRY(CheckReplacement(Unit{units_[children]}.value()));
    }
    states_[index] = kOnPath;
    path_.push_back({index, children});
    return Ok();
  }

  Status Leave() {
    const Frame frame = path_.back();
    path_.pop_back();
    const bool matches = frame.unit != 0 && Unit{units_[frame.unit]}.has_leaf();
    const uint32_t rules = frame.rules_below + (matches ? 1 : 0);
    if (rules > kNestedRulesMax) {
      return Error::Corrupt("normalization rules: more than {} for one text", kNestedRulesMax);
    }
    states_[frame.unit] = static_cast<uint8_t>(rules);
    if (!path_.empty()) path_.back().rules_below = std::max(path_.back().rules_below, rules);
    return Ok();
  }

  Status CheckReplacement(uint32_t offset) const {
    if (offset >= replacements_.size()) {
      return Error::Corrupt("normalization rules: replacement at {} of {} bytes", offset,
                            replacements_.size());
    }
    const std::string_view text = replacements_.substr(offset, kReplacementBytesMax + 1);
    if (text.find('\0') == text.npos) {
      return Error::Corrupt("normalization rules: a replacement of more than {} bytes",
                            kReplacementBytesMax);
    }
    return Ok();
  }

  std::vector<uint32_t> units_;
  std::string_view replacements_;
  std::vector<uint8_t> states_;
  std::vector<Frame> path_;
};

}  // namespace

Status CheckCharsmap(std::string_view charsmap) {
  const Parts parts = TRY(Split(charsmap));
  return Checker(parts).Run();
}

Charsmap::Charsmap(std::string_view checked) {
  if (checked.empty()) return;
  const Parts parts = Split(checked).value();
  units_ = Units(parts.trie);
  replacements_ = parts.replacements;
}

// The leaf of a match is child 0 of its unit.
Charsmap::Match Charsmap::Longest(std::string_view text) const {
  Match match;
  if (units_.empty()) return match;
  size_t replacement = 0;
  uint32_t children = Unit{units_[0]}.offset();
  for (size_t i = 0; i < text.size(); ++i) {
    const uint32_t byte = static_cast<unsigned char>(text[i]);
    const uint32_t index = children ^ byte;
    const Unit unit = {units_[index]};
    if (unit.label() != byte) break;
    children = index ^ unit.offset();
    if (!unit.has_leaf()) continue;
    match.length = i + 1;
    replacement = Unit{units_[children]}.value();
  }
  if (match.length > 0) match.replacement = replacements_.c_str() + replacement;
  return match;
}

}  // namespace aozora
