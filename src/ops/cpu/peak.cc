// SPDX-License-Identifier: Apache-2.0
#include "ops/cpu/peak.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/peak.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <algorithm>
#include <vector>

#include "base/units.h"
#include "ops/cpu/gemm_inl.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {

// Independent chains of multiply-adds: two units with four or five cycles of latency need ten; more
// than fit the registers would measure the first-level cache.
constexpr size_t kChains = HWY_MAX_BYTES >= 64 ? 24 : 12;

// Returns something that depends on all of them, so that none is optimised away.
float MultiplyAdd(uint64_t round_count) {
  const FloatTag d;
  FloatVec chains[kChains];
  AOZORA_UNROLL
  for (size_t i = 0; i < kChains; ++i) chains[i] = hn::Set(d, static_cast<float>(i));
  const FloatVec factor = hn::Set(d, 0.999f);
  const FloatVec term = hn::Set(d, 0.001f);
  for (uint64_t round = 0; round < round_count; ++round) {
    AOZORA_UNROLL
    for (size_t i = 0; i < kChains; ++i) chains[i] = hn::MulAdd(chains[i], factor, term);
  }
  FloatVec sum = chains[0];
  for (size_t i = 1; i < kChains; ++i) sum = hn::Add(sum, chains[i]);
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

double FlopsPerRound() { return 2.0 * static_cast<double>(kChains * kLanes); }

float SumOf(const float* values, size_t count) {
  const FloatTag d;
  constexpr size_t kStrands = 8;
  FloatVec sums[kStrands];
  AOZORA_UNROLL
  for (size_t i = 0; i < kStrands; ++i) sums[i] = hn::Zero(d);
  for (size_t at = 0; at + kStrands * kLanes <= count; at += kStrands * kLanes) {
    AOZORA_UNROLL
    for (size_t i = 0; i < kStrands; ++i) {
      sums[i] = hn::Add(sums[i], hn::LoadU(d, values + at + i * kLanes));
    }
  }
  FloatVec sum = sums[0];
  for (size_t i = 1; i < kStrands; ++i) sum = hn::Add(sum, sums[i]);
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

const char* TargetName() { return hwy::TargetName(HWY_TARGET); }

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora::ops {
namespace cpu {
HWY_EXPORT(MultiplyAdd);
HWY_EXPORT(FlopsPerRound);
HWY_EXPORT(SumOf);
HWY_EXPORT(TargetName);
}  // namespace cpu

namespace {

constexpr uint64_t kRoundCount = 1 << 20;         // some 10 ms
constexpr uint64_t kReadBytesPerThread = 64_MiB;  // beyond the second-level caches

// Work for each thread at once; the best of several runs in units per second.
template <class Work>
double Best(ThreadPool& pool, const Clock& clock, int trial_count, double units_per_thread,
            const Work& work) {
  double best = 0;
  std::vector<float> sink(pool.thread_count());
  for (int trial = 0; trial < trial_count; ++trial) {
    const double start = clock.Seconds();
    pool.ParallelFor(pool.thread_count(),
                     [&](uint64_t task, uint32_t) { sink[task] = work(task); });
    const double seconds = clock.Seconds() - start;
    if (seconds > 0) best = std::max(best, units_per_thread * pool.thread_count() / seconds);
  }
  return best;
}

}  // namespace

Peak MeasurePeak(ThreadPool& pool, const Clock& clock, int trial_count) {
  Peak peak;
  peak.instruction_set = HWY_DYNAMIC_DISPATCH(cpu::TargetName)();
  peak.thread_count = pool.thread_count();
  const double flops =
      HWY_DYNAMIC_DISPATCH(cpu::FlopsPerRound)() * static_cast<double>(kRoundCount);
  peak.flops_per_second = Best(pool, clock, trial_count, flops, [](uint64_t) {
    return HWY_DYNAMIC_DISPATCH(cpu::MultiplyAdd)(kRoundCount);
  });
  constexpr size_t kCount = kReadBytesPerThread / sizeof(float);
  const std::vector<float> values(kCount * pool.thread_count(), 1.0f);
  peak.read_bytes_per_second =
      Best(pool, clock, trial_count, static_cast<double>(kReadBytesPerThread), [&](uint64_t task) {
        return HWY_DYNAMIC_DISPATCH(cpu::SumOf)(values.data() + task * kCount, kCount);
      });
  return peak;
}

double SustainedFlops(ThreadPool& pool, const Clock& clock, double seconds) {
  constexpr uint64_t kPieceRounds = kRoundCount / 8;
  const uint64_t piece_count = 8 * uint64_t{pool.thread_count()};
  std::vector<float> sink(piece_count);
  const double start = clock.Seconds();
  double elapsed = 0;
  uint64_t round_count = 0;
  do {
    pool.ParallelFor(piece_count, [&](uint64_t piece, uint32_t) {
      sink[piece] = HWY_DYNAMIC_DISPATCH(cpu::MultiplyAdd)(kPieceRounds);
    });
    round_count += piece_count * kPieceRounds;
    const double before = elapsed;
    elapsed = clock.Seconds() - start;
    if (elapsed <= before) return 0;  // a clock that stands still
  } while (elapsed < seconds);
  return HWY_DYNAMIC_DISPATCH(cpu::FlopsPerRound)() * static_cast<double>(round_count) / elapsed;
}

}  // namespace aozora::ops
#endif  // HWY_ONCE
