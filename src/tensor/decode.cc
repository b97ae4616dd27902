// SPDX-License-Identifier: Apache-2.0
#include "tensor/decode.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/check.h"

namespace aozora {
namespace {

// An IEEE-like format: sign, exponent and `mantissa_bits`; values below 2^exponent_min are evenly
// spaced (subnormal). The code of the first value that is not finite ends the range.
struct SmallFloat {
  int mantissa_bits;
  int exponent_min;
  uint32_t overflow_code;  // infinity, or NaN where there is none
  uint32_t nan_code;
  uint32_t sign_bit;
};
constexpr SmallFloat kF16 = {10, -14, 0x7c00, 0x7e00, 0x8000};
constexpr SmallFloat kF8E4M3 = {3, -6, 0x7f, 0x7f, 0x80};
constexpr SmallFloat kF8E5M2 = {2, -14, 0x7c, 0x7e, 0x80};

// Magnitudes are the codes in order, so rounding up to the next binade is a carry in the code.
uint32_t Encode(const SmallFloat& format, float value) {
  const uint32_t sign = std::signbit(value) ? format.sign_bit : 0;
  if (std::isnan(value)) return sign | format.nan_code;
  if (std::isinf(value)) return sign | format.overflow_code;
  if (value == 0) return sign;
  const double magnitude = std::fabs(static_cast<double>(value));
  const int exponent = std::max(std::ilogb(magnitude), format.exponent_min);
  // In units of the last place; the scaling is exact, nearbyint rounds ties to even.
  const double steps = std::nearbyint(std::ldexp(magnitude, format.mantissa_bits - exponent));
  const auto binades = static_cast<uint32_t>(exponent - format.exponent_min);
  const uint32_t code = (binades << format.mantissa_bits) + static_cast<uint32_t>(steps);
  return sign | std::min(code, format.overflow_code);
}

template <class T>
T Load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

template <class T, class Convert>
void DecodePlain(const std::byte* from, int64_t count, float* out, Convert convert) {
  for (int64_t i = 0; i < count; ++i) {
    out[i] = convert(Load<T>(from + i * static_cast<int64_t>(sizeof(T))));
  }
}

template <class T>
float Cast(T value) {
  return static_cast<float>(value);
}

uint32_t Byte(const std::byte* block, int index) { return std::to_integer<uint32_t>(block[index]); }
float HalfAt(const std::byte* block, int offset) {
  return F16ToF32(Load<uint16_t>(block + offset));
}

// d: f16, then 32 x int8. value = d * q.
void DecodeQ8_0(const std::byte* block, float* out) {
  const float d = HalfAt(block, 0);
  for (int i = 0; i < 32; ++i) out[i] = d * static_cast<float>(Load<int8_t>(block + 2 + i));
}

// d: f16, then 16 bytes: the low nibbles are values 0..15, the high ones 16..31.
// value = d * (q - 8).
void DecodeQ4_0(const std::byte* block, float* out) {
  const float d = HalfAt(block, 0);
  for (int i = 0; i < 16; ++i) {
    const uint32_t pair = Byte(block, 2 + i);
    out[i] = d * (static_cast<float>(pair & 15) - 8);
    out[i + 16] = d * (static_cast<float>(pair >> 4) - 8);
  }
}

// The scale and minimum of the 8 groups of a q4_k or q5_k block: twice eight 6-bit numbers in 12
// bytes. Groups 0..3 are the low 6 bits of bytes 0..3 and 4..7; groups 4..7 have their low 4 bits
// in bytes 8..11 and their high 2 bits on top of the bytes of groups 0..3.
struct GroupScale {
  uint32_t scale;
  uint32_t minimum;
};
GroupScale GroupScaleAt(const std::byte* scales, int group) {
  if (group < 4) return {Byte(scales, group) & 63, Byte(scales, group + 4) & 63};
  const uint32_t low = Byte(scales, group + 4);
  return {(low & 15) | (Byte(scales, group - 4) >> 6) << 4, (low >> 4) | (Byte(scales, group) >> 6)
                                                                             << 4};
}

// d, dmin: f16; 12 bytes of group scales; [q5_k: 32 bytes of fifth bits;] 128 bytes of nibbles.
// 32 bytes hold two groups, the low nibbles the first. Bit g of the fifth-bit bytes belongs to
// group g. value = d * scale * q - dmin * minimum.
void DecodeK45(const std::byte* block, bool has_fifth_bit, float* out) {
  const float d = HalfAt(block, 0);
  const float dmin = HalfAt(block, 2);
  const std::byte* scales = block + 4;
  const std::byte* fifth_bits = scales + 12;
  const std::byte* nibbles = fifth_bits + (has_fifth_bit ? 32 : 0);
  for (int group = 0; group < 8; ++group) {
    const GroupScale s = GroupScaleAt(scales, group);
    const float scale = d * static_cast<float>(s.scale);
    const float minimum = dmin * static_cast<float>(s.minimum);
    const std::byte* pairs = nibbles + group / 2 * 32;
    for (int i = 0; i < 32; ++i) {
      uint32_t q = group % 2 == 0 ? Byte(pairs, i) & 15 : Byte(pairs, i) >> 4;
      if (has_fifth_bit) q += (Byte(fifth_bits, i) >> group & 1) << 4;
      out[group * 32 + i] = scale * static_cast<float>(q) - minimum;
    }
  }
}

// 128 bytes of low nibbles, 64 bytes of high bit pairs, 16 x int8 scales, d: f16. Two halves of 128
// values; in each, 4 runs of 32: run r has its nibbles in bytes 32 * (r % 2), low for r < 2, and
// its bit pair at bit 2 * r. value = d * scale of its 16 * (q - 32).
void DecodeQ6_K(const std::byte* block, float* out) {
  const float d = HalfAt(block, 208);
  for (int half = 0; half < 2; ++half) {
    const std::byte* low = block + half * 64;
    const std::byte* high = block + 128 + half * 32;
    const std::byte* scales = block + 192 + half * 8;
    for (int run = 0; run < 4; ++run) {
      for (int i = 0; i < 32; ++i) {
        const uint32_t pair = Byte(low, run % 2 * 32 + i);
        const uint32_t nibble = run < 2 ? pair & 15 : pair >> 4;
        const uint32_t q = nibble | (Byte(high, i) >> (2 * run) & 3) << 4;
        const auto scale = static_cast<float>(Load<int8_t>(scales + run * 2 + i / 16));
        out[half * 128 + run * 32 + i] = d * scale * (static_cast<float>(q) - 32);
      }
    }
  }
}

void DecodeQ8Affine(const std::byte* block, float* out) {
  const float scale = HalfAt(block, 0);
  const float lowest = HalfAt(block, 2);
  for (int i = 0; i < 32; ++i) out[i] = lowest + scale * static_cast<float>(Byte(block, 4 + i));
}

void DecodeBlock(DType dtype, const std::byte* block, float* out) {
  switch (dtype) {
    case DType::kQ8_0:
      return DecodeQ8_0(block, out);
    case DType::kQ4_0:
      return DecodeQ4_0(block, out);
    case DType::kQ4_K:
      return DecodeK45(block, /*has_fifth_bit=*/false, out);
    case DType::kQ5_K:
      return DecodeK45(block, /*has_fifth_bit=*/true, out);
    case DType::kQ6_K:
      return DecodeQ6_K(block, out);
    case DType::kQ8Affine:
      return DecodeQ8Affine(block, out);
    default:
      CHECK(false);
  }
}

}  // namespace

float F16ToF32(uint16_t bits) {
  const uint32_t sign = (bits & 0x8000u) << 16;
  const uint32_t exponent = bits >> 10 & 31;
  const uint32_t mantissa = bits & 0x3ff;
  if (exponent == 0) {  // zero and subnormal: units of 2^-24
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | sign);
  }
  const uint32_t wide = exponent == 31 ? 255 : exponent + (127 - 15);
  return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

float BF16ToF32(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

float F8E4M3ToF32(uint8_t bits) {
  const uint32_t sign = (bits & 0x80u) << 24;
  const uint32_t exponent = bits >> 3 & 15;
  const uint32_t mantissa = bits & 7;
  if (exponent == 15 && mantissa == 7) return std::bit_cast<float>(sign | 0x7fc00000u);
  if (exponent == 0) {  // units of 2^-9
    const float magnitude = static_cast<float>(mantissa) * 0x1p-9f;
    return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | sign);
  }
  return std::bit_cast<float>(sign | (exponent + (127 - 7)) << 23 | mantissa << 20);
}

// The upper byte of an f16.
float F8E5M2ToF32(uint8_t bits) { return F16ToF32(static_cast<uint16_t>(bits << 8)); }

uint16_t F32ToF16(float value) { return static_cast<uint16_t>(Encode(kF16, value)); }

uint16_t F32ToBF16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) return static_cast<uint16_t>(bits >> 16 | 0x40);  // stays a NaN
  // Half a unit of what stays, less one if that is even: so ties go to even. Carries reach
  // infinity.
  const uint32_t round = 0x7fff + (bits >> 16 & 1);
  return static_cast<uint16_t>((bits + round) >> 16);
}

