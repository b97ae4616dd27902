// SPDX-License-Identifier: Apache-2.0
#include "diffusion/step_noise.h"

#include "base/check.h"

namespace aozora {
namespace {

class SplitStepNoise final : public StepNoise {
 public:
  SplitStepNoise(NormalKind kind, uint64_t seed) : kind_(kind), seed_(seed) {}
  void Fill(int step_index, std::span<float> out) override {
    CHECK_LE(0, step_index);
    const uint64_t step_seed = SplitSeed(seed_, static_cast<uint64_t>(step_index));
    MakeNormalSource(kind_, step_seed)->Fill(out);
  }

 private:
  NormalKind kind_;
  uint64_t seed_;
};

class ContinuedStepNoise final : public StepNoise {
 public:
  ContinuedStepNoise(NormalKind kind, uint64_t seed) : kind_(kind), seed_(seed) {}
  void Fill(int step_index, std::span<float> out) override {
    CHECK_LE(0, step_index);
    const std::unique_ptr<NormalSource> source = MakeNormalSource(kind_, seed_);
    for (int draw = 0; draw <= step_index + 1; ++draw) source->Fill(out);
  }

 private:
  NormalKind kind_;
  uint64_t seed_;
};

}  // namespace

std::unique_ptr<StepNoise> MakeSplitStepNoise(NormalKind kind, uint64_t seed) {
  return std::make_unique<SplitStepNoise>(kind, seed);
}

std::unique_ptr<StepNoise> MakeContinuedStepNoise(NormalKind kind, uint64_t seed) {
  return std::make_unique<ContinuedStepNoise>(kind, seed);
}

}  // namespace aozora
