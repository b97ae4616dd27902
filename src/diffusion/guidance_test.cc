// SPDX-License-Identifier: Apache-2.0
#include "diffusion/guidance.h"

#include <gtest/gtest.h>

#include <vector>

namespace aozora {
namespace {

TEST(Guide, ExaggeratesTheDifference) {
  const std::vector<float> unconditional = {1, -2, 0.5f}, conditional = {2, -2, 0};
  std::vector<float> out(3);
  Guide(unconditional, conditional, 5, out);
  EXPECT_EQ(out, (std::vector<float>{6, -2, -2}));
  Guide(unconditional, conditional, 1, out);
  EXPECT_EQ(out, conditional);
  Guide(unconditional, conditional, 0, out);
  EXPECT_EQ(out, unconditional);
}

TEST(Guide, MayWriteOverItsArguments) {
  std::vector<float> unconditional = {1, -2}, conditional = {2, 4};
  Guide(unconditional, conditional, 2, conditional);
  EXPECT_EQ(conditional, (std::vector<float>{3, 10}));
  Guide(unconditional, conditional, 2, unconditional);
  EXPECT_EQ(unconditional, (std::vector<float>{5, 22}));
}

TEST(GuidanceScales, TheNoisyExpertAnswersFromItsBoundaryUp) {
  const GuidanceScales scales = {4, 3, 875};
  EXPECT_EQ(scales.At(999), 4);
  EXPECT_EQ(scales.At(875), 4);
  EXPECT_EQ(scales.At(874), 3);
  EXPECT_EQ(scales.At(0), 3);
  const GuidanceScales single = {5};
  EXPECT_EQ(single.At(0), 5);
}

TEST(GuidanceScales, AScaleOfOneNeedsOneQuestion) {
  EXPECT_FALSE(NeedsUnconditional(1));
  EXPECT_TRUE(NeedsUnconditional(0));
  EXPECT_TRUE(NeedsUnconditional(1.5f));
}

}  // namespace
}  // namespace aozora
