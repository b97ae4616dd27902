// SPDX-License-Identifier: Apache-2.0
// A judge that cannot condemn is no judge: backends that are wrong on purpose.
#include "judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "build.h"
#include "ops/reference/backend.h"

namespace aozora::conformance {
namespace {

using testing::HasSubstr;

// The reference, and then something done to the output.
class Spoiled : public op::Backend {
 public:
  using Spoil = std::function<void(op::RunContext&, const op::Op&)>;
  explicit Spoiled(Spoil spoil) : spoil_(std::move(spoil)) {}
  std::string_view name() const override { return "spoiled"; }
  op::Support Supports(const op::Op&) const override { return op::Support::Yes(); }
  void Run(op::RunContext& context, const op::Op& op) override {
    reference_->Run(context, op);
    spoil_(context, op);
  }
  std::unique_ptr<op::Packed> Pack(op::RunContext&, const Weight&) override { return nullptr; }

 private:
  std::unique_ptr<op::Backend> reference_ = ops::MakeReferenceBackend();
  Spoil spoil_;
};

Verdict JudgeSpoiled(const std::string& line, Spoiled::Spoil spoil) {
  Spoiled backend(std::move(spoil));
  return Judge(backend, ParseCases(line)[0].cases[0]);
}

// One line for each op.
const char* const kLines[] = {
    "linear m=5 k=64 n=7 x_gap=2 y_gap=3 bias act=silu gate=rows residual=same",
    "attention m=4 n=6 h=2 d=8 y_gap=3",
    "layer_norm m=3 c=16 eps=1e-6 affine=both mod=rows",
    "rms_norm m=3 c=16 eps=1e-6 rotate=8",
    "channel_norm x=2x3x4x8 act=silu",
    "conv3d x=3x4x5x8 out=6 kernel=3x3x3 t=2+0 h=1+1 w=1+1 bias",
    "permute x=3x4x5 order=2,0,1",
    "elementwise x=3x5 x1=same act=tanh",
    "mean_last x=3x4",
    "gather v=5 c=32 m=4 weight=q8_0",
};

TEST(Judge, AcceptsWhatIsRight) {
  for (const char* const line : kLines) {
    const Verdict verdict = JudgeSpoiled(line, [](op::RunContext&, const op::Op&) {});
    EXPECT_TRUE(verdict.ok()) << verdict.message;
  }
}

TEST(Judge, RefusesOneValueSlightlyOff) {
  for (const char* const line : kLines) {
    const Verdict verdict = JudgeSpoiled(line, [](op::RunContext&, const op::Op& op) {
      float& first = OutputOf(op).f32()[0];
      first += 1e-3f * std::fabs(first) + 1e-3f;
    });
    EXPECT_THAT(verdict.message, HasSubstr("1 of ")) << line;
    EXPECT_THAT(verdict.message, HasSubstr("tolerance")) << line;
  }
}

TEST(Judge, RefusesArithmeticInBf16) {
  const Verdict verdict = JudgeSpoiled(kLines[0], [](op::RunContext&, const op::Op& op) {
    float& first = OutputOf(op).f32()[0];
    uint32_t bits = 0;
    std::memcpy(&bits, &first, sizeof(bits));
    bits = (bits & 0xffff0000u) ^ 0x10000u;  // another bf16 neighbour
    std::memcpy(&first, &bits, sizeof(bits));
  });
  EXPECT_THAT(verdict.message, HasSubstr("tolerance"));
}

TEST(Judge, RefusesNanForANumberAndANumberForNan) {
  const Verdict to_nan = JudgeSpoiled(kLines[0], [](op::RunContext&, const op::Op& op) {
    OutputOf(op).f32()[2] = std::numeric_limits<float>::quiet_NaN();
  });
  EXPECT_THAT(to_nan.message, HasSubstr("actual nan"));
  const Verdict from_nan =
      JudgeSpoiled("elementwise x=3 fill=nan low=0",
                   [](op::RunContext&, const op::Op& op) { OutputOf(op).f32()[1] = 0; });
  EXPECT_THAT(from_nan.message, HasSubstr("expected nan"));
}

TEST(Judge, RefusesWritingBetweenItems) {
  const Verdict verdict = JudgeSpoiled(kLines[0], [](op::RunContext&, const op::Op& op) {
    OutputOf(op).f32()[OutputOf(op).dim(1)] = 0;
  });
  EXPECT_THAT(verdict.message, HasSubstr("the gap between items"));
}

TEST(Judge, RefusesWritingToAnInput) {
  const Verdict verdict = JudgeSpoiled(kLines[1], [](op::RunContext&, const op::Op& op) {
    const_cast<float*>(std::get<op::Attention>(op).k.f32())[0] = 0;
  });
  EXPECT_THAT(verdict.message, HasSubstr("an input"));
}

TEST(Judge, RefusesBytesThatDependOnThreads) {
  const Verdict verdict = JudgeSpoiled(kLines[0], [](op::RunContext& context, const op::Op& op) {
    float& first = OutputOf(op).f32()[0];
    if (context.pool.thread_count() == 3) first = std::nextafter(first, 1e9f);
  });
  EXPECT_THAT(verdict.message, HasSubstr("3 threads: other bytes"));
}

TEST(Judge, RefusesScratchThatStays) {
  op::Memory* memory = nullptr;
  void* scratch = nullptr;
  const Verdict verdict = JudgeSpoiled(kLines[0], [&](op::RunContext& context, const op::Op&) {
    memory = &context.memory;
    scratch = memory->Allocate(64);
  });
  EXPECT_THAT(verdict.message, HasSubstr("scratch memory was not given back"));
  memory->Free(scratch, 64);
  const std::unique_ptr<op::Memory> abandoned(memory);  // the judge let go of it
}

}  // namespace
}  // namespace aozora::conformance
