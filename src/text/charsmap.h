// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aozora {

// SentencePiece's precompiled normalization rules: the byte count of a trie (u32, little-endian),
// the trie as a double array of u32 units (github.com/s-yata/darts-clone, include/darts.h), and the
// replacements, each ending in a zero byte; the trie maps what is to be replaced to an offset into
// them (sentencepiece v0.1.97, src/normalizer.cc).
//
// Charsmap, like SentencePiece, follows the offsets in it without looking, so this walks through
// everything that any text could reach. kCorrupt if a path leaves the array, never ends, matches
// more rules at once than SentencePiece has room for, or ends in no replacement.
inline constexpr size_t kReplacementBytesMax = 128;  // the longest of NFKC has 33
Status CheckCharsmap(std::string_view charsmap);

// Rules to normalize with. Immutable: any thread may use them.
class Charsmap {
 public:
  struct Match {
    size_t length = 0;             // bytes that the rule replaces; 0 if no rule matches
    std::string_view replacement;  // may be empty; lives as long as the rules
  };

  // No rules where `checked` is empty, otherwise what CheckCharsmap found good.
  explicit Charsmap(std::string_view checked);

  Match Longest(std::string_view text) const;  // the rule for the longest beginning of the text

 private:
  std::vector<uint32_t> units_;
  std::string replacements_;
};

}  // namespace aozora
