// SPDX-License-Identifier: Apache-2.0
#include "media/frame_rate.h"

#include <gtest/gtest.h>

namespace aozora {
namespace {

TEST(FrameRate, ParsesWholeDecimalAndFraction) {
  EXPECT_EQ(FrameRate::Parse("24").value(), (FrameRate{24, 1}));
  EXPECT_EQ(FrameRate::Parse("30000/1001").value(), (FrameRate{30000, 1001}));
  EXPECT_EQ(FrameRate::Parse("23.976").value(), (FrameRate{2997, 125}));
  EXPECT_EQ(FrameRate::Parse("12.5").value(), (FrameRate{25, 2}));
  EXPECT_EQ(FrameRate::Parse("120").value(), (FrameRate{120, 1}));
  EXPECT_EQ(FrameRate::Parse("48/2").value(), (FrameRate{24, 1}));
  for (const char* text : {"",        "x",     "24x",         "-24",        "+24",
                           " 24",     "24/",   "/1",          "24/0",       "0",
                           "0/1",     "0.5",   "121",         "24.1234",    "24.",
                           ".5",      "1e1",   "99999999999", "4294967296", "2000000/1000001",
                           "120.001", "24/1/1"}) {
    EXPECT_FALSE(FrameRate::Parse(text).ok()) << text;
  }
}

TEST(FrameRate, ConvertedCountsKeepTheDuration) {
  EXPECT_EQ(ConvertedFrameCount(160, {16, 1}, {24, 1}), 240u);
  EXPECT_EQ(ConvertedFrameCount(81, {16, 1}, {24, 1}), 122u);         // 121.5
  EXPECT_EQ(ConvertedFrameCount(121, {24, 1}, {16, 1}), 81u);         // 80.67
  EXPECT_EQ(ConvertedFrameCount(300, {30000, 1001}, {24, 1}), 240u);  // 240.24
  EXPECT_EQ(ConvertedFrameCount(7, {24, 1}, {24, 1}), 7u);
  EXPECT_EQ(ConvertedFrameCount(1, {120, 1}, {1, 1}), 1u);
  EXPECT_EQ(ConvertedFrameCount(0, {16, 1}, {24, 1}), 0u);
  // The largest terms stay inside 64 bits.
  EXPECT_EQ(ConvertedFrameCount(1'000'000, {8334, 8333}, {999'999, 8334}), 119'975'883u);
}

}  // namespace
}  // namespace aozora
