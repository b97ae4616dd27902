// SPDX-License-Identifier: Apache-2.0
#include "op/device.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tensor/decode.h"

namespace aozora::op {
namespace {

// What the backends below make of a weight: a note who did.
struct Note : Packed {
  explicit Note(std::string name) : by(std::move(name)) {}
  std::string by;
};

// Runs the op it is told to, by filling the output with its number, and declines all others.
class Filler : public Backend {
 public:
  Filler(std::string name, std::string_view op_name, float value)
      : name_(std::move(name)), op_name_(op_name), value_(value) {}
  std::string_view name() const override { return name_; }
  Support Supports(const Op& op) const override {
    if (op_name_ == "all" || Name(op) == op_name_) return Support::Yes();
    return Support::No(fmt::format("only {}", op_name_));
  }
  void Run(RunContext&, const Op& op) override {
    if (const auto* mean = std::get_if<MeanLast>(&op)) *mean->y.f32() = value_;
    if (const auto* one = std::get_if<Elementwise>(&op)) *one->y.f32() = value_;
  }
  std::unique_ptr<Packed> Pack(RunContext&, const Weight&) override {
    return std::make_unique<Note>(name_);
  }

 private:
  std::string name_;
  std::string op_name_;
  float value_;
};

// Somebody cancels while it runs.
class Cancelled : public Filler {
 public:
  explicit Cancelled(CancelToken& cancel) : Filler("cancelled", "all", 1), cancel_(cancel) {}
  void Run(RunContext& context, const Op&) override {
    cancel_.Cancel();
    seen_ = context.cancel.cancelled();
  }
  bool seen() const { return seen_; }

 private:
  CancelToken& cancel_;
  bool seen_ = false;
};

class DeviceTest : public testing::Test {
 protected:
  Device Make(std::unique_ptr<Backend> first, std::unique_ptr<Backend> second = nullptr) {
    std::vector<std::unique_ptr<Backend>> backends;
    backends.push_back(std::move(first));
    if (second != nullptr) backends.push_back(std::move(second));
    return Device(std::move(backends), MakeHostMemory(), pool_, cancel_);
  }
  Device MakeAny() { return Make(std::make_unique<Filler>("any", "all", 1.f)); }

  ThreadPool pool_{1};
  CancelToken cancel_;
};

TEST_F(DeviceTest, PrefersTheFirstBackend) {
  Device device = Make(std::make_unique<Filler>("fast", "all", 1.f),
                       std::make_unique<Filler>("slow", "all", 2.f));
  const Tensor x = device.New({4}), y = device.New({});
  ASSERT_TRUE(device.Run(MeanLast{.x = x, .y = y}).ok());
  ASSERT_TRUE(device.Run(MeanLast{.x = x, .y = y}).ok());
  EXPECT_EQ(*y.view().f32(), 1.f);
  ASSERT_EQ(device.records().size(), 1u);
  const Device::Record& record = device.records().at("mean_last/fast");
  EXPECT_EQ(record.run_count, 2u);
  EXPECT_EQ(record.declined, "");
  EXPECT_GE(record.seconds, 0);
}

TEST_F(DeviceTest, FallsBackAndRecordsWhy) {
  Device device = Make(std::make_unique<Filler>("fast", "elementwise", 1.f),
                       std::make_unique<Filler>("slow", "all", 2.f));
  const Tensor x = device.New({4}), y = device.New({}), z = device.New({4});
  ASSERT_TRUE(device.Run(MeanLast{.x = x, .y = y}).ok());
  ASSERT_TRUE(device.Run(Elementwise{.x0 = x, .y = z}).ok());
  EXPECT_EQ(*y.view().f32(), 2.f);
  EXPECT_EQ(*z.view().f32(), 1.f);
  EXPECT_EQ(device.records().at("mean_last/slow").declined, "fast: only elementwise");
  EXPECT_EQ(device.records().at("elementwise/fast").declined, "");
  device.ClearRecords();
  EXPECT_TRUE(device.records().empty());
}

TEST_F(DeviceTest, RecordsFlops) {
  Device device = MakeAny();
  const Tensor x = device.New({5, 4}), matrix = device.New({6, 4}), y = device.New({5, 6});
  Weight weight;
  weight.view = matrix;
  const Linear op{.x = x, .weight = &weight, .y = y};
  ASSERT_TRUE(device.Run(op).ok());
  ASSERT_TRUE(device.Run(op).ok());
  EXPECT_EQ(device.records().at("linear/any").flops, 2 * Flops(op));
}

using DeviceDeathTest = DeviceTest;

TEST_F(DeviceDeathTest, AnOpThatNobodyRunsIsABug) {
  Device device = Make(std::make_unique<Filler>("a", "linear", 1.f),
                       std::make_unique<Filler>("b", "gather", 1.f));
  const Tensor x = device.New({4}), y = device.New({});
  EXPECT_DEATH((void)device.Run(MeanLast{.x = x, .y = y}),
               "mean_last \\[4\\] to \\[\\]: a: only linear; b: only gather");
}

TEST_F(DeviceDeathTest, ShapesAreChecked) {
  Device device = MakeAny();
  const Tensor x = device.New({4}), y = device.New({4});
  EXPECT_DEATH((void)device.Run(MeanLast{.x = x, .y = y}), "shapes fit; mean_last");
}

TEST_F(DeviceTest, RunsNothingOnceCancelled) {
  Device device = MakeAny();
  const Tensor x = device.New({4}), y = device.New({});
  device.Zero(y);
  cancel_.Cancel();
  const Status status = device.Run(MeanLast{.x = x, .y = y});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(*y.view().f32(), 0.f);
  EXPECT_TRUE(device.records().empty());
}

TEST_F(DeviceTest, SaysWhenItWasCancelledMeanwhile) {
  auto backend = std::make_unique<Cancelled>(cancel_);
  const Cancelled& cancelled = *backend;
  Device device = Make(std::move(backend));
  const Tensor x = device.New({4}), y = device.New({});
  const Status status = device.Run(MeanLast{.x = x, .y = y});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kCancelled);
  EXPECT_TRUE(cancelled.seen());
}

TEST_F(DeviceTest, UploadAndDownloadAreInverse) {
  Device device = MakeAny();
  const std::vector<float> in = {1, 2, 3, 4, 5, 6};
  const Tensor tensor = device.Upload(in, {2, 3});
  EXPECT_EQ(tensor.shape(), (Shape{2, 3}));
  std::vector<float> out(6);
  device.Download(tensor, out);
  EXPECT_EQ(out, in);
  const Tensor scalar = device.Upload(std::vector<float>{7}, {});
  EXPECT_EQ(*scalar.view().f32(), 7.f);
  const Tensor nothing = device.Upload({}, {0, 3});
  EXPECT_EQ(nothing.view().count(), 0);
}

TEST_F(DeviceTest, UploadsWeightsAsF32WithTheirScale) {
  Device device = MakeAny();
  const uint16_t stored[] = {F32ToBF16(1.5f), F32ToBF16(-2.f), F32ToBF16(0.25f)};
  Weight weight;
  weight.view = ConstView(stored, DType::kBF16, {3});
  weight.scale = 2;
  const Tensor tensor = device.UploadF32(weight);
  EXPECT_EQ(tensor.view().dtype(), DType::kF32);
  const std::span<float> values = tensor.view().f32_span();
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()), (std::vector<float>{3, -4, 0.5f}));
}

