// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "ops/cpu/kernels.h"
#include "tensor/decode.h"

namespace aozora::ops::cpu {
namespace {

struct Case {
  int64_t t, y, x, in, out;
  int64_t kt, ky, kx;
  op::Conv3d::Axis time = {}, height = {}, width = {};
  uint32_t upsample = 1;
  bool bias = true;
  bool residual = false;
  op::Activation activation = op::Activation::kNone;
  bool flat_weight = false;  // rank 4
};

int64_t OutSize(int64_t in, const op::Conv3d::Axis& axis, int64_t kernel) {
  return (in + axis.pad_front + axis.pad_back - kernel) / axis.stride + 1;
}

std::vector<float> Random(std::mt19937& rng, int64_t count) {
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = uniform(rng);
  return values;
}

double Activated(op::Activation activation, double x) {
  switch (activation) {
    case op::Activation::kSilu:
      return x / (1 + std::exp(-x));
    case op::Activation::kRelu:
      return std::max(x, 0.0);
    case op::Activation::kTanh:
      return std::tanh(x);
    default:
      return x;
  }
}

// The tensors of a case, and the op on them.
struct Problem {
  explicit Problem(const Case& c, uint32_t seed = 1) : test(c) {
    std::mt19937 rng(seed);
    x = Random(rng, c.t * c.y * c.x * c.in);
    w = Random(rng, c.out * c.in * c.kt * c.ky * c.kx);
    bias = Random(rng, c.out);
    out_t = OutSize(c.t, c.time, c.kt);
    out_y = OutSize(c.y * c.upsample, c.height, c.ky);
    out_x = OutSize(c.x * c.upsample, c.width, c.kx);
    residual = Random(rng, out_t * out_y * out_x * c.out);
    weight.view = ConstView(
        w.data(), DType::kF32,
        c.flat_weight ? Shape{c.out, c.in, c.ky, c.kx} : Shape{c.out, c.in, c.kt, c.ky, c.kx});
    y.assign(residual.size(), std::numeric_limits<float>::quiet_NaN());
  }

  op::Conv3d Op() {
    const Shape out{out_t, out_y, out_x, test.out};
    op::Conv3d op;
    op.x = ConstView(x.data(), DType::kF32, Shape{test.t, test.y, test.x, test.in});
    op.weight = &weight;
    if (test.bias) op.bias = ConstView(bias.data(), DType::kF32, Shape{test.out});
    op.time = test.time;
    op.height = test.height;
    op.width = test.width;
    op.upsample = test.upsample;
    if (test.residual) op.residual = ConstView(residual.data(), DType::kF32, out);
    op.activation = test.activation;
    op.y = View(y.data(), DType::kF32, out);
    return op;
  }

  // The value of an output and the sum of the sizes of what is summed up in it.
  std::pair<double, double> Expected(int64_t ot, int64_t oy, int64_t ox, int64_t oc) const {
    double sum = test.bias ? bias[oc] : 0;
    if (test.residual) sum += residual[((ot * out_y + oy) * out_x + ox) * test.out + oc];
    double size = std::abs(sum);
    for (int64_t kt = 0; kt < test.kt; ++kt) {
      for (int64_t ky = 0; ky < test.ky; ++ky) {
        for (int64_t kx = 0; kx < test.kx; ++kx) {
          const int64_t t = ot * test.time.stride + kt - test.time.pad_front;
          const int64_t v = oy * test.height.stride + ky - test.height.pad_front;
          const int64_t u = ox * test.width.stride + kx - test.width.pad_front;
          if (t < 0 || v < 0 || u < 0 || t >= test.t || v >= test.y * test.upsample ||
              u >= test.x * test.upsample) {
            continue;
          }
          const int64_t at =
              ((t * test.y + v / test.upsample) * test.x + u / test.upsample) * test.in;
          for (int64_t i = 0; i < test.in; ++i) {
            const int64_t tap = (((oc * test.in + i) * test.kt + kt) * test.ky + ky) * test.kx + kx;
            const double product = double{x[at + i]} * double{w[tap]};
            sum += product;
            size += std::abs(product);
          }
        }
      }
    }
    return {Activated(test.activation, sum), size};
  }

