// SPDX-License-Identifier: Apache-2.0
// What the bytes of each dtype mean, as f32, one value at a time and obviously right. Fast kernels
// have decoders of their own and are tested against these.
#pragma once

#include <cstdint>

#include "tensor/dtype.h"

namespace aozora {

// 16- and 8-bit floats as f32, exactly; NaN stays NaN, f16 and e5m2 have infinities.
float F16ToF32(uint16_t bits);
float BF16ToF32(uint16_t bits);
float F8E4M3ToF32(uint8_t bits);
float F8E5M2ToF32(uint8_t bits);

// f32 rounded to the nearest, ties to even. Too large becomes infinity, except in e4m3, which has
// none: there it becomes NaN, as in PyTorch's conversion without saturation.
uint16_t F32ToF16(float value);
uint16_t F32ToBF16(float value);
uint8_t F32ToF8E4M3(float value);
uint8_t F32ToF8E5M2(float value);

// `count` values (a multiple of the dtype's block) at `blocks`, which needs no alignment, as f32:
// exactly for everything up to 24 bits, rounded for kI32, kI64 and kF64; kBool is 0 or 1.
// Block layouts: github.com/ggml-org/ggml, src/ggml-common.h (block_q8_0 ...), and what the values
// mean: src/ggml-quants.c (dequantize_row_q8_0 ...).
void DecodeToF32(DType dtype, const void* blocks, int64_t count, float* out);

// The blocks of kQ8Affine that are nearest to `count` finite values, whole blocks of at most 65504
// in magnitude: half a step off at most, a step being 1/255 of the block's range, and what lowest
// value and scale are rounded by. A block with a NaN or an infinity becomes all NaN.
void EncodeQ8Affine(const float* values, int64_t count, void* blocks);

}  // namespace aozora
