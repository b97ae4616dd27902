// SPDX-License-Identifier: Apache-2.0
#include "models/wan/dense.h"

namespace aozora::wan {

Result<Dense> TakeDense(op::Device& device, TensorSet& weights, std::string_view name,
                        int64_t out_width, int64_t in_width, bool has_bias,
                        const WeightPolicy& policy) {
  Dense dense;
  const std::string base(name);
  dense.weight = TRY(weights.Take(base + ".weight", {out_width, in_width}));
  if (has_bias) dense.bias = TRY(TakeTable(device, weights, base + ".bias", {out_width}));
  if (policy.pack) {
    dense.packed = device.Pack(dense.weight);
    if (dense.packed != nullptr) dense.weight.Release();
  }
  return dense;
}

Result<op::Tensor> TakeTable(op::Device& device, TensorSet& weights, std::string_view name,
                             const Shape& stored, const Shape& wanted) {
  Weight weight = TRY(weights.Take(name, stored));
  weight.view = weight.view.As(wanted);
  return device.UploadF32(weight);
}

Result<op::Tensor> TakeTable(op::Device& device, TensorSet& weights, std::string_view name,
                             const Shape& shape) {
  return TakeTable(device, weights, name, shape, shape);
}

}  // namespace aozora::wan
