// SPDX-License-Identifier: Apache-2.0
// The inner loops of convolutions: some output pixels of a line by some output channels, held in
// registers over one pass. Included once for each instruction set.
#if defined(AOZORA_OPS_CPU_CONV_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_OPS_CPU_CONV_TILE_INL_H_
#undef AOZORA_OPS_CPU_CONV_TILE_INL_H_
#else
#define AOZORA_OPS_CPU_CONV_TILE_INL_H_
#endif

#include <hwy/highway.h>

#include <utility>

#include "ops/cpu/conv_plan.h"

#ifndef AOZORA_UNROLL
#if HWY_COMPILER_CLANG
#define AOZORA_UNROLL _Pragma("clang loop unroll(full)")
#else
#define AOZORA_UNROLL _Pragma("GCC unroll 32")
#endif
#endif

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using ConvTag = hn::CappedTag<float, 16>;
using ConvVec = hn::Vec<ConvTag>;
inline constexpr int kConvLanes = static_cast<int>(hn::MaxLanes(ConvTag()));

// Accumulators, the vectors of weights and a broadcast share 32 or 16 registers. A vector more of
// weights spares loads of inputs, a pixel more those of weights.
inline constexpr int kConvVectorsMax = kConvLanes == 16 ? 4 : 2;
constexpr int ConvPixelsMax(int vector_count) {
  constexpr int kWide[] = {12, 12, 8, 6};
  constexpr int kNarrow[] = {8, 6};
  return kConvLanes == 16 ? kWide[vector_count - 1] : kNarrow[vector_count - 1];
}
// kInputs: as many sums, times one vector of each input pixel and each output channel.
inline constexpr int kConvInputBlockMax = 4;
constexpr int ConvInputPixelsMax(int channel_count) {
  constexpr int kWide[] = {12, 10, 8, 6};
  constexpr int kNarrow[] = {8, 5, 3, 2};
  return kConvLanes == 16 ? kWide[channel_count - 1] : kNarrow[channel_count - 1];
}

struct ConvTileArgs {
  const float* in;       // where the first pixel's first tap is
  int64_t pixel_stride;  // between the inputs of neighbouring output pixels
  const ConvPass* pass;
  const float* weights;
  float* sums;  // [pixels, sums_stride]
  int64_t sums_stride;
  bool add;  // to what is there
};
using ConvTileFunction = void (*)(const ConvTileArgs&);

template <int kPixels, int kVectors>
HWY_NOINLINE void ConvOutputTile(const ConvTileArgs& args) {
  const ConvTag d;
  ConvVec sums[kPixels][kVectors];
  AOZORA_UNROLL
  for (int pixel = 0; pixel < kPixels; ++pixel) {
    AOZORA_UNROLL
    for (int v = 0; v < kVectors; ++v) sums[pixel][v] = hn::Zero(d);
  }
  const float* HWY_RESTRICT weights = args.weights;
  const int64_t stride = args.pixel_stride;
  for (const ConvRun& run : args.pass->runs) {
    const float* HWY_RESTRICT in = args.in + run.offset;
    const float* const end = in + run.length;
    for (; in != end; ++in) {
      ConvVec w[kVectors];
      AOZORA_UNROLL
      for (int v = 0; v < kVectors; ++v) w[v] = hn::Load(d, weights + v * kConvLanes);
      weights += kVectors * kConvLanes;
      AOZORA_UNROLL
      for (int pixel = 0; pixel < kPixels; ++pixel) {
        const ConvVec value = hn::Set(d, in[pixel * stride]);
        AOZORA_UNROLL
        for (int v = 0; v < kVectors; ++v) {
          sums[pixel][v] = hn::MulAdd(value, w[v], sums[pixel][v]);
        }
      }
    }
  }
  float* HWY_RESTRICT to = args.sums;
  const bool add = args.add;
  AOZORA_UNROLL
  for (int pixel = 0; pixel < kPixels; ++pixel) {
    AOZORA_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      ConvVec sum = sums[pixel][v];
      if (add) sum = hn::Add(sum, hn::Load(d, to + v * kConvLanes));
      hn::Store(sum, d, to + v * kConvLanes);
    }
    to += args.sums_stride;
  }
}

template <int kPixels, int kChannels>
HWY_NOINLINE void ConvInputTile(const ConvTileArgs& args) {
  const ConvTag d;
  ConvVec sums[kPixels][kChannels];
  AOZORA_UNROLL
  for (int pixel = 0; pixel < kPixels; ++pixel) {
    AOZORA_UNROLL
    for (int c = 0; c < kChannels; ++c) sums[pixel][c] = hn::Zero(d);
  }
  const float* HWY_RESTRICT weights = args.weights;
  const int64_t stride = args.pixel_stride;
  for (const ConvRun& run : args.pass->runs) {
    const float* HWY_RESTRICT in = args.in + run.offset;
    const float* const end = in + run.length;
    for (; in != end; in += kConvLanes) {
      ConvVec w[kChannels];
      AOZORA_UNROLL
      for (int c = 0; c < kChannels; ++c) w[c] = hn::Load(d, weights + c * kConvLanes);
      weights += kChannels * kConvLanes;
      AOZORA_UNROLL
      for (int pixel = 0; pixel < kPixels; ++pixel) {
        const ConvVec value = hn::Load(d, in + pixel * stride);
        AOZORA_UNROLL
        for (int c = 0; c < kChannels; ++c) {
          sums[pixel][c] = hn::MulAdd(value, w[c], sums[pixel][c]);
        }
      }
    }
  }
  float* HWY_RESTRICT to = args.sums;
  AOZORA_UNROLL
  for (int pixel = 0; pixel < kPixels; ++pixel) {
    AOZORA_UNROLL
    for (int c = 0; c < kChannels; ++c) {
      const float sum = hn::GetLane(hn::SumOfLanes(d, sums[pixel][c]));
      to[c] = args.add ? to[c] + sum : sum;
    }
    to += args.sums_stride;
  }
}

// The tiles of a block of `kCount` vectors (or channels), by their number of pixels less one.
struct ConvTileTable {
  const ConvTileFunction* tiles;
  int pixels_max;
};

template <int kCount, int... kPixelsLess1>
ConvTileTable ConvOutputTable(std::integer_sequence<int, kPixelsLess1...>) {
  static constexpr ConvTileFunction kTiles[] = {&ConvOutputTile<kPixelsLess1 + 1, kCount>...};
  return {kTiles, sizeof...(kPixelsLess1)};
}
template <int kCount, int... kPixelsLess1>
ConvTileTable ConvInputTable(std::integer_sequence<int, kPixelsLess1...>) {
  static constexpr ConvTileFunction kTiles[] = {&ConvInputTile<kPixelsLess1 + 1, kCount>...};
  return {kTiles, sizeof...(kPixelsLess1)};
}

// The tiles for blocks of `count` vectors or channels, 1 <= count <= the maximum of the kind.
template <int kCount = 1>
ConvTileTable ConvOutputTiles(int count) {
  if constexpr (kCount < kConvVectorsMax) {
    if (count > kCount) return ConvOutputTiles<kCount + 1>(count);
  }
  return ConvOutputTable<kCount>(std::make_integer_sequence<int, ConvPixelsMax(kCount)>());
}
template <int kCount = 1>
ConvTileTable ConvInputTiles(int count) {
  if constexpr (kCount < kConvInputBlockMax) {
    if (count > kCount) return ConvInputTiles<kCount + 1>(count);
  }
  return ConvInputTable<kCount>(std::make_integer_sequence<int, ConvInputPixelsMax(kCount)>());
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
