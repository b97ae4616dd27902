// SPDX-License-Identifier: Apache-2.0
// Marking and finding. What codecs and other programs do to a mark is tests/marks' business.
#include "provenance/invisible_mark.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/sanitized_testonly.h"
#include "media/media_testonly.h"
#include "provenance/mark_detector.h"

namespace aozora {
namespace {

// Soft hills with a little texture, moving; `flat`: one colour.
Image Scene(uint32_t width_px, uint32_t height_px, int frame, bool flat = false) {
  Image image = Image::Black(width_px, height_px);
  for (uint32_t y = 0; y < height_px; ++y) {
    for (uint32_t x = 0; x < width_px; ++x) {
      const double u = (x + 2.0 * frame) / 37, v = y / 29.0;
      const double hill = flat ? 0 : 50 * std::sin(u) * std::cos(v) + 6 * std::sin(9 * u + 7 * v);
      uint8_t* const pixel = &image.rgb[3 * (size_t{y} * width_px + x)];
      pixel[0] = static_cast<uint8_t>(120 + hill);
      pixel[1] = static_cast<uint8_t>(110 + 0.8 * hill);
      pixel[2] = static_cast<uint8_t>(140 - 0.5 * hill);
    }
  }
  return image;
}

MarkKey Key(uint8_t first) {
  MarkKey key = {};
  key[0] = std::byte{first};
  return key;
}

constexpr uint32_t kId = 0xdeadbeef;
InvisibleMarkSettings Settings(uint32_t id = kId) {
  return {.key = Key(9), .id = id, .limits = {}};
}

std::vector<Image> Marked(uint32_t width_px, uint32_t height_px, int frame_count, bool flat = false,
                          const InvisibleMarkSettings& settings = Settings(),
                          uint32_t thread_count = 2) {
  ThreadPool pool(thread_count);
  CollectingSink keep;
  InvisibleMarkSink sink(settings, pool, keep);
  for (int i = 0; i < frame_count; ++i) {
    EXPECT_TRUE(sink.Write(Scene(width_px, height_px, i, flat)).ok());
  }
  EXPECT_TRUE(sink.Finish().ok());
  EXPECT_TRUE(keep.finished);
  return keep.frames;
}

std::optional<DetectedMark> Found(const std::vector<Image>& frames, const MarkKey& key = Key(9)) {
  ThreadPool pool(2);
  MarkDetector detector(key, pool);
  for (const Image& frame : frames) EXPECT_TRUE(detector.Add(frame).ok());
  return detector.Detect();
}

double PsnrOfLuma(const Image& a, const Image& b) {
  double sum = 0;
  for (size_t i = 0; i < a.rgb.size(); i += 3) {
    const auto luma = [&](const Image& image) {
      return 0.2126 * image.rgb[i] + 0.7152 * image.rgb[i + 1] + 0.0722 * image.rgb[i + 2];
    };
    sum += (luma(a) - luma(b)) * (luma(a) - luma(b));
  }
  return 10 * std::log10(255.0 * 255 / (3 * sum / static_cast<double>(a.rgb.size())));
}

TEST(InvisibleMark, OneFrameSaysTheNumber) {
  for (const uint32_t id : {0u, 1u, 2u, 3u, kId, 0xffffffffu}) {
    const auto mark = Found(Marked(480, 270, 1, false, Settings(id)));
    ASSERT_TRUE(mark.has_value()) << id;
    EXPECT_EQ(mark->id, id);
    EXPECT_NEAR(mark->scale, 1, 0.02);
    EXPECT_FALSE(mark->flipped);
    EXPECT_EQ(mark->rotation_degrees, 0);
    EXPECT_EQ(mark->frame_count, 1u);
  }
}

TEST(InvisibleMark, IsInEveryKindOfPicture) {
  for (const auto& [width, height] : std::initializer_list<std::pair<uint32_t, uint32_t>>{
           {480, 848}, {848, 480}, {600, 600}, {854, 481}, {1280, 720}}) {
    if (kSanitized && width != 480) continue;
    for (const bool flat : {false, true}) {
      const auto mark = Found(Marked(width, height, 1, flat));
      ASSERT_TRUE(mark.has_value()) << width << "x" << height << (flat ? " flat" : "");
      EXPECT_EQ(mark->id, kId);
    }
  }
}

TEST(InvisibleMark, WithoutItNothingIsFound) {
  std::vector<Image> frames;
  if (kSanitized) GTEST_SKIP() << "a search to its end";
  for (int i = 0; i < 3; ++i) frames.push_back(Scene(480, 270, i));
  EXPECT_FALSE(Found(frames).has_value());
  EXPECT_FALSE(Found({Image::Black(480, 270)}).has_value());
}

TEST(InvisibleMark, AnotherKeyFindsNothing) {
  EXPECT_FALSE(Found(Marked(480, 270, kSanitized ? 1 : 2), Key(10)).has_value());
}

TEST(InvisibleMark, StaysAboveFortyTwoDecibels) {
  for (const bool flat : {false, true}) {
    const std::vector<Image> frames = Marked(480, 270, 4, flat);
    for (int i = 0; i < 4; ++i) {
      const Image from = Scene(480, 270, i, flat);
      EXPECT_GE(PsnrOfLuma(from, frames[static_cast<size_t>(i)]), 42);
      EXPECT_NE(from.rgb, frames[static_cast<size_t>(i)].rgb);
    }
  }
}

// With pure noise below, the limit on the difference decides and not what the noise would hide.
TEST(InvisibleMark, NoiseIsNoExcuseForMore) {
  Image noise = Image::Black(480, 270);
  uint32_t state = 1;
  for (uint8_t& value : noise.rgb) {
    state = state * 1664525 + 1013904223;
    value = static_cast<uint8_t>(state >> 24);
  }
  ThreadPool pool(1);
  CollectingSink keep;
  InvisibleMarkSink sink(Settings(), pool, keep);
  ASSERT_TRUE(sink.Write(noise).ok());
  EXPECT_GE(PsnrOfLuma(noise, keep.frames[0]), 42);
}

TEST(InvisibleMark, ChangesAllColoursAlike) {
  const Image from = Scene(480, 270, 0), to = Marked(480, 270, 1)[0];
  for (size_t i = 0; i < from.rgb.size(); i += 3) {
    const int change = to.rgb[i] - from.rgb[i];
    ASSERT_EQ(to.rgb[i + 1] - from.rgb[i + 1], change);
    ASSERT_EQ(to.rgb[i + 2] - from.rgb[i + 2], change);
  }
}

TEST(InvisibleMark, ThreadsDoNotMatter) {
  EXPECT_EQ(Marked(480, 270, 2, false, Settings(), 1)[1].rgb,
            Marked(480, 270, 2, false, Settings(), 3)[1].rgb);
}

TEST(InvisibleMark, SurvivesMirrorCropAndBrightness) {
  Image frame = Marked(848, 480, 1)[0];
  Image mirrored = frame;
  for (uint32_t y = 0; y < 480; ++y) {
    for (uint32_t x = 0; x < 848; ++x) {
      for (uint32_t c = 0; c < 3; ++c) {
        mirrored.rgb[3 * (size_t{y} * 848 + x) + c] =
            frame.rgb[3 * (size_t{y} * 848 + 847 - x) + c];
      }
    }
  }
  auto mark = Found({mirrored});
  ASSERT_TRUE(mark.has_value());
  EXPECT_EQ(mark->id, kId);
  EXPECT_TRUE(mark->flipped);

  Image cropped = Image::Black(500, 300);
  for (uint32_t y = 0; y < 300; ++y) {
    const auto row = frame.row(y + 101).subspan(3 * 203, 3 * 500);
    std::transform(row.begin(), row.end(), cropped.rgb.begin() + ptrdiff_t{3} * 500 * y,
                   [](uint8_t value) { return static_cast<uint8_t>(value * 3 / 5); });
  }
  mark = Found({cropped});
  ASSERT_TRUE(mark.has_value());
  EXPECT_EQ(mark->id, kId);
  EXPECT_NEAR(mark->scale, 480.0 / 300, 0.03);
}

TEST(InvisibleMark, SurvivesATurn) {
  if (kSanitized) GTEST_SKIP() << "a search over many angles";
  const Image frame = Marked(848, 480, 1)[0];
  Image turned = Image::Black(848, 480);
  const double cosine = std::cos(0.12), sine = std::sin(0.12);  // 6.9 degrees
  for (int y = 0; y < 480; ++y) {
    for (int x = 0; x < 848; ++x) {
      const double dx = x - 423.5, dy = y - 239.5;
      const long from_x = std::lround(423.5 + cosine * dx - sine * dy);
      const long from_y = std::lround(239.5 + sine * dx + cosine * dy);
      if (from_x < 0 || from_y < 0 || from_x >= 848 || from_y >= 480) continue;
      for (int c = 0; c < 3; ++c) {
        turned.rgb[static_cast<size_t>(3 * (y * 848 + x) + c)] =
            frame.rgb[static_cast<size_t>(3 * (from_y * 848 + from_x) + c)];
      }
    }
  }
  const auto mark = Found({turned});
  ASSERT_TRUE(mark.has_value());
  EXPECT_EQ(mark->id, kId);
  EXPECT_NEAR(std::abs(mark->rotation_degrees), 6.9, 0.5);
}

TEST(InvisibleMark, TinyPicturesPassUnchanged) {
  EXPECT_EQ(Marked(160, 90, 1)[0].rgb, Scene(160, 90, 0).rgb);
}

TEST(MarkDetector, RefusesWhatItCannotRead) {
  ThreadPool pool(1);
  MarkDetector detector(Key(1), pool);
  EXPECT_FALSE(detector.Add(Image::Black(40, 40)).ok());
  EXPECT_FALSE(detector.Detect().has_value());
  EXPECT_TRUE(detector.Add(Image::Black(64, 64)).ok());
  EXPECT_FALSE(detector.Add(Image::Black(65, 64)).ok());
}

TEST(MarkDetector, TheRuleAsksForSyncAndFit) {
  const MarkRule rule;
  EXPECT_TRUE(Holds(rule, {.z = 7, .fit = 0.7}));
  EXPECT_FALSE(Holds(rule, {.z = 6, .fit = 0.9}));
  EXPECT_FALSE(Holds(rule, {.z = 7, .fit = 0.6}));
  EXPECT_TRUE(Holds(rule, {.z = 9, .fit = 0.6}));
  EXPECT_FALSE(Holds(rule, {.z = 20, .fit = 0.5}));
}

}  // namespace
}  // namespace aozora
