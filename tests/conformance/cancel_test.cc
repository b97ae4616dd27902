// SPDX-License-Identifier: Apache-2.0
// A person who presses stop waits for the op that is running, so none may take long to notice.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "backends.h"
#include "base/clock.h"
#include "build.h"
#include "op/device.h"

namespace aozora::conformance {
namespace {

// Each of some 1e11 operations: seconds on anything that this project runs on but a large server,
// where it may end before it is cancelled, which is fine too.
constexpr const char* kLongOps =
    "linear m=16384 k=2048 n=2048 weight={f32|q8_0}\n"
    "attention m=8192 n=8192 h=4 d=128\n"
    "conv3d x=6x192x192x96 out=96 kernel=3x3x3 h=1+1 w=1+1\n";
// What is short anyway, at sizes that the models have.
constexpr const char* kShortOps =
    "layer_norm m=4096 c=1536 eps=1e-6\n"
    "rms_norm m=4096 c=1536 eps=1e-6 rotate=128\n"
    "channel_norm x=2x128x128x96 act=silu\n"
    "permute x=64x64x64x16 order=3,1,2,0\n"
    "elementwise x=4096x1536 act=gelu_tanh\n"
    "mean_last x=1000000x4\n"
    "gather v=1000 c=4096 m=1000\n";

// Tiles are of milliseconds (base/cancel.h). The bound leaves room for slow machines, sanitizers
// and neighbours, and is still far below what any of the long ops takes.
constexpr double kNoticeSecondsMax = 0.5;
constexpr std::chrono::milliseconds kHeadStart(30);

using Param = std::tuple<const Candidate*, Case>;
std::vector<Param> Params(const char* text) {
  std::vector<Param> params;
  for (const Candidate& candidate : Candidates()) {
    if (candidate.lesser) continue;
    for (const CaseLine& line : ParseCases(text)) {
      for (const Case& one : line.cases) params.emplace_back(&candidate, one);
    }
  }
  return params;
}
std::string NameOf(const testing::TestParamInfo<Param>& info) {
  const Case& source = std::get<1>(info.param);
  return std::get<0>(info.param)->name + "_" + source.op() + "_" + source.Text("weight", "f32");
}

class Cancel : public testing::TestWithParam<Param> {
 protected:
  void SetUp() override { op_ = BuildOp(operands_); }
  Status Run() {
    std::vector<std::unique_ptr<op::Backend>> backends;
    backends.push_back(std::get<0>(GetParam())->make());
    op::Device device(std::move(backends), op::MakeHostMemory(), pool_, cancel_);
    return device.Run(op_);
  }

  Operands operands_{std::get<1>(GetParam()), Operands::Layout::kPlain};
  op::Op op_;
  ThreadPool pool_{2};
  CancelToken cancel_;
};

class CancelLong : public Cancel {};
class CancelAny : public Cancel {};

TEST_P(CancelLong, IsNoticedWhileItRuns) {
  double cancelled_at = 0;
  std::jthread person([&] {
    std::this_thread::sleep_for(kHeadStart);
    cancelled_at = SystemClock().Seconds();
    cancel_.Cancel();
  });
  const Status status = Run();
  const double returned_at = SystemClock().Seconds();
  person.join();
  if (status.ok()) {
    EXPECT_LE(returned_at, cancelled_at) << "finished as if nobody had said stop";
  } else {
    EXPECT_EQ(status.error().code(), ErrorCode::kCancelled);
    EXPECT_LE(returned_at - cancelled_at, kNoticeSecondsMax);
  }
}

// Past the device, which would not have called the backend at all.
TEST_P(CancelAny, BeforeItBeginsLeavesNothingToDo) {
  cancel_.Cancel();
  const std::unique_ptr<op::Backend> backend = std::get<0>(GetParam())->make();
  if (!backend->Supports(op_).yes) GTEST_SKIP() << backend->Supports(op_).reason;
  const std::unique_ptr<op::Memory> memory = op::MakeHostMemory();
  op::RunContext context{pool_, *memory, cancel_};
  const double start = SystemClock().Seconds();
  backend->Run(context, op_);
  EXPECT_LE(SystemClock().Seconds() - start, kNoticeSecondsMax);
  EXPECT_EQ(memory->bytes_in_use(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Backends, CancelLong, testing::ValuesIn(Params(kLongOps)), NameOf);
INSTANTIATE_TEST_SUITE_P(LongOps, CancelAny, testing::ValuesIn(Params(kLongOps)), NameOf);
INSTANTIATE_TEST_SUITE_P(ShortOps, CancelAny, testing::ValuesIn(Params(kShortOps)), NameOf);

}  // namespace
}  // namespace aozora::conformance
