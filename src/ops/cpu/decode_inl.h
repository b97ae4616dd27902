// SPDX-License-Identifier: Apache-2.0
// Stored weights as f32, fast for the common dtypes. Included once for each instruction set.
#if defined(AOZORA_OPS_CPU_DECODE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_OPS_CPU_DECODE_INL_H_
#undef AOZORA_OPS_CPU_DECODE_INL_H_
#else
#define AOZORA_OPS_CPU_DECODE_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>
#include <cstring>

#include "tensor/decode.h"
#include "tensor/weight.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using DecodeTag = hn::CappedTag<float, 16>;

// The vector loops: whole vectors of `count` values; the number of values done is returned. The
// stored values may lie at odd addresses (mapped files), hence the byte pointers.
inline int64_t DecodeBF16(const std::byte* from, int64_t count, float scale, float* out) {
  const DecodeTag d;
  const hn::Rebind<uint16_t, DecodeTag> d16;
  const hn::RebindToUnsigned<DecodeTag> d32;
  const auto factor = hn::Set(d, scale);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    HWY_ALIGN uint16_t bits[hn::MaxLanes(d16)];
    std::memcpy(bits, from + 2 * i, hn::Lanes(d) * 2);
    const auto wide = hn::ShiftLeft<16>(hn::PromoteTo(d32, hn::Load(d16, bits)));
    hn::StoreU(hn::Mul(factor, hn::BitCast(d, wide)), d, out + i);
  }
  return i;
}

inline int64_t DecodeF16(const std::byte* from, int64_t count, float scale, float* out) {
  const DecodeTag d;
  const hn::Rebind<uint16_t, DecodeTag> d16;
  const hn::Rebind<hwy::float16_t, DecodeTag> df16;
  const auto factor = hn::Set(d, scale);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    HWY_ALIGN uint16_t bits[hn::MaxLanes(d16)];
    std::memcpy(bits, from + 2 * i, hn::Lanes(d) * 2);
    const auto half = hn::BitCast(df16, hn::Load(d16, bits));
    hn::StoreU(hn::Mul(factor, hn::PromoteTo(d, half)), d, out + i);
  }
  return i;
}

inline int64_t DecodeF32(const std::byte* from, int64_t count, float scale, float* out) {
  const DecodeTag d;
  const auto factor = hn::Set(d, scale);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    HWY_ALIGN float values[hn::MaxLanes(d)];
    std::memcpy(values, from + 4 * i, hn::Lanes(d) * 4);
    hn::StoreU(hn::Mul(factor, hn::Load(d, values)), d, out + i);
  }
  return i;
}

// Blocks of 32: a scale as f16, then 32 signed bytes.
inline void DecodeQ8_0(const std::byte* from, int64_t count, float scale, float* out) {
  constexpr int64_t kBlockValues = 32, kBlockBytes = 34;
  const DecodeTag d;
  const hn::Rebind<int8_t, DecodeTag> d8;
  const hn::RebindToSigned<DecodeTag> d32;
  for (int64_t block = 0; block < count / kBlockValues; ++block, from += kBlockBytes) {
    uint16_t bits;
    HWY_ALIGN int8_t values[kBlockValues];
    std::memcpy(&bits, from, sizeof(bits));
    std::memcpy(values, from + sizeof(bits), sizeof(values));
    const auto factor = hn::Set(d, scale * F16ToF32(bits));
    for (size_t i = 0; i < kBlockValues; i += hn::Lanes(d)) {
      const auto wide = hn::ConvertTo(d, hn::PromoteTo(d32, hn::LoadU(d8, values + i)));
      hn::StoreU(hn::Mul(factor, wide), d, out + block * kBlockValues + static_cast<int64_t>(i));
    }
  }
}

// Values [first, first + count) of row `row` of a weight [N, ...], times its scale; whole blocks of
// its dtype, as multiples of kDecodeAlignment are.
inline constexpr int64_t kDecodeAlignment = 256;  // the largest block of all dtypes
inline void DecodeRow(const Weight& weight, int64_t row, int64_t first, int64_t count, float* out) {
  const DType dtype = weight.view.dtype();
  const DTypeInfo& info = Info(dtype);
  const std::byte* from =
      static_cast<const std::byte*>(weight.view.data()) +
      (row * weight.view.item_stride() + first) / info.block_values * info.block_bytes;
  int64_t done = 0;
  if (dtype == DType::kBF16) {
    done = DecodeBF16(from, count, weight.scale, out);
  } else if (dtype == DType::kF16) {
    done = DecodeF16(from, count, weight.scale, out);
  } else if (dtype == DType::kF32) {
    done = DecodeF32(from, count, weight.scale, out);
  } else if (dtype == DType::kQ8_0) {
    DecodeQ8_0(from, count, weight.scale, out);
    return;
  }
  if (done == count) return;
  DecodeToF32(dtype, from + done * info.block_bytes, count - done, out + done);
  for (int64_t i = done; i < count; ++i) out[i] *= weight.scale;
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
