// SPDX-License-Identifier: Apache-2.0
// Arithmetic on some points side by side, and coordinate networks on blocks of points.
// Included once for each instruction set.
#if defined(AOZORA_MODELS_MINI_PAINTER_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_MODELS_MINI_PAINTER_LANES_INL_H_
#undef AOZORA_MODELS_MINI_PAINTER_LANES_INL_H_
#else
#define AOZORA_MODELS_MINI_PAINTER_LANES_INL_H_
#endif

// Vectors stay in registers only where loops over them are gone.
#ifndef AOZORA_UNROLL
#if defined(__clang__)
#define AOZORA_UNROLL _Pragma("clang loop unroll(full)")
#else
#define AOZORA_UNROLL _Pragma("GCC unroll 32")
#endif
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "models/mini/painter_kernels.h"
#include "models/mini/painter_setup.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::mini::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::CappedTag<float, 16>;
using IntTag = hn::RebindToSigned<FloatTag>;
inline constexpr size_t kLanes = hn::MaxLanes(FloatTag());
static_assert(kBlockPoints % kLanes == 0);

struct Lanes {
  hn::Vec<FloatTag> v;
  HWY_INLINE Lanes() : v(hn::Zero(FloatTag())) {}
  HWY_INLINE Lanes(hn::Vec<FloatTag> vector) : v(vector) {}         // NOLINT(runtime/explicit)
  HWY_INLINE Lanes(float value) : v(hn::Set(FloatTag(), value)) {}  // NOLINT(runtime/explicit)
};
HWY_INLINE Lanes operator+(Lanes a, Lanes b) { return hn::Add(a.v, b.v); }
HWY_INLINE Lanes operator-(Lanes a, Lanes b) { return hn::Sub(a.v, b.v); }
HWY_INLINE Lanes operator*(Lanes a, Lanes b) { return hn::Mul(a.v, b.v); }
HWY_INLINE Lanes operator/(Lanes a, Lanes b) { return hn::Div(a.v, b.v); }
HWY_INLINE Lanes operator-(Lanes a) { return hn::Neg(a.v); }
HWY_INLINE Lanes MulAdd(Lanes a, Lanes b, Lanes c) { return hn::MulAdd(a.v, b.v, c.v); }
HWY_INLINE Lanes Mix(Lanes a, Lanes b, Lanes share) { return MulAdd(b - a, share, a); }
HWY_INLINE Lanes Square(Lanes a) { return a * a; }
HWY_INLINE Lanes Floor(Lanes a) { return hn::Floor(a.v); }
HWY_INLINE Lanes Max(Lanes a, Lanes b) { return hn::Max(a.v, b.v); }
HWY_INLINE Lanes Min(Lanes a, Lanes b) { return hn::Min(a.v, b.v); }
HWY_INLINE Lanes Clamp(Lanes a, float low, float high) { return Min(Max(a, low), high); }
HWY_INLINE Lanes Load(const float* from) { return hn::LoadU(FloatTag(), from); }
HWY_INLINE void Store(Lanes value, float* to) { hn::StoreU(value.v, FloatTag(), to); }
// 0, 1, 2 ...
HWY_INLINE Lanes Count() { return hn::Iota(FloatTag(), 0.0f); }

HWY_INLINE Lanes Exp(Lanes a) { return hn::Exp(FloatTag(), a.v); }
HWY_INLINE Lanes Log(Lanes a) { return hn::Log(FloatTag(), a.v); }
HWY_INLINE Lanes Tanh(Lanes a) { return hn::Tanh(FloatTag(), a.v); }
// cos and sin of 2 pi a; whole turns are taken off first, where they cost no precision.
inline constexpr float kTurn = 6.2831853071795864769f;
HWY_INLINE Lanes Rest(Lanes turns) { return turns - Lanes(hn::Round(turns.v)); }
HWY_INLINE Lanes CosTurns(Lanes turns) { return hn::Cos(FloatTag(), (Rest(turns) * kTurn).v); }
HWY_INLINE Lanes SinTurns(Lanes turns) { return hn::Sin(FloatTag(), (Rest(turns) * kTurn).v); }

