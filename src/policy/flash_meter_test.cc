// SPDX-License-Identifier: Apache-2.0
#include "policy/flash_meter.h"

#include <gtest/gtest.h>

#include <functional>
#include <numbers>

#include "base/sanitized_testonly.h"
#include "policy/picture_testonly.h"

namespace aozora::policy {
namespace {

constexpr double kClipSeconds = 3;

struct Reports {
  FlashReport general, red;
};

// What is said about a clip whose picture at a time is given.
Reports Measure(const std::function<Image(double seconds)>& picture, FrameRate rate = {24, 1},
                const FlashLimits& limits = {}) {
  FlashMeter meter(rate, limits);
  PictureGrid grid;
  const auto frame_count = static_cast<uint64_t>(kClipSeconds * rate.per_second());
  for (uint64_t i = 0; i < frame_count; ++i) {
    grid.Read(picture(static_cast<double>(i) / rate.per_second()));
    meter.Add(grid);
  }
  return {meter.general(), meter.red()};
}

// Alternates between two colours, `hertz` whole cycles a second.
std::function<Image(double)> Square(double hertz, Colour a, Colour b, double share = 1) {
  return [=](double t) {
    const double phase = t * hertz + 1e-9;
    return Painted(phase - std::floor(phase) < 0.5 ? a : b, share);
  };
}

std::function<Image(double)> Sine(double hertz, double low, double high) {
  return [=](double t) {
    const double wave = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * hertz * t);
    return Painted(GreyOf(low + (high - low) * wave));
  };
}

bool IsOver(const FlashReport& report) { return report.frames_over > 0; }

TEST(FlashMeter, ThreeFlashesASecondAreAllowedAndMoreAreNot) {
  for (const FrameRate rate : {FrameRate{24, 1}, {30, 1}, {30000, 1001}, {60, 1}}) {
    if (kSanitized && rate.numerator > 30) continue;
    const auto general = [&](double hertz) {
      return Measure(Square(hertz, kBlackColour, kWhiteColour), rate).general;
    };
    EXPECT_FALSE(IsOver(general(1))) << rate.ToString();
    EXPECT_FALSE(IsOver(general(2.5))) << rate.ToString();
    EXPECT_FALSE(IsOver(general(3))) << rate.ToString();
    EXPECT_TRUE(IsOver(general(4))) << rate.ToString();
    EXPECT_TRUE(IsOver(general(5))) << rate.ToString();
    EXPECT_TRUE(IsOver(general(10))) << rate.ToString();
  }
}

TEST(FlashMeter, SaysHowFastAndFromWhen) {
  const auto late = [](double t) {
    return t < 2 ? Painted(kBlackColour) : Square(5, kWhiteColour, kBlackColour)(t);
  };
  const FlashReport report = Measure(late).general;
  EXPECT_NEAR(report.per_second_peak, 5, 0.5);
  // The seventh change is at 2.6 s.
  EXPECT_NEAR(static_cast<double>(report.first_frame_over) / 24, 2.6, 0.1);
  EXPECT_FLOAT_EQ(report.area_peak, 1);
  EXPECT_NEAR(Measure(Square(12, kBlackColour, kWhiteColour)).general.per_second_peak, 12, 0.5);
}

TEST(FlashMeter, AQuarterOfThePictureIsTheLimit) {
  const auto general = [](double share) {
    return Measure(Square(5, kBlackColour, kWhiteColour, share)).general;
  };
  EXPECT_FALSE(IsOver(general(0.2)));
  EXPECT_NEAR(general(0.2).area_peak, 0.2, 0.02);
  EXPECT_TRUE(IsOver(general(0.3)));
}

TEST(FlashMeter, SmallChangesOfLightAreNoFlashes) {
  EXPECT_FALSE(IsOver(Measure(Square(5, GreyOf(0.30), GreyOf(0.38))).general));
  EXPECT_TRUE(IsOver(Measure(Square(5, GreyOf(0.30), GreyOf(0.45))).general));
}

TEST(FlashMeter, ChangesAmongBrightPicturesAreNoFlashes) {
  EXPECT_FALSE(IsOver(Measure(Square(5, GreyOf(0.85), GreyOf(1.0))).general));
  EXPECT_TRUE(IsOver(Measure(Square(5, GreyOf(0.75), GreyOf(1.0))).general));
}

TEST(FlashMeter, GradualChangesCountByTheirFrequency) {
  EXPECT_FALSE(IsOver(Measure(Sine(0.5, 0, 1)).general));
  EXPECT_FALSE(IsOver(Measure(Sine(2.5, 0, 1)).general));
  EXPECT_TRUE(IsOver(Measure(Sine(5, 0, 1)).general));
  EXPECT_FALSE(IsOver(Measure(Sine(5, 0.3, 0.38)).general));
}

TEST(FlashMeter, ABurstOfThreeIsAllowedOneOfFourIsNot) {
  const auto burst = [](int flash_count) {
    return [=](double t) {
      const double phase = (t - 1) * 6;
      const bool lit = phase >= 0 && phase < flash_count && phase - std::floor(phase) < 0.49;
      return Painted(lit ? kWhiteColour : kBlackColour);
    };
  };
  EXPECT_FALSE(IsOver(Measure(burst(3)).general));
  EXPECT_TRUE(IsOver(Measure(burst(4)).general));
}

TEST(FlashMeter, SaturatedRedCountsWithoutAChangeOfLight) {
  const Colour grey = GreyOf(0.2126);  // as light as full red
  const Reports reports = Measure(Square(5, kRedColour, grey));
  EXPECT_FALSE(IsOver(reports.general));
  EXPECT_TRUE(IsOver(reports.red));
  EXPECT_FALSE(IsOver(Measure(Square(2.5, kRedColour, grey)).red));
  EXPECT_FALSE(IsOver(Measure(Square(5, kRedColour, grey, 0.2)).red));
  EXPECT_TRUE(IsOver(Measure(Square(5, kRedColour, kBlackColour)).red));
}

TEST(FlashMeter, OtherColoursAreNotRed) {
  EXPECT_FALSE(IsOver(Measure(Square(5, {0, 0, 255}, kBlackColour)).red));
  EXPECT_FALSE(IsOver(Measure(Square(5, {255, 200, 150}, kBlackColour)).red));
  EXPECT_FALSE(IsOver(Measure(Square(5, kWhiteColour, kBlackColour)).red));
  EXPECT_FALSE(IsOver(Measure(Square(5, {40, 0, 0}, kBlackColour)).red));  // too dark
}

TEST(FlashMeter, AMovingPictureIsNoFlash) {
  const auto pan = [](double t) {
    Image image = Image::Black(128, 72);
    for (uint32_t y = 0; y < 72; ++y) {
      for (uint32_t x = 0; x < 128; ++x) {
        const double level = 128 + 100 * std::sin((x + 30 * t) / 20);
        for (size_t i = 0; i < 3; ++i) {
          image.rgb[(size_t{128} * y + x) * 3 + i] = static_cast<uint8_t>(level);
        }
      }
    }
    return image;
  };
  EXPECT_FALSE(IsOver(Measure(pan).general));
}

TEST(FlashMeter, LimitsAreThoseThatWereAskedFor) {
  const auto flicker = Square(5, kBlackColour, kWhiteColour, 0.3);
  EXPECT_FALSE(IsOver(Measure(flicker, {24, 1}, {.per_second_max = 5}).general));
  EXPECT_FALSE(IsOver(Measure(flicker, {24, 1}, {.area_min = 0.5f}).general));
}

}  // namespace
}  // namespace aozora::policy
