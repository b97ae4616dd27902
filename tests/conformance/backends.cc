// SPDX-License-Identifier: Apache-2.0
#include "backends.h"

#include <hwy/highway.h>

#include <cctype>

#include "ops/cpu/backend.h"
#include "ops/reference/backend.h"

namespace aozora::conformance {
namespace {

// The CPU backend as it would be where `targets` are the only instruction sets.
class Restricted : public op::Backend {
 public:
  explicit Restricted(int64_t targets) : targets_(targets) {}
  std::string_view name() const override { return "cpu"; }
  op::Support Supports(const op::Op& op) const override {
    const Restriction restriction(targets_);
    return inner_->Supports(op);
  }
  void Run(op::RunContext& context, const op::Op& op) override {
    const Restriction restriction(targets_);
    inner_->Run(context, op);
  }
  std::unique_ptr<op::Packed> Pack(op::RunContext& context, const Weight& weight) override {
    const Restriction restriction(targets_);
    return inner_->Pack(context, weight);
  }

 private:
  struct Restriction {
    explicit Restriction(int64_t targets) { hwy::SetSupportedTargetsForTest(targets); }
    ~Restriction() { hwy::SetSupportedTargetsForTest(0); }
    Restriction(const Restriction&) = delete;
    Restriction& operator=(const Restriction&) = delete;
  };

  int64_t targets_;
  std::unique_ptr<op::Backend> inner_ = ops::MakeCpuBackend();
};

std::vector<Candidate> MakeCandidates() {
  std::vector<Candidate> candidates = {
      {"cpu", ops::MakeCpuBackend},
      {"reference", ops::MakeReferenceBackend},
  };
  const std::vector<int64_t> targets = hwy::SupportedAndGeneratedTargets();
  for (size_t i = 1; i < targets.size(); ++i) {  // the best one comes first
    std::string name = "cpu_";
    for (const char* c = hwy::TargetName(targets[i]); *c != '\0'; ++c) {
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(*c)));
    }
    const int64_t target = targets[i];
    candidates.push_back({name, [target] { return std::make_unique<Restricted>(target); }, true});
  }
  return candidates;
}

}  // namespace

const std::vector<Candidate>& Candidates() {
  static const std::vector<Candidate> candidates = MakeCandidates();
  return candidates;
}

}  // namespace aozora::conformance