// 1 / (1 + e^-a), within 4 ulp. 2^x for x = n + f is the sum of n and the exponent's bits, times a
// polynomial in f of [-1/2, 1/2]: Taylor's of 2^f up to f^6, whose rest is below 2^-24.
HWY_INLINE Lanes Sigmoid(Lanes a) {
  const FloatTag d;
  constexpr float kLog2E = 1.44269504088896340736f;
  const Lanes x = Clamp(a, -80.0f, 80.0f) * (-kLog2E);
  const Lanes whole = hn::Round(x.v);
  const Lanes f = x - whole;
  Lanes p = 1.5403530393381609954e-4f;  // ln(2)^6 / 6!
  p = MulAdd(p, f, 1.3333558146428443423e-3f);
  p = MulAdd(p, f, 9.6181291076284771619e-3f);
  p = MulAdd(p, f, 5.5504108664821579953e-2f);
  p = MulAdd(p, f, 2.4022650695910071233e-1f);
  p = MulAdd(p, f, 6.9314718055994530942e-1f);
  p = MulAdd(p, f, 1.0f);
  const auto exponent = hn::ShiftLeft<23>(hn::ConvertTo(IntTag(), whole.v));
  const Lanes power = hn::BitCast(d, hn::Add(hn::BitCast(IntTag(), p.v), exponent));
  return Lanes(1.0f) / (power + 1.0f);
}
HWY_INLINE Lanes Silu(Lanes a) { return a * Sigmoid(a); }

// Points of a tile that accumulators are kept in registers for. Eight or sixteen accumulators hide
// the latency of a multiply-add; more do not fit beside the weights.
inline constexpr size_t kTileVectors = kLanes >= 16 ? 4 : 2;
inline constexpr size_t kTilePoints = kTileVectors * kLanes;
static_assert(kBlockPoints % kTilePoints == 0);

// Four outputs of a layer for a tile. x: [in][kBlockPoints], y: [out][kBlockPoints].
template <bool kSilu>
HWY_INLINE void RunTile(const float* weight, const float* bias, size_t in, const float* x,
                        float* y) {
  static_assert(kOutputGroup == 4);
  const FloatTag d;
  hn::Vec<FloatTag> sums[4][kTileVectors];
  AOZORA_UNROLL
  for (size_t o = 0; o < 4; ++o) {
    AOZORA_UNROLL
    for (size_t v = 0; v < kTileVectors; ++v) sums[o][v] = hn::Set(d, bias[o]);
  }
  for (size_t k = 0; k < in; ++k) {
    hn::Vec<FloatTag> at[kTileVectors];
    AOZORA_UNROLL
    for (size_t v = 0; v < kTileVectors; ++v) {
      at[v] = hn::LoadU(d, x + k * kBlockPoints + v * kLanes);
    }
    AOZORA_UNROLL
    for (size_t o = 0; o < 4; ++o) {
      const auto w = hn::Set(d, weight[k * 4 + o]);
      AOZORA_UNROLL
      for (size_t v = 0; v < kTileVectors; ++v) sums[o][v] = hn::MulAdd(w, at[v], sums[o][v]);
    }
  }
  AOZORA_UNROLL
  for (size_t o = 0; o < 4; ++o) {
    AOZORA_UNROLL
    for (size_t v = 0; v < kTileVectors; ++v) {
      const Lanes sum = sums[o][v];
      Store(kSilu ? Silu(sum) : sum, y + o * kBlockPoints + v * kLanes);
    }
  }
}

// The first `point_count` points of a block, rounded up to whole tiles.
template <bool kSilu>
HWY_INLINE void RunLayer(const MixedLayer& layer, size_t point_count, const float* x, float* y) {
  const auto in = static_cast<size_t>(layer.in), out = static_cast<size_t>(layer.out);
  for (size_t point = 0; point < point_count; point += kTilePoints) {
    for (size_t o = 0; o < out; o += 4) {
      RunTile<kSilu>(layer.weight.data() + o * in, layer.bias.data() + o, in, x + point,
                     y + o * kBlockPoints + point);
    }
  }
}

// From scratch.inputs to what comes back: [outputs][kBlockPoints], inside of scratch.
HWY_NOINLINE inline const float* RunNetwork(const MixedNetwork& network, size_t point_count,
                                            BlockScratch& scratch) {
  const float* x = scratch.inputs();
  for (size_t i = 0; i < network.size(); ++i) {
    float* y = scratch.hidden(i % 2);
    if (i + 1 < network.size()) {
      RunLayer<true>(network[i], point_count, x, y);
    } else {
      RunLayer<false>(network[i], point_count, x, y);
    }
    x = y;
  }
  return x;
}

}  // namespace aozora::mini::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
