// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

#include "tensor/image.h"

namespace aozora::policy {

// A picture in 64 bits that change little when it is scaled, compressed or made brighter: which of
// the 8x8 lowest frequencies of its grey, 32x32, are above their median (the DCT hash of Zauner,
// "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010). `mirrored` is that
// of the picture seen in a mirror. Different pictures differ in about 32 bits; 8 or fewer are most
// likely the same.
struct PictureHash {
  uint64_t bits = 0;
  uint64_t mirrored = 0;
};

// Nothing for a picture without anything in it: the bits of a plain surface are noise.
std::optional<PictureHash> HashPicture(const Image& picture);

// The fewest differing bits to either way of seeing it.
inline uint32_t HashDistance(const PictureHash& hash, uint64_t bits) {
  const int straight = std::popcount(hash.bits ^ bits);
  const int mirrored = std::popcount(hash.mirrored ^ bits);
  return static_cast<uint32_t>(straight < mirrored ? straight : mirrored);
}

}  // namespace aozora::policy
