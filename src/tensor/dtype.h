// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aozora {

// How numbers lie in memory. The Q types are blocks of 32 or 256 values with their scales, laid out
// as ggml does (github.com/ggml-org/ggml, src/ggml-common.h).
enum class DType : uint8_t {
  kF32,
  kF16,
  kBF16,
  kF8E4M3,  // OCP 8-bit float, 4 exponent bits, no infinity (torch.float8_e4m3fn)
  kF8E5M2,
  kI8,
  kU8,
  kI16,
  kI32,
  kI64,
  kF64,
  kBool,
  kQ8_0,
  kQ4_0,
  kQ4_K,
  kQ5_K,
  kQ6_K,
  // Not of ggml and of no file: activations that are kept for long. Blocks of 32: f16 scale, f16
  // lowest value, 32 x u8 q; value = lowest + scale * q.
  kQ8Affine,
};
inline constexpr int kDTypeCount = 18;

// A block is the smallest run of values that can be read by itself: 1 value for the plain types.
struct DTypeInfo {
  std::string_view name;  // "f32", "q4_k" ...
  uint32_t block_values;
  uint32_t block_bytes;
};
const DTypeInfo& Info(DType dtype);

inline std::string_view Name(DType dtype) { return Info(dtype).name; }
inline bool IsBlockQuantized(DType dtype) { return Info(dtype).block_values > 1; }

// Bytes of `count` consecutive values, a multiple of the block; nothing if that is not a size.
std::optional<uint64_t> BytesOf(DType dtype, uint64_t count);

}  // namespace aozora
