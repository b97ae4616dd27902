// SPDX-License-Identifier: Apache-2.0
#include "provenance/visible_mark.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "media/media_testonly.h"

namespace aozora {
namespace {

Image Plain(uint32_t width_px, uint32_t height_px, uint8_t value) {
  Image image = Image::Black(width_px, height_px);
  std::fill(image.rgb.begin(), image.rgb.end(), value);
  return image;
}

// Rows and columns of the picture that differ from `value`, and the largest step up and down.
struct Box {
  uint32_t left = ~0u, top = ~0u, right = 0, bottom = 0;
  int lighter = 0, darker = 0;
  size_t pixels = 0;
  uint32_t width() const { return pixels == 0 ? 0 : right - left + 1; }
  uint32_t height() const { return pixels == 0 ? 0 : bottom - top + 1; }
};
Box Changed(const Image& image, uint8_t value) {
  Box box;
  for (uint32_t y = 0; y < image.height_px; ++y) {
    for (uint32_t x = 0; x < image.width_px; ++x) {
      const int step = image.rgb[3 * (size_t{y} * image.width_px + x)] - value;
      if (step == 0) continue;
      box.left = std::min(box.left, x), box.right = std::max(box.right, x);
      box.top = std::min(box.top, y), box.bottom = std::max(box.bottom, y);
      box.lighter = std::max(box.lighter, step);
      box.darker = std::max(box.darker, -step);
      ++box.pixels;
    }
  }
  return box;
}

constexpr uint32_t kWidth = 640, kHeight = 360;
VisibleMarkSettings Settings(std::string label = "") {
  return {.width_px = kWidth,
          .height_px = kHeight,
          .frame_rate = {10, 1},
          .key = 77,
          .creator = "",
          .label = std::move(label)};
}

std::vector<Image> Marked(const VisibleMarkSettings& settings, uint8_t value, int frame_count) {
  CollectingSink keep;
  VisibleMarkSink sink(settings, keep);
  for (int i = 0; i < frame_count; ++i) {
    EXPECT_TRUE(sink.Write(Plain(settings.width_px, settings.height_px, value)).ok());
  }
  return keep.frames;
}

TEST(VisibleMark, EveryFrameHasItAndItIsAtLeastFivePercentHigh) {
  for (const Image& frame : Marked(Settings(), 60, 80)) {
    const Box box = Changed(frame, 60);
    EXPECT_GE(box.height(), kHeight * 5 / 100);
    EXPECT_GE(box.lighter + box.darker, 60);
    EXPECT_LT(box.pixels, size_t{kWidth} * kHeight / 20) << "it covers too much";
  }
}

TEST(VisibleMark, IsLightOnDarkGroundAndDarkOnLightGround) {
  const Box on_dark = Changed(Marked(Settings(), 20, 1)[0], 20);
  EXPECT_GE(on_dark.lighter, 120);
  const Box on_light = Changed(Marked(Settings(), 240, 1)[0], 240);
  EXPECT_GE(on_light.darker, 120);
  const Box on_middle = Changed(Marked(Settings(), 128, 1)[0], 128);
  EXPECT_GE(std::max(on_middle.lighter, on_middle.darker), 80);
}

TEST(VisibleMark, RestlessGroundGetsMoreInk) {
  Image stripes = Plain(kWidth, kHeight, 0);
  for (size_t i = 0; i < stripes.rgb.size(); ++i) stripes.rgb[i] = i / 12 % 2 == 0 ? 10 : 120;
  CollectingSink keep;
  VisibleMarkSink sink(Settings(), keep);
  ASSERT_TRUE(sink.Write(stripes).ok());
  int most = 0;  // on the dark stripes, where the ink's full effect shows
  for (size_t i = 0; i < stripes.rgb.size(); ++i) {
    if (stripes.rgb[i] == 10) most = std::max(most, keep.frames[0].rgb[i] - 10);
  }
  const int calm = Changed(Marked(Settings(), 10, 1)[0], 10).lighter;
  EXPECT_GT(most, calm + 20);
}

TEST(VisibleMark, MovesBetweenAnchorsInsideSixSecondsWhateverTheKey) {
  for (uint64_t key = 0; key < 200; ++key) {
    MarkSchedule schedule(key);
    std::set<MarkAnchor> seen;
    for (int i = 0; i <= 60; ++i) seen.insert(schedule.At(i / 10.0).anchor);
    EXPECT_GE(seen.size(), 2u) << key;
  }
}

TEST(VisibleMark, StaysTwoToFourSecondsAndNeverTwiceAtOnePlace) {
  MarkSchedule schedule(5);
  std::set<MarkAnchor> seen;
  MarkStay last = schedule.At(0);
  for (int i = 1; i < 3000; ++i) {
    const MarkStay stay = schedule.At(i / 10.0);
    seen.insert(stay.anchor);
    if (stay.begin_s == last.begin_s) continue;
    EXPECT_EQ(stay.begin_s, last.end_s);
    EXPECT_NE(stay.anchor, last.anchor);
    EXPECT_GE(stay.end_s - stay.begin_s, 2);
    EXPECT_LE(stay.end_s - stay.begin_s, 4);
    last = stay;
  }
  EXPECT_EQ(seen.size(), size_t{kMarkAnchorCount});
}

TEST(VisibleMark, TheKeyDecidesThePlaces) {
  std::set<std::string> ways;
  for (uint64_t key = 0; key < 50; ++key) {
    MarkSchedule schedule(key);
    std::string way;
    for (int i = 0; i < 200; ++i)
      way += static_cast<char>('0' + static_cast<int>(schedule.At(i / 10.0).anchor));
    ways.insert(way);
  }
  EXPECT_EQ(ways.size(), 50u);
  EXPECT_EQ(Marked(Settings(), 60, 60)[59].rgb, Marked(Settings(), 60, 60)[59].rgb);
}

TEST(VisibleMark, ThePictureShowsItAtTheAnchorsOfItsSchedule) {
  const std::vector<Image> frames = Marked(Settings(), 60, 100);
  MarkSchedule schedule(Settings().key);
  std::set<int> moved_to;
  for (size_t i = 0; i < frames.size(); ++i) {
    const double time_s = static_cast<double>(i) / 10;
    const MarkStay stay = schedule.At(time_s);
    if (time_s - stay.begin_s < kMarkFadeSeconds) continue;
    const Box box = Changed(frames[i], 60);
    const int anchor = static_cast<int>(stay.anchor);
    EXPECT_EQ(box.left > kWidth / 2, anchor >= 3) << i;
    const uint32_t middle = (box.top + box.bottom) / 2;
    EXPECT_EQ(static_cast<int>(middle * 3 / kHeight), anchor % 3) << i;
    moved_to.insert(static_cast<int>(box.left + 1000 * box.top));
  }
  EXPECT_GT(moved_to.size(), 6u) << "it should drift a little inside each stay";
}

TEST(VisibleMark, OneFadesWhileTheNextAppears) {
  VisibleMarkSettings settings = Settings();
  settings.frame_rate = {30, 1};
  const std::vector<Image> frames = Marked(settings, 60, 150);
  MarkSchedule schedule(settings.key);
  const double change_s = schedule.At(0).end_s;
  const size_t inside = static_cast<size_t>((change_s + kMarkFadeSeconds / 2) * 30);
  const size_t before = static_cast<size_t>(change_s * 30) - 1;
  EXPECT_LT(Changed(frames[inside], 60).lighter, Changed(frames[before], 60).lighter);
  EXPECT_GT(Changed(frames[inside], 60).pixels, Changed(frames[before], 60).pixels * 3 / 2);
}

TEST(VisibleMark, TheLabelStandsForTwoSecondsAndThenGoes) {
  const std::vector<Image> with = Marked(Settings("Made here · AI-generated"), 60, 40);
  const std::vector<Image> without = Marked(Settings(), 60, 40);
  for (size_t i = 0; i < with.size(); ++i) {
    const double time_s = static_cast<double>(i) / 10;
    const size_t more = Changed(with[i], 60).pixels - Changed(without[i], 60).pixels;
    if (time_s <= 2) {
      EXPECT_GT(more, 500u) << i;
    } else if (time_s > 2.5) {
      EXPECT_EQ(more, 0u) << i;
    }
  }
}

TEST(VisibleMark, ByDefaultThereIsALabel) {
  VisibleMarkSettings settings = Settings();
  settings.label = VisibleMarkSettings().label;
  EXPECT_GT(Changed(Marked(settings, 60, 1)[0], 60).width(), kWidth / 3);
}

TEST(VisibleMark, TheCreatorStandsBesideIt) {
  VisibleMarkSettings named = Settings();
  named.creator = "Hokusai";
  const Box with = Changed(Marked(named, 60, 1)[0], 60);
  const Box without = Changed(Marked(Settings(), 60, 1)[0], 60);
  EXPECT_GT(with.width(), 3 * without.width());
  EXPECT_EQ(with.height(), without.height());
  named.creator = "Utagawa";
  EXPECT_NE(Marked(named, 60, 1)[0].rgb, Marked(
                                             [] {
                                               VisibleMarkSettings other = Settings();
                                               other.creator = "Hokusai";
                                               return other;
                                             }(),
                                             60, 1)[0]
                                             .rgb);
}

TEST(VisibleMark, LongAndStrangeNamesStayInsideThePicture) {
  for (const std::string& name :
       {std::string(5000, 'W'), std::string("\xff\xfe broken"), std::string("北斎 \n second line"),
        std::string("a\0b", 3), std::string("<b>markup</b> & more")}) {
    VisibleMarkSettings settings = Settings();
    settings.creator = name;
    EXPECT_LE(Changed(Marked(settings, 60, 1)[0], 60).width(), kWidth / 2);
  }
}

TEST(VisibleMark, FitsTinyAndTallPictures) {
  for (const auto& [width, height] :
       std::initializer_list<std::pair<uint32_t, uint32_t>>{{16, 16}, {64, 36}, {36, 640}}) {
    VisibleMarkSettings settings;
    settings.width_px = width;
    settings.height_px = height;
    settings.creator = "somebody";
    const Box box = Changed(Marked(settings, 60, 3)[2], 60);
    EXPECT_GT(box.pixels, 0u) << width << "x" << height;
  }
}

TEST(VisibleMark, RefusesFramesOfAnotherSize) {
  CollectingSink keep;
  VisibleMarkSink sink(Settings(), keep);
  EXPECT_FALSE(sink.Write(Plain(64, 64, 0)).ok());
  EXPECT_TRUE(keep.frames.empty());
}

}  // namespace
}  // namespace aozora
