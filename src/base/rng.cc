// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "base/units.h"

namespace aozora {
namespace {

constexpr uint64_t kBlockThreads = 256;  // torch: block_size_bound
constexpr uint64_t kUnroll = 4;          // values of a thread in one turn: a float4
constexpr float kTwoPi = 6.2831855f;     // curand: CURAND_2PI
constexpr float kWordScale = 0x1p-32f;   // curand: CURAND_2POW32_INV

constexpr uint32_t Low(uint64_t x) { return static_cast<uint32_t>(x); }
constexpr uint32_t High(uint64_t x) { return static_cast<uint32_t>(x >> 32); }

struct Pair {
  float sine, cosine;
};

// curand_normal.h, _curand_box_muller: half a step is added so that the logarithm never sees 0.
Pair BoxMuller(uint32_t x, uint32_t y) {
  constexpr float kAngleScale = kWordScale * kTwoPi;
  const float u = static_cast<float>(x) * kWordScale + kWordScale / 2;
  const float angle = static_cast<float>(y) * kAngleScale + kAngleScale / 2;
  const float radius = std::sqrt(-2.0f * std::log(u));
  return {radius * std::sin(angle), radius * std::cos(angle)};
}

}  // namespace

std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  constexpr int kRounds = 10;
  constexpr uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t product0 = kMultiplier0 * counter[0];
    const uint64_t product1 = kMultiplier1 * counter[2];
    counter = {High(product1) ^ counter[1] ^ key[0], Low(product1),
               High(product0) ^ counter[3] ^ key[1], Low(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

uint64_t SplitSeed(uint64_t seed, uint64_t stream) {
  // The upper words keep these blocks apart from those that PhiloxNormal draws under the same seed:
  // there they count threads, and nobody has 2^62 of them.
  constexpr uint32_t kDomain0 = 0x53504C49, kDomain1 = 0x54534545;  // "SPLI", "TSEE"
  const auto words =
      Philox4x32({Low(stream), High(stream), kDomain0, kDomain1}, {Low(seed), High(seed)});
  return uint64_t{words[1]} << 32 | words[0];
}

PhiloxNormal::PhiloxNormal(uint64_t seed, uint64_t thread_count_max)
    : seed_(seed), block_count_max_(thread_count_max / kBlockThreads) {
  CHECK_LE(kBlockThreads, thread_count_max);
}

void PhiloxNormal::Fill(std::span<float> out) {
  if (out.empty()) return;
  const uint64_t count = out.size();
  const uint64_t thread_count =
      kBlockThreads * std::min(block_count_max_, DivideUp(count, kBlockThreads));
  const uint64_t turn_values = thread_count * kUnroll;
  const uint64_t turn_count = DivideUp(count, turn_values);
  for (uint64_t turn = 0; turn < turn_count; ++turn) {
    const uint64_t turn_begin = turn * turn_values;
    const uint64_t turn_threads = std::min(thread_count, count - turn_begin);
    for (uint64_t thread = 0; thread < turn_threads; ++thread) {
      const uint64_t offset = turn_ + turn;
      const auto words = Philox4x32({Low(offset), High(offset), Low(thread), High(thread)},
                                    {Low(seed_), High(seed_)});
      const Pair first = BoxMuller(words[0], words[1]);
      uint64_t at = turn_begin + thread;
      out[at] = first.sine;
      if ((at += thread_count) >= count) continue;
      out[at] = first.cosine;
      if ((at += thread_count) >= count) continue;
      const Pair second = BoxMuller(words[2], words[3]);
      out[at] = second.sine;
      if ((at += thread_count) >= count) continue;
      out[at] = second.cosine;
    }
  }
  turn_ += turn_count;
}

TwisterNormal::TwisterNormal(uint64_t seed) : twister_(Low(seed)) {}

float TwisterNormal::Uniform() {
  return static_cast<float>(twister_() & 0xFFFFFFu) * 0x1p-24f;  // 24 bits of mantissa
}

double TwisterNormal::UniformDouble() {
  const uint64_t high = twister_();
  const uint64_t word = high << 32 | twister_();
  return static_cast<double>(word & ((uint64_t{1} << 53) - 1)) * 0x1p-53;
}

double TwisterNormal::ScalarNormal() {
  if (kept_.has_value()) {
    const double value = *kept_;
    kept_.reset();
    return value;
  }
  const double angle = 2 * std::numbers::pi * UniformDouble();
  const double radius = std::sqrt(-2.0 * std::log(1.0 - UniformDouble()));
  kept_ = radius * std::sin(angle);
  return radius * std::cos(angle);
}

void TwisterNormal::FillBlock(std::span<float, 16> block) {
  for (size_t i = 0; i < 8; ++i) {
    const float radius = std::sqrt(-2.0f * std::log(1.0f - block[i]));
    const float angle = kTwoPi * block[i + 8];
    block[i] = radius * std::cos(angle);
    block[i + 8] = radius * std::sin(angle);
  }
}

void TwisterNormal::Fill(std::span<float> out) {
  constexpr size_t kBlock = 16;
  if (out.size() < kBlock) {
    for (float& value : out) value = static_cast<float>(ScalarNormal());
    return;
  }
  for (float& value : out) value = Uniform();
  for (size_t i = 0; i + kBlock <= out.size(); i += kBlock) {
    FillBlock(out.subspan(i).first<kBlock>());
  }
  if (out.size() % kBlock != 0) {
    const std::span<float, kBlock> tail = out.last<kBlock>();
    for (float& value : tail) value = Uniform();
    FillBlock(tail);
  }
}

std::string_view Name(NormalKind kind) {
  return kind == NormalKind::kPhilox ? "philox" : "mt19937";
}

std::optional<NormalKind> ParseNormalKind(std::string_view name) {
  for (const NormalKind kind : {NormalKind::kPhilox, NormalKind::kTwister}) {
    if (name == Name(kind)) return kind;
  }
  return std::nullopt;
}

std::unique_ptr<NormalSource> MakeNormalSource(NormalKind kind, uint64_t seed) {
  if (kind == NormalKind::kPhilox) return std::make_unique<PhiloxNormal>(seed);
  return std::make_unique<TwisterNormal>(seed);
}

}  // namespace aozora