uint8_t F32ToF8E4M3(float value) { return static_cast<uint8_t>(Encode(kF8E4M3, value)); }
uint8_t F32ToF8E5M2(float value) { return static_cast<uint8_t>(Encode(kF8E5M2, value)); }

void DecodeToF32(DType dtype, const void* blocks, int64_t count, float* out) {
  const auto* from = static_cast<const std::byte*>(blocks);
  switch (dtype) {
    case DType::kF32:
      return DecodePlain<float>(from, count, out, Cast<float>);
    case DType::kF16:
      return DecodePlain<uint16_t>(from, count, out, F16ToF32);
    case DType::kBF16:
      return DecodePlain<uint16_t>(from, count, out, BF16ToF32);
    case DType::kF8E4M3:
      return DecodePlain<uint8_t>(from, count, out, F8E4M3ToF32);
    case DType::kF8E5M2:
      return DecodePlain<uint8_t>(from, count, out, F8E5M2ToF32);
    case DType::kI8:
      return DecodePlain<int8_t>(from, count, out, Cast<int8_t>);
    case DType::kU8:
      return DecodePlain<uint8_t>(from, count, out, Cast<uint8_t>);
    case DType::kI16:
      return DecodePlain<int16_t>(from, count, out, Cast<int16_t>);
    case DType::kI32:
      return DecodePlain<int32_t>(from, count, out, Cast<int32_t>);
    case DType::kI64:
      return DecodePlain<int64_t>(from, count, out, Cast<int64_t>);
    case DType::kF64:
      return DecodePlain<double>(from, count, out, Cast<double>);
    case DType::kBool:
      return DecodePlain<uint8_t>(from, count, out, [](uint8_t v) { return v != 0 ? 1.0f : 0.0f; });
    default:
      break;
  }
  const DTypeInfo& info = Info(dtype);
  CHECK_EQ(count % info.block_values, 0);
  for (int64_t i = 0; i < count / info.block_values; ++i) {
    DecodeBlock(dtype, from + i * info.block_bytes, out + i * info.block_values);
  }
}

