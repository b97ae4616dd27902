// SPDX-License-Identifier: Apache-2.0
// Blocks of kQ8Affine (tensor/dtype.h) to f32 and back. Included once for each instruction set.
#if defined(AOZORA_OPS_CPU_Q8_AFFINE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_OPS_CPU_Q8_AFFINE_INL_H_
#undef AOZORA_OPS_CPU_Q8_AFFINE_INL_H_
#else
#define AOZORA_OPS_CPU_Q8_AFFINE_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

#include "ops/cpu/math_inl.h"
#include "tensor/decode.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Q8Tag = hn::CappedTag<float, 16>;
inline constexpr int64_t kQ8Values = 32;
inline constexpr int64_t kQ8Lanes = hn::MaxLanes(Q8Tag());

struct Q8Block {
  uint16_t range[2];  // f16: scale, lowest value
  uint8_t values[kQ8Values];
};

HWY_INLINE void DecodeRange(const Q8Block& block, float (&range)[2]) {
  if constexpr (kHasF16) {
    const hn::CappedTag<float, 2> d;
    const hn::Rebind<uint16_t, decltype(d)> d16;
    const hn::Rebind<hwy::float16_t, decltype(d)> df16;
    hn::StoreU(hn::PromoteTo(d, hn::BitCast(df16, hn::LoadU(d16, block.range))), d, range);
  } else {
    for (int i = 0; i < 2; ++i) range[i] = F16ToF32(block.range[i]);
  }
}

HWY_INLINE uint16_t NearestF16(float value) {
  if constexpr (!kHasF16) return F32ToF16(value);
  const hn::CappedTag<float, 1> d;
  const hn::Rebind<uint16_t, decltype(d)> d16;
  const hn::Rebind<hwy::float16_t, decltype(d)> df16;
  return hn::GetLane(hn::BitCast(d16, hn::DemoteTo(df16, hn::Set(d, value))));
}

HWY_INLINE void DecodeQ8Block(const Q8Block& block, float* out) {
  const Q8Tag d;
  const hn::RebindToSigned<Q8Tag> d32;
  const hn::Rebind<uint8_t, Q8Tag> d8;
  float range[2];
  DecodeRange(block, range);
  const auto scale = hn::Set(d, range[0]), lowest = hn::Set(d, range[1]);
  for (int64_t i = 0; i < kQ8Values; i += kQ8Lanes) {
    const auto q = hn::ConvertTo(d, hn::PromoteTo(d32, hn::LoadU(d8, block.values + i)));
    hn::StoreU(hn::MulAdd(q, scale, lowest), d, out + i);
  }
}

// `values` is aligned to vectors.
HWY_INLINE void EncodeQ8Block(const float* values, Q8Block* block) {
  const Q8Tag d;
  const hn::Rebind<uint8_t, Q8Tag> d8;
  auto low = hn::Load(d, values), high = low;
  auto zeros = hn::Zero(d);  // or NaN, if not all is finite
  for (int64_t i = 0; i < kQ8Values; i += kQ8Lanes) {
    const auto v = hn::Load(d, values + i);
    low = hn::Min(low, v);
    high = hn::Max(high, v);
    zeros = hn::MulAdd(v, hn::Zero(d), zeros);
  }
  const float zero = hn::GetLane(hn::SumOfLanes(d, zeros));
  const bool finite = zero == 0;
  block->range[1] = NearestF16(finite ? hn::GetLane(hn::MinOfLanes(d, low)) : zero);
  block->range[0] = 0;
  float range[2];
  DecodeRange(*block, range);
  const float highest = hn::GetLane(hn::MaxOfLanes(d, high));
  if (finite) block->range[0] = NearestF16((highest - range[1]) * (1.0f / 255));
  DecodeRange(*block, range);
  const auto steps = hn::Set(d, range[0] > 0 ? 1 / range[0] : 0.0f);
  const auto lowest = hn::Set(d, finite ? range[1] : 0.0f);
  for (int64_t i = 0; i < kQ8Values; i += kQ8Lanes) {
    const auto v = finite ? hn::Load(d, values + i) : hn::Zero(d);
    const auto q = hn::NearestInt(hn::Mul(hn::Sub(v, lowest), steps));
    hn::StoreU(hn::DemoteTo(d8, q), d8, block->values + i);  // to 0 and to 255, if beyond
  }
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