TEST_F(DeviceTest, CopiesBetweenStrides) {
  Device device = MakeAny();
  std::vector<float> numbers(12);
  std::iota(numbers.begin(), numbers.end(), 0.f);
  const Tensor matrix = device.Upload(numbers, {3, 4});
  const Tensor columns = device.New({3, 2});
  device.Copy(matrix.view().Columns(1, 2), columns);
  std::vector<float> out(6);
  device.Download(columns, out);
  EXPECT_EQ(out, (std::vector<float>{1, 2, 5, 6, 9, 10}));
  device.Copy(columns, matrix.view().Columns(2, 2));
  std::vector<float> all(12);
  device.Download(matrix, all);
  EXPECT_EQ(all, (std::vector<float>{0, 1, 1, 2, 4, 5, 5, 6, 8, 9, 9, 10}));
}

TEST_F(DeviceTest, CopiesASingleValue) {
  Device device = MakeAny();
  const Tensor from = device.Upload(std::vector<float>{3}, {});
  const Tensor to = device.New({});
  device.Copy(from, to);
  EXPECT_EQ(*to.view().f32(), 3.f);
}

TEST_F(DeviceDeathTest, DownloadWantsADenseView) {
  Device device = MakeAny();
  const Tensor matrix = device.New({3, 4});
  std::vector<float> out(6);
  EXPECT_DEATH(device.Download(matrix.view().Columns(0, 2), out), "dense");
}

TEST_F(DeviceTest, ZeroClears) {
  Device device = MakeAny();
  const Tensor tensor = device.Upload(std::vector<float>{1, 2, 3}, {3});
  device.Zero(tensor.view().Items(1, 2));
  EXPECT_EQ(tensor.view().f32()[0], 1.f);
  EXPECT_EQ(tensor.view().f32()[1], 0.f);
  EXPECT_EQ(tensor.view().f32()[2], 0.f);
}

TEST_F(DeviceTest, TensorsGiveTheirMemoryBack) {
  Device device = MakeAny();
  {
    Tensor a = device.New({1000});
    EXPECT_GE(device.memory().bytes_in_use(), 4000u);
    Tensor b = std::move(a);
    EXPECT_TRUE(static_cast<bool>(b));
    b = device.New({10});  // the first memory goes
    EXPECT_LT(device.memory().bytes_in_use(), 4000u);
  }
  EXPECT_EQ(device.memory().bytes_in_use(), 0u);
}

TEST_F(DeviceTest, NewCountsBytesOfTheDtype) {
  Device device = MakeAny();
  const Tensor blocks = device.New({2, 256}, DType::kQ4_K);
  EXPECT_GE(device.memory().bytes_in_use(), 2 * 144u);
  EXPECT_LT(device.memory().bytes_in_use(), 2 * 144u + 64u);
}

TEST_F(DeviceDeathTest, HalfABlockIsABug) {
  Device device = MakeAny();
  EXPECT_DEATH(device.New({2, 33}, DType::kQ8_0), "bytes");
}

TEST_F(DeviceTest, TheFirstBackendPacks) {
  Device device = Make(std::make_unique<Filler>("fast", "linear", 1.f),
                       std::make_unique<Filler>("slow", "all", 2.f));
  const Tensor matrix = device.New({6, 4});
  Weight weight;
  weight.view = matrix;
  const std::unique_ptr<Packed> packed = device.Pack(weight);
  ASSERT_NE(packed, nullptr);
  EXPECT_EQ(dynamic_cast<const Note&>(*packed).by, "fast");
}

}  // namespace
}  // namespace aozora::op