void EncodeQ8Affine(const float* values, int64_t count, void* blocks) {
  constexpr int64_t kBlockValues = 32;
  CHECK_EQ(count % kBlockValues, 0);
  auto* to = static_cast<std::byte*>(blocks);
  for (; count > 0; count -= kBlockValues, values += kBlockValues) {
    float lowest = values[0], highest = values[0];
    bool finite = true;
    for (int64_t i = 0; i < kBlockValues; ++i) {
      lowest = std::min(lowest, values[i]);
      highest = std::max(highest, values[i]);
      finite = finite && std::isfinite(values[i]);
    }
    const uint16_t low = finite ? F32ToF16(lowest) : static_cast<uint16_t>(kF16.nan_code);
    const uint16_t scale = finite ? F32ToF16((highest - F16ToF32(low)) / 255) : uint16_t{0};
    std::memcpy(to, &scale, sizeof(scale));
    std::memcpy(to + sizeof(scale), &low, sizeof(low));
    to += sizeof(scale) + sizeof(low);
    const float step = F16ToF32(scale);
    for (int64_t i = 0; i < kBlockValues; ++i) {
      const bool flat = !finite || step == 0;
      const float q = flat ? 0 : std::nearbyint((values[i] - F16ToF32(low)) / step);
      *to++ = static_cast<std::byte>(static_cast<uint8_t>(std::clamp(q, 0.0f, 255.0f)));
    }
  }
}

}  // namespace aozora
