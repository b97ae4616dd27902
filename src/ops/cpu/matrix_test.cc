// SPDX-License-Identifier: Apache-2.0
// What tests/conformance cannot reach: every instruction set that this machine has, and sizes at
// which the work is cut into several blocks. Compared with plain loops in double precision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

#include "ops/cpu/cache.h"
#include "ops/cpu/kernels.h"
#include "ops/cpu/peak.h"
#include "tensor/decode.h"

namespace aozora::ops {
namespace {

constexpr double kUnit = 5.9604644775390625e-8;  // 2^-24, half the distance of f32 around 1

std::vector<float> Normal(size_t count, uint32_t seed) {
  std::mt19937 bits(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(bits);
  return values;
}

ConstView ViewOf(const std::vector<float>& values, Shape shape) {
  return ConstView(values.data(), DType::kF32, shape);
}
View ViewOf(std::vector<float>& values, Shape shape) {
  return View(values.data(), DType::kF32, shape);
}

// Backend calls as a device makes them, on one instruction set after the other.
class OnEveryTarget {
 public:
  ~OnEveryTarget() { hwy::SetSupportedTargetsForTest(0); }

  void Run(const op::Op& op, uint32_t thread_count, const std::function<void()>& judge) {
    for (int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
      const int64_t target = left & -left;
      hwy::SetSupportedTargetsForTest(target);
      SCOPED_TRACE(hwy::TargetName(target));
      RunOnce(op, thread_count);
      judge();
      hwy::SetSupportedTargetsForTest(0);
    }
  }
  void RunOnce(const op::Op& op, uint32_t thread_count) {
    ThreadPool pool(thread_count);
    op::RunContext context{pool, *memory_, cancel_};
    std::visit(
        [&](const auto& o) {
          using O = std::decay_t<decltype(o)>;
          if constexpr (std::is_same_v<O, op::Linear> || std::is_same_v<O, op::Attention> ||
                        std::is_same_v<O, op::Elementwise>) {
            cpu::Run(context, o);
          }
        },
        op);
  }

 private:
  std::unique_ptr<op::Memory> memory_ = op::MakeHostMemory();
  CancelToken cancel_;
};

struct LinearCase {
  int64_t m, k, n;
  std::vector<float> x, bias, gate, residual, y;
  std::vector<uint32_t> gate_row;
  std::vector<uint16_t> stored;
  Weight weight;
  op::Linear op;

  LinearCase(int64_t m_, int64_t k_, int64_t n_) : m(m_), k(k_), n(n_) {
    x = Normal(static_cast<size_t>(m * k), 1);
    bias = Normal(static_cast<size_t>(n), 2);
    gate = Normal(static_cast<size_t>(2 * n), 3);
    residual = Normal(static_cast<size_t>(m * n), 4);
    y.resize(residual.size());
    for (int64_t i = 0; i < m; ++i) gate_row.push_back(static_cast<uint32_t>(i % 3 == 1));
    for (float value : Normal(static_cast<size_t>(n * k), 5)) stored.push_back(F32ToBF16(value));
    weight.view = ConstView(stored.data(), DType::kBF16, Shape{n, k});
    op.x = ViewOf(x, Shape{m, k});
    op.weight = &weight;
    op.bias = ViewOf(bias, Shape{n});
    op.gate = ViewOf(gate, Shape{2, n});
    op.gate_row = gate_row;
    op.residual = ViewOf(residual, Shape{m, n});
    op.y = ViewOf(y, Shape{m, n});
  }

  // A sum of k products, added one after the other with one rounding each (two without fused
  // multiply-add), is off by at most 2 k units of the sum of magnitudes; bias, gate and residual
  // add a rounding each.
  void ExpectRow(int64_t i) const {
    for (int64_t j = 0; j < n; ++j) {
      double sum = bias[static_cast<size_t>(j)];
      double magnitude = std::abs(sum);
      for (int64_t t = 0; t < k; ++t) {
        const double term = static_cast<double>(x[static_cast<size_t>(i * k + t)]) *
                            BF16ToF32(stored[static_cast<size_t>(j * k + t)]);
        sum += term;
        magnitude += std::abs(term);
      }
      const double g =
          gate[gate_row[static_cast<size_t>(i)] * static_cast<size_t>(n) + static_cast<size_t>(j)];
      const size_t at = static_cast<size_t>(i * n + j);
      const double r = residual[at];
      const double tolerance =
          kUnit * (static_cast<double>(2 * k + 4) * magnitude * std::abs(g) + std::abs(r));
      ASSERT_NEAR(y[at], r + g * sum, tolerance) << "row " << i << " column " << j;
    }
  }
};

TEST(CpuLinear, ManyRowsAgreeWithPlainLoopsOnEveryInstructionSet) {
  LinearCase c(1100, 300, 51);  // beyond the few rows, two passes over k, edges on all sides
  OnEveryTarget().Run(c.op, 2, [&] {
    for (int64_t i = 0; i < c.m; i += 37) c.ExpectRow(i);
    c.ExpectRow(c.m - 1);
    std::fill(c.y.begin(), c.y.end(), 0.0f);
  });
}

TEST(CpuLinear, FewRowsAgreeWithPlainLoopsOnEveryInstructionSet) {
  LinearCase c(77, 600, 70);
  OnEveryTarget().Run(c.op, 2, [&] {
    for (int64_t i = 0; i < c.m; i += 7) c.ExpectRow(i);
    std::fill(c.y.begin(), c.y.end(), 0.0f);
  });
}

TEST(CpuLinear, BytesAreTheSameOnAnyNumberOfThreads) {
  // Tasks are sized by the number of threads, the order of additions is not.
  for (int64_t m : {90, 1200}) {
    LinearCase c(m, 270, 600);
    OnEveryTarget run;
    run.RunOnce(c.op, 1);
    const std::vector<float> alone = c.y;
    for (uint32_t thread_count : {2u, 5u, 16u}) {
      run.RunOnce(c.op, thread_count);
      EXPECT_EQ(std::memcmp(alone.data(), c.y.data(), alone.size() * sizeof(float)), 0)
          << thread_count << " threads, " << m << " rows";
    }
  }
}

TEST(CpuLinear, ResidualMayBeTheResultWithManyRows) {
  LinearCase c(1030, 40, 64);
  c.y = c.residual;
  c.op.residual = c.op.y;
  OnEveryTarget().RunOnce(c.op, 2);
  for (int64_t i = 0; i < c.m; i += 103) c.ExpectRow(i);
}

TEST(CpuAttention, SeveralTilesAndBlocksAgreeWithPlainLoopsOnEveryInstructionSet) {
  const int64_t m = 250, n = 300, heads = 2, d = 96;
  const std::vector<float> q = Normal(static_cast<size_t>(m * heads * d), 1);
  const std::vector<float> k = Normal(static_cast<size_t>(n * heads * d), 2);
  const std::vector<float> v = Normal(static_cast<size_t>(n * heads * d), 3);
  std::vector<float> out(q.size());
  op::Attention op;
  op.q = ViewOf(q, Shape{m, heads, d});
  op.k = ViewOf(k, Shape{n, heads, d});
  op.v = ViewOf(v, Shape{n, heads, d});
  op.out = ViewOf(out, Shape{m, heads, d});
  op.scale = 0.3f;  // logits of about 3: maxima differ from block to block
  op.last_key_count = 50;
  const auto expect = [&](int64_t i, int64_t h) {
    std::vector<double> p(static_cast<size_t>(n));
    double largest = -1e300, error_of_logits = 0, sum = 0;
    for (int64_t j = 0; j < n; ++j) {
      double logit = 0, magnitude = 0;
      for (int64_t t = 0; t < d; ++t) {
        const double term = static_cast<double>(q[static_cast<size_t>((i * heads + h) * d + t)]) *
                            k[static_cast<size_t>((j * heads + h) * d + t)] * op.scale;
        logit += term;
        magnitude += std::abs(term);
      }
      if (j == n - 1) logit += std::log(50.0);
      p[static_cast<size_t>(j)] = logit;
      largest = std::max(largest, logit);
      error_of_logits = std::max(error_of_logits, magnitude * kUnit * 2 * static_cast<double>(d));
    }
    for (double& value : p) sum += value = std::exp(value - largest);
    for (int64_t t = 0; t < d; ++t) {
      double expected = 0, magnitude = 0;
      for (int64_t j = 0; j < n; ++j) {
        const double term =
            p[static_cast<size_t>(j)] / sum * v[static_cast<size_t>((j * heads + h) * d + t)];
        expected += term;
        magnitude += std::abs(term);
      }
      // A logit off by e changes its weight by the factor 1 + e, and the sum of weights likewise;
      // the exponential is good to 2 ulp = 4 units; sums over n keys in f32 are off by 2 n units.
      const double tolerance =
          magnitude * (2 * error_of_logits + kUnit * (8 + 4 * static_cast<double>(n)));
      ASSERT_NEAR(out[static_cast<size_t>((i * heads + h) * d + t)], expected, tolerance);
    }
  };
  OnEveryTarget().Run(op, 2, [&] {
    for (int64_t i = 0; i < m; i += 67) {
      expect(i, 0);
      expect(i, 1);
    }
    expect(m - 1, 1);
    std::fill(out.begin(), out.end(), 0.0f);
  });
}

double Expected(op::Activation activation, double x) {
  switch (activation) {
    case op::Activation::kNone:
      return x;
    case op::Activation::kSilu:
      return x / (1 + std::exp(-x));
    case op::Activation::kGeluTanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case op::Activation::kRelu:
      return std::max(x, 0.0);
    case op::Activation::kTanh:
      return std::tanh(x);
  }
  return 0;
}

TEST(CpuActivations, AreWithinAFewUlpOnEveryInstructionSet) {
  std::vector<float> x;
  for (float value = 1e-6f; value < 80; value *= 1.01f) x.insert(x.end(), {value, -value});
  std::vector<float> y(x.size());
  for (op::Activation activation : {op::Activation::kSilu, op::Activation::kGeluTanh,
                                    op::Activation::kRelu, op::Activation::kTanh}) {
    op::Elementwise op;
    op.x0 = ViewOf(x, Shape{static_cast<int64_t>(x.size())});
    op.activation = activation;
    op.y = ViewOf(y, Shape{static_cast<int64_t>(x.size())});
    OnEveryTarget().Run(op, 1, [&] {
      for (size_t i = 0; i < x.size(); ++i) {
        // Exponential 2 ulp, quotient 2, the products around them one each: 8 ulp = 16 units. Where
        // the exponent itself is rounded (gelu's cubic), e^u moves by |u| units: relative to the
        // result that matters on the left, where the result is below x e^u; so does the clamp at
        // e^-86. Both are far below a unit of x.
        const double tolerance =
            16 * kUnit * std::abs(Expected(activation, x[i])) + kUnit * std::abs(x[i]);
        ASSERT_NEAR(y[i], Expected(activation, x[i]), tolerance)
            << static_cast<int>(activation) << " at " << x[i];
      }
    });
  }
}

TEST(CpuPeak, IsMeasuredOnAllThreads) {
  ThreadPool pool(2);
  const Peak peak = MeasurePeak(pool, SystemClock(), 1);
  EXPECT_EQ(peak.thread_count, 2u);
  EXPECT_THAT(peak.instruction_set,
              testing::AnyOf("SCALAR", "EMU128", "SSE4", "AVX2", "AVX3", "NEON"));
  EXPECT_GT(peak.flops_per_second, 1e8);
  EXPECT_GT(peak.read_bytes_per_second, 1e7);
}

TEST(CpuPeak, IsZeroOnAClockThatStands) {
  ThreadPool pool(1);
  EXPECT_EQ(MeasurePeak(pool, FakeClock(), 1).flops_per_second, 0);
  EXPECT_EQ(SustainedFlops(pool, FakeClock(), 1), 0);
}

TEST(CpuPeak, IsKeptUpForSomeTime) {
  ThreadPool pool(2);
  EXPECT_GT(SustainedFlops(pool, SystemClock(), 0.01), 1e8);
}

TEST(CpuCache, IsOfAPlausibleSize) {
  EXPECT_GE(cpu::SecondLevelCacheBytes(), size_t{256} << 10);
  EXPECT_LE(cpu::SecondLevelCacheBytes(), size_t{2} << 20);
}

}  // namespace
}  // namespace aozora::ops
