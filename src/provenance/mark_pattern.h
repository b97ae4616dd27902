// SPDX-License-Identifier: Apache-2.0
// What a key makes of the mark: a square tile of chips, each +1 or -1, repeated over the picture.
// Some chips are always the same (they say where, how large and how turned the tile is), the others
// carry the coded bits. The family is JAWS (Kalker et al., "A video watermarking system for
// broadcast monitoring", SPIE 3657, 1999).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "provenance/mark_code.h"

namespace aozora {

using MarkKey = std::array<std::byte, 16>;  // secret, one for each installation

inline constexpr int kTileSide = 64;  // chips
inline constexpr int kTileChips = kTileSide * kTileSide;
// Chips to the shorter side of a picture as it was marked.
inline constexpr double kChipsAcross = 120;
// A key has so many tiles; a clip's number says which it gets. Whoever averages many clips of one
// installation finds the sum of all of them rather than the one to take away.
inline constexpr uint32_t kMarkClassCount = 4;
inline uint32_t MarkClassOf(uint32_t id) { return id % kMarkClassCount; }

struct MarkPattern {
  static constexpr int16_t kSync = -1;
  // [row][column]
  std::array<int8_t, kTileChips> sign;   // +1 or -1
  std::array<int16_t, kTileChips> role;  // kSync, or the coded bit that it carries
};

// Signs and roles are drawn from a stream cipher (ChaCha20) under a key that HMAC-SHA256 derives
// from `key` and the class: one tile tells nothing about another.
MarkPattern MakeMarkPattern(const MarkKey& key, uint32_t mark_class);

// The chips of the tile for a number: sync chips as they are, data chips times their coded bit.
std::array<int8_t, kTileChips> MarkChips(const MarkPattern& pattern, const MarkCodeword& word);

}  // namespace aozora
