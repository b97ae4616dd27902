// SPDX-License-Identifier: Apache-2.0
#include "judge.h"

#include <cmath>
#include <cstring>

#include "build.h"
#include "ops/reference/backend.h"
#include "tolerance.h"

namespace aozora::conformance {
namespace {

constexpr uint32_t kThreadCounts[] = {1, 2, 3};

ThreadPool& PoolOf(uint32_t thread_count) {
  static std::map<uint32_t, std::unique_ptr<ThreadPool>> pools;
  std::unique_ptr<ThreadPool>& pool = pools[thread_count];
  if (pool == nullptr) pool = std::make_unique<ThreadPool>(thread_count);
  return *pool;
}

// What another backend of the same device may have made of a weight.
class StrangersPacked : public op::Packed {};

struct Expected {
  std::vector<float> values;
  std::vector<double> tolerance;
};

Expected RunReference(const Case& source) {
  const std::unique_ptr<op::Memory> memory = op::MakeHostMemory();
  const CancelToken cancel;
  op::RunContext context{PoolOf(1), *memory, cancel};
  Operands operands(source, Operands::Layout::kPlain);
  const op::Op op = BuildOp(operands);
  op::CheckShapes(op);
  const std::unique_ptr<op::Backend> reference = ops::MakeReferenceBackend();
  reference->Run(context, op);
  const std::vector<float> values = ValuesOf(OutputOf(op));
  return {values, Tolerance(context, op, values)};
}

// Once for all backends.
const Expected& ExpectedOf(const Case& source) {
  static std::map<std::string, Expected> known;
  const std::string text = source.ToString();
  const auto found = known.find(text);
  if (found != known.end()) return found->second;
  return known.emplace(text, RunReference(source)).first->second;
}

// How far beyond its tolerance a value is: at most 1 is well. A NaN for a NaN and an infinity for
// the same infinity are exact, anything else in their place is infinitely wrong.
double Excess(float expected, float actual, double tolerance) {
  if (std::isnan(expected) || std::isnan(actual)) {
    return std::isnan(expected) == std::isnan(actual) ? 0 : INFINITY;
  }
  if (std::isinf(expected) || std::isinf(actual)) return expected == actual ? 0 : INFINITY;
  const double error = std::fabs(double{expected} - actual);
  if (error == 0 || !std::isfinite(tolerance)) return 0;
  return tolerance == 0 ? INFINITY : error / tolerance;
}

std::string IndexText(const Shape& shape, int64_t flat) {
  std::vector<int64_t> index(static_cast<size_t>(shape.rank()));
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    index[axis] = flat % shape[axis];
    flat /= shape[axis];
  }
  return ToString(Shape(std::span<const int64_t>(index)));
}

std::string CompareValues(const Expected& expected, const std::vector<float>& actual,
                          const Shape& shape) {
  CHECK_EQ(expected.values.size(), actual.size());
  int64_t worst = -1, wrong_count = 0;
  double worst_excess = 1;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double excess = Excess(expected.values[i], actual[i], expected.tolerance[i]);
    if (excess > 1) ++wrong_count;
    if (excess > worst_excess) {
      worst_excess = excess;
      worst = static_cast<int64_t>(i);
    }
  }
  if (worst < 0) return {};
  return fmt::format(
      "{} of {} values are wrong, the worst at {}: expected {}, actual {}, "
      "tolerance {:.3g} (off by {:.1f} times that)",
      wrong_count, actual.size(), IndexText(shape, worst), expected.values[worst], actual[worst],
      expected.tolerance[worst], worst_excess);
}

// One way to run a case; the weight is made anew each time but is the same.
struct Variant {
  enum class Weights { kAsTheyAre, kPacked, kPackedByStranger } weights;
  uint32_t thread_count;
};

std::string Describe(const Variant& variant) {
  static constexpr const char* kNames[] = {"weight as it is", "weight packed",
                                           "weight packed by another backend"};
  return fmt::format("{}, {} thread{}", kNames[static_cast<int>(variant.weights)],
                     variant.thread_count, variant.thread_count == 1 ? "" : "s");
}

struct Outcome {
  Verdict verdict;
  bool ran = true;  // not if there is nothing to pack
  std::vector<float> values;
};

Outcome RunVariant(op::Backend& backend, const Case& source, const Expected& expected,
                   const Variant& variant) {
  Operands operands(source, Operands::Layout::kAsCase);
  op::Op op = BuildOp(operands);
  op::CheckShapes(op);
  Outcome outcome;
  std::unique_ptr<op::Memory> memory = op::MakeHostMemory();
  const CancelToken cancel;
  op::RunContext context{PoolOf(variant.thread_count), *memory, cancel};
  std::unique_ptr<op::Packed> packed;
  if (variant.weights == Variant::Weights::kPacked) {
    packed = backend.Pack(context, *WeightOf(op));
    outcome.ran = packed != nullptr;
    if (!outcome.ran) return outcome;
  } else if (variant.weights == Variant::Weights::kPackedByStranger) {
    packed = std::make_unique<StrangersPacked>();
  }
  SetPacked(op, packed.get());
  const auto fail = [&](std::string_view what) {
    outcome.verdict.message = fmt::format("{}\n  {}\n  {}: {}", op::Describe(op), source.ToString(),
                                          Describe(variant), what);
    return outcome;
  };
  const op::Support support = backend.Supports(op);
  if (!support.yes) {
    outcome.verdict = {true, support.reason};
    return outcome;
  }
  backend.Run(context, op);
  packed.reset();  // what is packed may be made, and kept, when it is first used
  if (memory->bytes_in_use() > 0) {
    memory.release();  // it would crash for being destroyed in use, before this could be told
    return fail("scratch memory was not given back");
  }
  outcome.values = ValuesOf(OutputOf(op));
  const std::string wrong = CompareValues(expected, outcome.values, OutputOf(op).shape());
  if (!wrong.empty()) return fail(wrong);
  const std::string damage = operands.Damage();
  if (!damage.empty()) return fail(damage);
  return outcome;
}

bool HasWeight(const Case& source) { return source.op() == "linear" || source.op() == "conv3d"; }

}  // namespace

Verdict Judge(op::Backend& backend, const Case& source, Depth depth) {
  const Expected& expected = ExpectedOf(source);
  using Weights = Variant::Weights;
  std::vector<Weights> weights = {Weights::kAsTheyAre};
  if (HasWeight(source)) weights.push_back(Weights::kPacked);
  if (HasWeight(source) && depth == Depth::kAll) weights.push_back(Weights::kPackedByStranger);
  for (const Weights which : weights) {
    std::vector<float> of_one_thread;
    for (const uint32_t thread_count : kThreadCounts) {
      const Variant variant{which, thread_count};
      const Outcome outcome = RunVariant(backend, source, expected, variant);
      if (!outcome.ran) break;
      if (!outcome.verdict.ok()) return outcome.verdict;
      if (thread_count == 1) of_one_thread = outcome.values;
      const size_t bytes = outcome.values.size() * sizeof(float);
      if (std::memcmp(of_one_thread.data(), outcome.values.data(), bytes) != 0) {
        return {false, fmt::format("{}\n  {}: other bytes than with one thread", source.ToString(),
                                   Describe(variant))};
      }
      if (which == Weights::kPackedByStranger || depth == Depth::kValues) break;
    }
  }
  return {};
}

}  // namespace aozora::conformance