  Case test;
  std::vector<float> x, w, bias, residual, y;
  int64_t out_t, out_y, out_x;
  Weight weight;
};

class Machine {
 public:
  explicit Machine(uint32_t thread_count = 2)
      : pool_(thread_count), memory_(op::MakeHostMemory()) {}

  void Run(const op::Conv3d& op) {
    op::CheckShapes(op);
    ASSERT_TRUE(Supports(op).yes) << Supports(op).reason;
    op::RunContext context = Context();
    cpu::Run(context, op);
  }
  op::RunContext Context() { return {pool_, *memory_, cancel_}; }
  CancelToken& cancel() { return cancel_; }
  op::Memory& memory() { return *memory_; }

 private:
  ThreadPool pool_;
  std::unique_ptr<op::Memory> memory_;
  CancelToken cancel_;
};

// The error of a sum of n rounded products in any order is below (n + 2) u sum|products|, u = 2^-24
// (Higham, Accuracy and Stability, 4.4); rounding errors are independent, so that sqrt(n) in place
// of n with a factor of 4 holds as surely. Weights added up for an enlarged picture add 2 roundings
// each. Activations have slopes up to 1.1 and an error of their own of a few u.
void ExpectClose(const Problem& problem, int step) {
  const Case& c = problem.test;
  const double n = static_cast<double>(c.kt * c.ky * c.kx * c.in);
  const double u = std::ldexp(1.0, -24);
  int64_t index = 0;
  for (int64_t t = 0; t < problem.out_t; ++t) {
    for (int64_t y = 0; y < problem.out_y; ++y) {
      for (int64_t x = 0; x < problem.out_x; ++x) {
        for (int64_t o = 0; o < c.out; ++o, ++index) {
          if (index % step != 0) continue;
          const auto [value, size] = problem.Expected(t, y, x, o);
          const double tolerance = 1.1 * (4 * std::sqrt(n) + 8) * u * size + 8 * u;
          ASSERT_NEAR(problem.y[index], value, tolerance)
              << "at " << t << " " << y << " " << x << " " << o;
        }
      }
    }
  }
}

constexpr op::Conv3d::Axis kSame = {1, 1, 1};
constexpr op::Conv3d::Axis kDown = {2, 0, 1};

std::vector<Case> UglyCases() {
  using A = op::Activation;
  return {
      // As decoders have them.
      {3, 9, 17, 96, 96, 3, 3, 3, {}, kSame, kSame},
      {4, 5, 19, 32, 48, 3, 3, 3, {}, kSame, kSame, 1, true, true},
      {3, 6, 8, 16, 384, 3, 3, 3, {}, kSame, kSame},
      {3, 7, 33, 96, 3, 3, 3, 3, {}, kSame, kSame, 1, true, false, A::kTanh},
      {3, 7, 9, 3, 96, 3, 3, 3, {}, kSame, kSame},
      {3, 7, 9, 12, 160, 3, 3, 3, {}, kSame, kSame},
      {3, 6, 10, 256, 12, 3, 3, 3, {}, kSame, kSame},
      {5, 4, 6, 192, 64, 3, 1, 1},
      {2, 3, 5, 384, 32, 1, 1, 1, {}, {}, {}, 1, false, true},
      {1, 6, 10, 192, 96, 1, 3, 3, {}, kSame, kSame, 2, true, true, A::kNone, true},
      {2, 5, 7, 64, 64, 1, 3, 3, {}, kSame, kSame, 2, true, false, A::kRelu, true},
      {2, 11, 9, 48, 96, 1, 3, 3, {}, kDown, kDown, 1, true, false, A::kNone, true},
      {5, 3, 4, 32, 32, 3, 1, 1, {2, 0, 0}},
      {1, 19, 35, 64, 512, 1, 3, 3, {}, kSame, kSame, 1, true, true, A::kRelu, true},
      // As tests of tiny models have them.
      {1, 1, 1, 1, 1, 1, 1, 1},
      {3, 2, 2, 8, 8, 3, 3, 3, {}, kSame, kSame, 1, true, false, A::kSilu},
      {3, 1, 3, 5, 7, 3, 3, 3, {}, kSame, kSame},
      {6, 3, 1, 16, 3, 3, 3, 3, {}, kSame, kSame},
      {2, 4, 4, 8, 16, 1, 3, 3, {}, kSame, kSame, 2, true, false, A::kSilu, true},
      // As nobody has them.
      {4, 9, 10, 17, 19, 2, 5, 4, {2, 1, 1}, {3, 2, 4}, {1, 0, 5}},
      {2, 3, 4, 130, 33, 2, 2, 2, {1, 2, 0}, {2, 1, 0}, {3, 0, 2}},
      {1, 5, 6, 9, 10, 1, 3, 3, {}, {2, 1, 1}, {3, 2, 0}, 2},
      {1, 5, 6, 9, 10, 1, 4, 5, {}, {1, 2, 3}, {1, 0, 1}, 2},
      {2, 4, 5, 4, 6, 1, 1, 2, {}, {1, 0, 0}, {1, 3, 0}, 2},
      {1, 3, 3, 4, 6, 1, 2, 1, {}, {5, 4, 4}, {4, 0, 0}, 2},
      {1, 1, 1, 300, 2, 1, 7, 7, {}, {1, 3, 3}, {1, 3, 3}},
      {1, 2, 300, 2, 300, 1, 1, 1},
      {70, 1, 1, 6, 5, 3, 1, 1, {1, 1, 1}},
      {2, 2, 2, 4, 4, 1, 1, 1, {3, 5, 4}, {1, 2, 0}, {2, 0, 7}},
  };
}

TEST(Conv3d, EqualsTheSumOverItsTaps) {
  Machine machine;
  for (const Case& c : UglyCases()) {
    Problem problem(c);
    const op::Conv3d op = problem.Op();
    SCOPED_TRACE(op::Describe(op));
    machine.Run(op);
    // A prime step visits all channels and all borders without taking minutes.
    ExpectClose(problem, problem.y.size() > 20000 ? 13 : 1);
  }
}

// Every instruction set that this machine has. The widest went before.
TEST(Conv3d, EqualsTheSumOverItsTapsOnLesserMachinesToo) {
  const int64_t all = hwy::SupportedTargets();
  int64_t rest = all & (all - 1);
  for (; rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    SCOPED_TRACE(hwy::TargetName(rest & -rest));
    Machine machine;
    for (const Case& c : UglyCases()) {
      Problem problem(c);
      const op::Conv3d op = problem.Op();
      if (op::Flops(op) > 3e7) continue;  // seconds where vectors are emulated
      SCOPED_TRACE(op::Describe(op));
      machine.Run(op);
      ExpectClose(problem, problem.y.size() > 2000 ? 31 : 1);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(Conv3d, DoesNotDependOnTheNumberOfThreads) {
  for (const Case& c : UglyCases()) {
    Problem one(c), other(c);
    Machine(1).Run(one.Op());
    for (uint32_t thread_count : {2u, 3u}) {
      Machine(thread_count).Run(other.Op());
      EXPECT_EQ(one.y, other.y) << op::Describe(one.Op());
    }
  }
}

TEST(Conv3d, WorksInPlaceOfItsResidual) {
  const Case c{3, 9, 18, 32, 96, 3, 3, 3, {}, kSame, kSame, 1, true, true};
  Problem apart(c), inside(c);
  Machine machine;
  machine.Run(apart.Op());
  inside.y = inside.residual;
  op::Conv3d op = inside.Op();
  op.residual = op.y;
  machine.Run(op);
  EXPECT_EQ(apart.y, inside.y);
}

TEST(Conv3d, ReadsAndWritesFramesThatLieApart) {
  const Case c{4, 5, 6, 8, 16, 3, 3, 3, {}, kSame, kSame, 1, true, true};
  Problem dense(c), apart(c);
  Machine machine;
  machine.Run(dense.Op());
  const auto spread = [](const std::vector<float>& values, int64_t frames, int64_t gap) {
    const auto size = static_cast<int64_t>(values.size()) / frames;
    std::vector<float> out(static_cast<size_t>((size + gap) * frames), 7.0f);
    for (int64_t t = 0; t < frames; ++t) {
      std::copy_n(values.begin() + t * size, size, out.begin() + t * (size + gap));
    }
    return out;
  };
  std::vector<float> x = spread(apart.x, 4, 24), y = spread(apart.y, 2, 5),
                     residual = spread(apart.residual, 2, 11);
  op::Conv3d op = apart.Op();
  op.x = ConstView(x.data(), DType::kF32, op.x.shape(), op.x.shape().item_count() + 24);
  op.y = View(y.data(), DType::kF32, op.y.shape(), op.y.shape().item_count() + 5);
  op.residual = ConstView(residual.data(), DType::kF32, op.residual.shape(),
                          op.residual.shape().item_count() + 11);
  machine.Run(op);
  EXPECT_EQ(y, spread(dense.y, 2, 5));
}

TEST(Conv3d, PackedWeightsServeEveryUse) {
  const Case plain{1, 6, 7, 24, 40, 1, 3, 3, {}, kSame, kSame};
  Case enlarged = plain;
  enlarged.upsample = 2;
  Case shifted = enlarged;
  shifted.width = {1, 2, 1};
  Machine machine;
  op::RunContext context = machine.Context();
  Problem owner(plain);
  const std::unique_ptr<op::Packed> packed = PackConv3d(context, owner.weight);
  for (int round = 0; round < 2; ++round) {
    for (const Case& c : {plain, enlarged, shifted}) {
      Problem problem(c), loose(c);
      problem.w = owner.w;
      loose.w = owner.w;
      op::Conv3d op = problem.Op();
      op.packed = packed.get();
      machine.Run(op);
      ExpectClose(problem, 1);
      machine.Run(loose.Op());
      EXPECT_EQ(problem.y, loose.y);
    }
  }
}

TEST(Conv3d, TakesWeightsOfOtherTypesAndTheirScale) {
  Problem problem({1, 4, 5, 8, 16, 1, 3, 3, {}, kSame, kSame});
  std::vector<uint16_t> halves(problem.w.size());
  for (size_t i = 0; i < halves.size(); ++i) {  // bf16: the upper half of an f32
    uint32_t bits;
    std::memcpy(&bits, &problem.w[i], sizeof(bits));
    halves[i] = static_cast<uint16_t>(bits >> 16);
    bits = uint32_t{halves[i]} << 16;
    float stored;
    std::memcpy(&stored, &bits, sizeof(stored));
    problem.w[i] = stored * 0.5f;
  }
  problem.weight.view = ConstView(halves.data(), DType::kBF16, problem.weight.view.shape());
  problem.weight.scale = 0.5f;
  Machine machine;
  machine.Run(problem.Op());
  ExpectClose(problem, 1);
}

// Packed weights stay where they are small or would be packed too often for little work.
TEST(Conv3d, KeepsPackedWeightsWhereThatPays) {
  const auto bytes_kept = [](const Case& c) {
    Machine machine;
    op::RunContext context = machine.Context();
    Problem problem(c);
    const std::unique_ptr<op::Packed> packed = PackConv3d(context, problem.weight);
    op::Conv3d op = problem.Op();
    op.packed = packed.get();
    for (int round = 0; round < 2; ++round) {
      machine.Run(op);
      ExpectClose(problem, 7);
    }
    return machine.memory().bytes_in_use();
  };
  const uint64_t small = 32 * 32 * 9 * sizeof(float), large = 192 * 192 * 9 * sizeof(float);
  EXPECT_EQ(bytes_kept({1, 16, 16, 32, 32, 1, 3, 3, {}, kSame, kSame}), small);
  EXPECT_EQ(bytes_kept({1, 4, 5, 192, 192, 1, 3, 3, {}, kSame, kSame}), large);
  EXPECT_EQ(bytes_kept({1, 16, 16, 192, 192, 1, 3, 3, {}, kSame, kSame}), 0u);
}

// On every instruction set: some frames in blocks of 8 bits, as if they had been decoded before.
TEST(Conv3d, ReadsStoredFrames) {
  for (int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    SCOPED_TRACE(hwy::TargetName(rest & -rest));
    for (const int64_t channels : {32, 96, 160, 288}) {
      for (const int64_t out : {3, 48}) {
        const Case c{3, 5, 20, channels, out, 3, 3, 3, {}, kSame, kSame};
        Problem problem(c);
        const Shape frame{1, c.y, c.x, channels};
        const auto bytes = *BytesOf(DType::kQ8Affine, static_cast<uint64_t>(frame.count()));
        std::vector<std::byte> blocks(3 * bytes);
        EncodeQ8Affine(problem.x.data(), 3 * frame.count(), blocks.data());
        DecodeToF32(DType::kQ8Affine, blocks.data(), 3 * frame.count(), problem.x.data());
        op::Conv3d op = problem.Op();
        const ConstView earlier[] = {
            ConstView(blocks.data(), DType::kQ8Affine, frame),
            ConstView(problem.x.data() + frame.count(), DType::kF32, frame)};
        op.earlier = earlier;
        op.x = ConstView(blocks.data() + 2 * bytes, DType::kQ8Affine, frame);
        Machine machine;
        machine.Run(op);
        ExpectClose(problem, 7);
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

// The start of a clip is not worth its zeros, but gives what they would.
TEST(Conv3d, LeavesOutFramesThatDoNotExist) {
  for (const int64_t channels : {4, 32, 160}) {
    for (const int64_t missing : {1, 2}) {
      Case c{3, 6, 7, channels, 48, 3, 3, 3, {}, kSame, kSame};
      Problem zeros(c);
      c.t -= missing;
      c.time.pad_front = static_cast<uint32_t>(missing);
      Problem start(c);
      start.w = zeros.w;
      start.bias = zeros.bias;
      const auto skipped = static_cast<int64_t>(zeros.x.size()) / 3 * missing;
      std::fill_n(zeros.x.begin(), skipped, 0.0f);
      std::copy(zeros.x.begin() + skipped, zeros.x.end(), start.x.begin());
      Machine machine;
      machine.Run(zeros.Op());
      machine.Run(start.Op());
      EXPECT_EQ(start.y, zeros.y);
    }
  }
}

TEST(Conv3d, GivesItsMemoryBack) {
  Machine machine;
  Problem problem({3, 9, 17, 96, 96, 3, 3, 3, {}, kSame, kSame});
  machine.Run(problem.Op());
  EXPECT_EQ(machine.memory().bytes_in_use(), 0u);
}

TEST(Conv3d, LeavesTheRestUndoneWhenCancelled) {
  Machine machine;
  Problem problem({3, 40, 40, 16, 16, 3, 3, 3, {}, kSame, kSame});
  machine.cancel().Cancel();
  machine.Run(problem.Op());
  for (float value : problem.y) ASSERT_TRUE(std::isnan(value));
}

}  // namespace
}  // namespace aozora::ops::cpu
