// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>

#include "ops/reference/kernels.h"
#include "tensor/decode.h"

namespace aozora::ops::reference {

double Activate(op::Activation activation, double x) {
  switch (activation) {
    case op::Activation::kNone:
      return x;
    case op::Activation::kSilu:
      return x / (1 + std::exp(-x));
    case op::Activation::kGeluTanh: {
      const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
      return 0.5 * x * (1 + std::tanh(inner));
    }
    case op::Activation::kRelu:
      return x < 0 ? 0 : x;
    case op::Activation::kTanh:
      return std::tanh(x);
  }
  CHECK(false);
}

std::vector<float> DecodeItems(const Weight& weight, int64_t begin, int64_t count) {
  const ConstView& view = weight.view;
  const int64_t item_count = view.shape().item_count();
  std::vector<float> values(static_cast<size_t>(count * item_count));
  const std::optional<uint64_t> offset =
      BytesOf(view.dtype(), static_cast<uint64_t>(begin * item_count));
  CHECK(offset.has_value() && view.dense());
  DecodeToF32(view.dtype(), static_cast<const std::byte*>(view.data()) + *offset,
              count * item_count, values.data());
  for (float& value : values) value *= weight.scale;
  return values;
}

}  // namespace aozora::ops::reference
