// SPDX-License-Identifier: Apache-2.0
#include "ops/reference/backend.h"

#include "ops/reference/kernels.h"

namespace aozora::ops {
namespace {

class ReferenceBackend : public op::Backend {
 public:
  std::string_view name() const override { return "reference"; }
  op::Support Supports(const op::Op&) const override { return op::Support::Yes(); }
  void Run(op::RunContext& context, const op::Op& op) override {
    std::visit([&](const auto& one) { reference::Run(context, one); }, op);
  }
  std::unique_ptr<op::Packed> Pack(op::RunContext&, const Weight&) override { return nullptr; }
};

}  // namespace

std::unique_ptr<op::Backend> MakeReferenceBackend() { return std::make_unique<ReferenceBackend>(); }

}  // namespace aozora::ops
