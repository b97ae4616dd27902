// SPDX-License-Identifier: Apache-2.0
#include "tensor/dtype.h"

#include "base/check.h"
#include "base/units.h"

namespace aozora {
namespace {

constexpr DTypeInfo kInfos[kDTypeCount] = {
    {"f32", 1, 4},      {"f16", 1, 2},         {"bf16", 1, 2},     {"f8_e4m3", 1, 1},
    {"f8_e5m2", 1, 1},  {"i8", 1, 1},          {"u8", 1, 1},       {"i16", 1, 2},
    {"i32", 1, 4},      {"i64", 1, 8},         {"f64", 1, 8},      {"bool", 1, 1},
    {"q8_0", 32, 34},   {"q4_0", 32, 18},      {"q4_k", 256, 144}, {"q5_k", 256, 176},
    {"q6_k", 256, 210}, {"q8_affine", 32, 36},
};

}  // namespace

const DTypeInfo& Info(DType dtype) {
  const auto index = static_cast<int>(dtype);
  CHECK_LT(index, kDTypeCount);
  return kInfos[index];
}

std::optional<uint64_t> BytesOf(DType dtype, uint64_t count) {
  const DTypeInfo& info = Info(dtype);
  uint64_t bytes = 0;
  if (count % info.block_values != 0) return std::nullopt;
  if (!CheckedMultiply(count / info.block_values, info.block_bytes, &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace aozora
