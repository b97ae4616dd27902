// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"

namespace aozora {

// SentencePiece's precompiled normalization rules: the byte count of a trie (u32, little-endian),
// the trie as a double array of u32 units (github.com/s-yata/darts-clone, include/darts.h), and the
// replacements, each ending in a zero byte; the trie maps what is to be replaced to an offset into
// them (sentencepiece v0.1.97, src/normalizer.cc).
//
// SentencePiece follows the offsets in it without looking, so this walks through everything that
// any text could reach. kCorrupt if a path leaves the array, never ends, matches more rules at once
// than SentencePiece has room for, or ends in no replacement.
inline constexpr size_t kReplacementBytesMax = 128;  // the longest of NFKC has 33
Status CheckCharsmap(std::string_view charsmap);

}  // namespace aozora
