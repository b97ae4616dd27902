// SPDX-License-Identifier: Apache-2.0
// Small pieces that all networks of this family are built from.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "model/components.h"
#include "op/device.h"
#include "weights/tensor_set.h"

namespace aozora::wan {

// How a network keeps its weights.
struct WeightPolicy {
  // Lays the matrices out for the backend once, when the network is made. Costs memory for a copy
  // where the backend wants one; without it matrices are read as they are stored, each time.
  bool pack = true;
  // Gives the pages of mapped weights back after each use, so that only a layer is resident. They
  // are read again (from the page cache or the disk) the next time.
  bool release = false;
};

// A fully connected layer, y = x W^T + bias.
struct Dense {
  Weight weight;                       // [N, K]
  op::Tensor bias;                     // [N] or none
  std::unique_ptr<op::Packed> packed;  // or none

  int64_t out_width() const { return weight.view.dim(0); }
  // To be completed by the caller: activation, gate, residual.
  op::Linear Op(ConstView x, View y) const {
    return {.x = x, .weight = &weight, .packed = packed.get(), .bias = bias, .y = y};
  }
};

// Takes NAME.weight and, if asked for, NAME.bias.
Result<Dense> TakeDense(op::Device& device, TensorSet& weights, std::string_view name,
                        int64_t out_width, int64_t in_width, bool has_bias,
                        const WeightPolicy& policy);
// Takes a gain, a bias or a table as f32 on the device, under another shape of the same count.
Result<op::Tensor> TakeTable(op::Device& device, TensorSet& weights, std::string_view name,
                             const Shape& stored, const Shape& wanted);
Result<op::Tensor> TakeTable(op::Device& device, TensorSet& weights, std::string_view name,
                             const Shape& shape);

// Shows intermediate results to a Probe, under names with a prefix. False if nobody looks, so that
// results that exist only to be shown are not computed.
class Stages {
 public:
  Stages(const Probe& probe, std::string prefix) : probe_(probe), prefix_(std::move(prefix)) {}
  explicit operator bool() const { return static_cast<bool>(probe_); }
  void Show(std::string_view stage, ConstView value) const {
    if (probe_) probe_(prefix_ + std::string(stage), value);
  }

 private:
  const Probe& probe_;  // outlives this
  std::string prefix_;
};

}  // namespace aozora::wan
