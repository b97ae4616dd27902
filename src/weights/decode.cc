// SPDX-License-Identifier: Apache-2.0
// Weights to f32 and back (tensor_set.h).
#include "tensor/decode.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "weights/layout.h"
#include "weights/tensor_set.h"

namespace aozora {
namespace {

template <class T>
void StoreAt(T value, std::byte* at) {
  std::memcpy(at, &value, sizeof(T));
}

// `value` as a code in [low, high]; what is no number becomes `zero`. ggml leaves such input
// undefined.
float Code(float value, float low, float high, float zero) {
  return std::isnan(value) ? zero : std::clamp(value, low, high);
}

// 1 / d, or 0 where that is no number: a block of zeros, or of values next to nothing.
float InverseOf(float d) { return d != 0 && std::isfinite(1 / d) ? 1 / d : 0; }

// As quantize_row_q8_0_ref in github.com/ggml-org/ggml, src/ggml-quants.c: the largest magnitude
// becomes 127; halves round away from 0.
void QuantizeQ8_0(const float* values, std::byte* block) {
  float largest = 0;
  for (int i = 0; i < 32; ++i) largest = std::max(largest, std::fabs(values[i]));
  const float d = largest / 127;
  const float inverse = InverseOf(d);
  StoreAt(F32ToF16(d), block);
  for (int i = 0; i < 32; ++i) {
    StoreAt(static_cast<int8_t>(Code(std::round(values[i] * inverse), -127, 127, 0)),
            block + 2 + i);
  }
}

// As quantize_row_q4_0_ref: the value of the largest magnitude becomes -8.
void QuantizeQ4_0(const float* values, std::byte* block) {
  float largest = 0;
  for (int i = 0; i < 32; ++i) {
    if (std::fabs(values[i]) > std::fabs(largest)) largest = values[i];
  }
  const float d = largest / -8;
  const float inverse = InverseOf(d);
  const auto code = [&](float value) {
    return static_cast<uint32_t>(Code(value * inverse + 8.5f, 0, 15, 8));
  };
  StoreAt(F32ToF16(d), block);
  for (int i = 0; i < 16; ++i) {
    StoreAt(static_cast<uint8_t>(code(values[i]) | code(values[i + 16]) << 4), block + 2 + i);
  }
}

template <class T, class Convert>
void StorePlain(std::span<const float> values, std::byte* out, Convert convert) {
  for (size_t i = 0; i < values.size(); ++i) StoreAt<T>(convert(values[i]), out + i * sizeof(T));
}

// The nearest whole number inside of the type's range; NaN becomes 0.
template <class T>
T RoundToInteger(float value) {
  if (std::isnan(value)) return 0;
  const double low = static_cast<double>(std::numeric_limits<T>::min());
  const double high = static_cast<double>(std::numeric_limits<T>::max());
  return static_cast<T>(std::clamp(std::nearbyint(static_cast<double>(value)), low, high));
}

}  // namespace

void EncodeFromF32(DType dtype, std::span<const float> values, std::byte* out) {
  CHECK_EQ(values.size() % Info(dtype).block_values, size_t{0});
  switch (dtype) {
    case DType::kF32:
      if (!values.empty()) std::memcpy(out, values.data(), values.size_bytes());
      return;
    case DType::kF16:
      return StorePlain<uint16_t>(values, out, F32ToF16);
    case DType::kBF16:
      return StorePlain<uint16_t>(values, out, F32ToBF16);
    case DType::kF8E4M3:
      return StorePlain<uint8_t>(values, out, F32ToF8E4M3);
    case DType::kF8E5M2:
      return StorePlain<uint8_t>(values, out, F32ToF8E5M2);
    case DType::kF64:
      return StorePlain<double>(values, out, [](float v) { return static_cast<double>(v); });
    case DType::kI8:
      return StorePlain<int8_t>(values, out, RoundToInteger<int8_t>);
    case DType::kU8:
      return StorePlain<uint8_t>(values, out, RoundToInteger<uint8_t>);
    case DType::kI32:
      return StorePlain<int32_t>(values, out, RoundToInteger<int32_t>);
    case DType::kQ8_0:
      for (size_t i = 0; i < values.size() / 32; ++i) {
        QuantizeQ8_0(values.data() + i * 32, out + i * Info(dtype).block_bytes);
      }
      return;
    case DType::kQ4_0:
      for (size_t i = 0; i < values.size() / 32; ++i) {
        QuantizeQ4_0(values.data() + i * 32, out + i * Info(dtype).block_bytes);
      }
      return;
    default:
      CHECK(false);
  }
}

Weight MakeWeight(std::span<const float> values, const Shape& shape, DType dtype) {
  CHECK_EQ(static_cast<int64_t>(values.size()), shape.count());
  const std::optional<uint64_t> bytes = BytesOf(dtype, values.size());
  CHECK(bytes.has_value());
  const std::shared_ptr<std::byte[]> memory = AllocateWeight(*bytes);
  EncodeFromF32(dtype, values, memory.get());
  Weight weight;
  weight.view = ConstView(memory.get(), dtype, shape);
  weight.memory = memory;
  return weight;
}

void DecodeValues(const Weight& weight, int64_t begin, int64_t count, float* out) {
  const ConstView& view = weight.view;
  const DTypeInfo& info = Info(view.dtype());
  CHECK(view.dense());
  CHECK_EQ(begin % info.block_values, 0);
  CHECK_LE(0, begin);
  CHECK_LE(0, count);
  CHECK_LE(begin + count, view.count());
  const auto* data = static_cast<const std::byte*>(view.data());
  DecodeToF32(view.dtype(), data + begin / info.block_values * info.block_bytes, count, out);
  if (weight.scale == 1) return;
  for (int64_t i = 0; i < count; ++i) out[i] *= weight.scale;
}

Weight ToF32(const Weight& weight) {
  const Shape& shape = weight.view.shape();
  const auto count = static_cast<uint64_t>(shape.count());
  const std::shared_ptr<std::byte[]> memory = AllocateWeight(*BytesOf(DType::kF32, count));
  auto* values = reinterpret_cast<float*>(memory.get());
  DecodeValues(weight, 0, shape.count(), values);
  Weight result;
  result.view = ConstView(values, DType::kF32, shape);
  result.memory = memory;
  return result;
}

}  // namespace aozora
