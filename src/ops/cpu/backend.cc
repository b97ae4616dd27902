// SPDX-License-Identifier: Apache-2.0
#include "ops/cpu/backend.h"

#include "ops/cpu/kernels.h"

namespace aozora::ops {
namespace {

class CpuBackend : public op::Backend {
 public:
  std::string_view name() const override { return "cpu"; }

  op::Support Supports(const op::Op& op) const override {
    return std::visit([](const auto& o) { return cpu::Supports(o); }, op);
  }

  void Run(op::RunContext& context, const op::Op& op) override {
    std::visit([&](const auto& o) { cpu::Run(context, o); }, op);
  }

  std::unique_ptr<op::Packed> Pack(op::RunContext& context, const Weight& weight) override {
    switch (weight.view.shape().rank()) {
      case 2:
        return cpu::PackLinear(context, weight);
      case 4:
      case 5:
        return cpu::PackConv3d(context, weight);
      default:
        return nullptr;
    }
  }
};

}  // namespace

std::unique_ptr<op::Backend> MakeCpuBackend() { return std::make_unique<CpuBackend>(); }

}  // namespace aozora::ops
