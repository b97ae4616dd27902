// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace aozora {
namespace {

// Both sides round sine, cosine, logarithm and the angle to float: the angle, below 2 pi, is known
// to 2.4e-7 and multiplied by a radius of at most sqrt(2 * 24 * ln 2) = 5.8, the rest is smaller.
constexpr float kNormalTolerance = 2e-6f;
// Below sixteen values the work is done in double and rounded once: an ulp of 2.2.
constexpr float kScalarTolerance = 2.4e-7f;

std::vector<float> Draw(NormalSource& source, size_t count) {
  std::vector<float> values(count);
  source.Fill(values);
  return values;
}

void ExpectNear(const std::vector<float>& got, const std::vector<float>& want, float tolerance) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i], tolerance) << "at " << i;
}

TEST(Philox, MatchesTheVectorsOfRandom123) {  // DEShawResearch/random123, tests/kat_vectors
  using Words = std::array<uint32_t, 4>;
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(Philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxNormal, MatchesAKnownCudaDraw) {
  // torch.manual_seed(0); torch.randn([3, 4], device="cuda"), as quoted in the description of
  // AUTOMATIC1111/stable-diffusion-webui modules/rng_philox.py.
  PhiloxNormal source(0);
  ExpectNear(Draw(source, 12),
             {-0.92466259f, -0.42534415f, -2.6438457f, 0.14518388f, -0.12086647f, -0.57972564f,
              -0.62285122f, -0.32838709f, -1.07454231f, -0.36314407f, -1.67105067f, 2.26550497f},
             kNormalTolerance);
}

TEST(PhiloxNormal, ADeviceLargerThanTheTensorMakesNoDifference) {
  PhiloxNormal unbounded(7), device(7, PhiloxNormal::kThreadsRtx4090);
  EXPECT_EQ(Draw(unbounded, 1000), Draw(device, 1000));
  EXPECT_EQ(Draw(unbounded, 3), Draw(device, 3));  // and both have moved on by one turn
}

TEST(PhiloxNormal, ASmallDeviceDrawsFourValuesAGridApart) {
  constexpr size_t kThreads = 512, kCount = kThreads * 4 + 300;
  PhiloxNormal device(99, kThreads), unbounded(99);
  const std::vector<float> got = Draw(device, kCount);
  // The first grid's worth is what the first word pair gives without a limit, and so is the first
  // word pair of the second turn: the second draw of the unbounded source.
  std::vector<float> want = Draw(unbounded, kThreads);
  for (size_t i = 0; i < kThreads; ++i) ASSERT_EQ(got[i], want[i]);
  want = Draw(unbounded, 300);
  for (size_t i = 0; i < 300; ++i) ASSERT_EQ(got[kThreads * 4 + i], want[i]);
  // Second value of a thread: the cosine of the pair whose sine is the first, so that the squares
  // add up to the squared radius -2 ln u.
  const auto words = Philox4x32({0, 0, 5, 0}, {99, 0});
  const double u = (words[0] + 0.5) * 0x1p-32;
  EXPECT_NEAR(std::hypot(got[5], got[5 + kThreads]), std::sqrt(-2 * std::log(u)), 1e-5);
  const double u2 = (words[2] + 0.5) * 0x1p-32;
  EXPECT_NEAR(std::hypot(got[5 + 2 * kThreads], got[5 + 3 * kThreads]),
              std::sqrt(-2 * std::log(u2)), 1e-5);
  // It used two turns; the next draw starts at the third.
  EXPECT_EQ(Draw(device, 10), Draw(unbounded, 10));
}

TEST(PhiloxNormal, UsesTheWholeSeed) {
  PhiloxNormal low(1), high(1 | uint64_t{1} << 32);
  EXPECT_NE(Draw(low, 4), Draw(high, 4));
}

// The values below come from Debian 12's libtorch 1.13.1 on a CPU with AVX2:
// torch::manual_seed(42), then torch::randn({40}), randn({5}), randn({3}) one after the other.
TEST(TwisterNormal, MatchesTorchFromSixteenValuesOn) {
  TwisterNormal source(42);
  const std::vector<float> got = Draw(source, 40);
  ExpectNear({got.begin(), got.begin() + 20},
             {1.92691529f,   1.48728406f,    0.900717199f,  -2.10552096f,  0.678418458f,
              -1.23454487f,  -0.0430674776f, -1.60466695f,  -0.752135277f, 1.64872301f,
              -0.392478645f, -1.40360713f,   -0.727881312f, -0.559430182f, -0.768838882f,
              0.76244539f,   1.64231694f,    -0.159597471f, -0.497397542f, 0.439589262f},
             kNormalTolerance);
  // The last sixteen are drawn anew, over the second half of the block before.
  ExpectNear({got.end() - 20, got.end()},
             {-0.758131146f, 1.07831764f,   0.800800562f,  1.68062055f,  0.0349123441f,
              0.321103007f,  1.57360017f,   -0.845467448f, 1.3123076f,   0.687159598f,
              -1.08917534f,  -0.355286628f, -1.41805995f,  0.896268308f, 0.0499053858f,
              2.26671791f,   1.17895091f,   -0.434454411f, -1.38636553f, -1.28621554f},
             kNormalTolerance);
}

TEST(TwisterNormal, MatchesTorchBelowSixteenValuesAndKeepsTheOddOne) {
  TwisterNormal source(42);
  Draw(source, 40);
  ExpectNear(Draw(source, 5),
             {-0.0499033481f, 0.526336968f, -0.00849882327f, 0.72906059f, 0.133141965f},
             kScalarTolerance);
  ExpectNear(Draw(source, 3), {0.863977671f, -1.01567471f, -0.888748527f}, kScalarTolerance);
  TwisterNormal fresh(42);
  ExpectNear(Draw(fresh, 8),
             {0.336690366f, 0.128809407f, 0.234462366f, 0.23033303f, -1.12285638f, -0.186328292f,
              2.20820141f, -0.637997031f},
             kScalarTolerance);
}

TEST(TwisterNormal, TakesTheLowHalfOfTheSeedAsTorchDoes) {  // torch::manual_seed(1234567890123)
  TwisterNormal source(1234567890123);
  ExpectNear(Draw(source, 16),
             {-0.568541527f, -0.199217036f, 1.03998446f, -0.499563098f, 0.692722738f, -1.51851296f,
              -0.725781441f, 0.913676679f, -0.744843006f, -0.252562761f, 0.22879225f, -0.864463329f,
              2.03257537f, -0.993039548f, -0.252975851f, -0.274843723f},
             kNormalTolerance);
}

TEST(NormalSource, IsNormal) {
  for (const NormalKind kind : {NormalKind::kPhilox, NormalKind::kTwister}) {
    constexpr size_t kCount = 100000;
    const std::vector<float> values = Draw(*MakeNormalSource(kind, 5), kCount);
    double sum = 0, squares = 0, beyond_two = 0;
    for (const float value : values) {
      sum += value;
      squares += double{value} * value;
      beyond_two += std::fabs(value) > 2 ? 1 : 0;
    }
    // Five standard errors: of the mean 1/sqrt(n), of the variance sqrt(2/n), of the share p
    // outside two sigmas (4.55 %) sqrt(p (1-p) / n).
    EXPECT_NEAR(sum / kCount, 0, 5 / std::sqrt(kCount)) << Name(kind);
    EXPECT_NEAR(squares / kCount, 1, 5 * std::sqrt(2.0 / kCount)) << Name(kind);
    EXPECT_NEAR(beyond_two / kCount, 0.0455, 5 * std::sqrt(0.0455 * 0.9545 / kCount)) << Name(kind);
  }
}

TEST(NormalSource, AnEmptyFillChangesNothing) {
  for (const NormalKind kind : {NormalKind::kPhilox, NormalKind::kTwister}) {
    const auto touched = MakeNormalSource(kind, 5), fresh = MakeNormalSource(kind, 5);
    touched->Fill({});
    EXPECT_EQ(Draw(*touched, 33), Draw(*fresh, 33)) << Name(kind);
  }
}

TEST(NormalKind, NamesAreReadBack) {
  EXPECT_EQ(ParseNormalKind("philox"), NormalKind::kPhilox);
  EXPECT_EQ(ParseNormalKind("mt19937"), NormalKind::kTwister);
  EXPECT_EQ(ParseNormalKind("Philox"), std::nullopt);
}

TEST(SplitSeed, IsFixedForEverAndDistinct) {
  std::set<uint64_t> seeds;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    for (uint64_t stream = 0; stream < 100; ++stream) seeds.insert(SplitSeed(seed, stream));
  }
  EXPECT_EQ(seeds.size(), 10000u);
  // Saved jobs depend on these (computed by a separate program from the definition).
  EXPECT_EQ(SplitSeed(0, 0), 0x948c89e79c992cb2u);
  EXPECT_EQ(SplitSeed(42, 1), 0x2a138711f9a0f33cu);
  EXPECT_EQ(SplitSeed(0x400000003, 0x200000001), 0x3ce6dd2469b43c86u);
}

}  // namespace
}  // namespace aozora
