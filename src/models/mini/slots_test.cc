// SPDX-License-Identifier: Apache-2.0
#include "models/mini/slots.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/mini/mini_testonly.h"

namespace aozora::mini {
namespace {

constexpr size_t kCells = size_t{SlotClip::kGrid.height} * SlotClip::kGrid.width;

// Latent frames from what their slots hold.
class Writer {
 public:
  explicit Writer(uint32_t frame_count)
      : frames_(frame_count, std::vector<float>(SlotClip::kChannels * kCells)) {}
  float& At(uint32_t frame, int slot, int value) {
    const auto channel = static_cast<size_t>(value / 4), row = static_cast<size_t>(value / 2 % 2);
    const auto column = static_cast<size_t>(2 * slot + value % 2);
    return frames_[frame][channel * kCells + row * SlotClip::kGrid.width + column];
  }
  // Control point `point` of a curve, as the trainer stores it.
  void SetPoint(int slot, int curve, int64_t point, float value) {
    const int at = kCodeCount + curve * kPointsPerFrame;
    for (int j = 0; j < kPointsPerFrame; ++j) {
      if (point == 0) At(0, slot, at + j) = value;
      if (point > 0 && (point - 1) % kPointsPerFrame == j) {
        At(static_cast<uint32_t>((point - 1) / kPointsPerFrame) + 1, slot, at + j) = value;
      }
    }
  }
  SlotClip Clip() const {
    SlotClip clip(static_cast<uint32_t>(frames_.size()));
    for (const auto& frame : frames_) clip.Add(frame);
    return clip;
  }

 private:
  std::vector<std::vector<float>> frames_;
};

TEST(Slots, CodesChangeLinearlyBetweenLatentFrames) {
  Writer writer(3);
  writer.At(0, 2, 5) = 1;
  writer.At(1, 2, 5) = 3;
  writer.At(2, 2, 5) = -1;
  const SlotClip clip = writer.Clip();
  const auto code = [&](double time_s) { return clip.StateAt(time_s)[2].codes[5]; };
  EXPECT_FLOAT_EQ(code(0), 1);
  EXPECT_FLOAT_EQ(code(0.5), 1.5f);
  EXPECT_FLOAT_EQ(code(2), 3);
  EXPECT_FLOAT_EQ(code(3), 1);
  EXPECT_FLOAT_EQ(code(4), -1);
  EXPECT_FLOAT_EQ(code(9), -1);
}

TEST(Slots, CopiesOfAKindFollowOneAnotherAtTheirPace) {
  constexpr int kBird = 2, kWindmill = 11;
  Writer writer(2);
  const auto put = [&](int slot, int subject, float stored_pace) {
    for (uint32_t frame = 0; frame < 2; ++frame) {
      writer.At(frame, slot, kPresentAt) = 1;
      writer.At(frame, slot, kSubjectAt + subject) = kHot;
    }
    for (int64_t point = 0; point <= kPointsPerFrame; ++point) {
      writer.SetPoint(slot, kPace, point, stored_pace);
    }
  };
  put(1, kBird, 0.1f);  // nearly the usual
  put(2, kWindmill, 1.8f);
  put(3, kBird, -0.9f);  // nearly at rest
  const SlotStates states = writer.Clip().StateAt(1.5);
  EXPECT_FLOAT_EQ(PhaseOf(states, 1, 1.5), 1.5f);
  EXPECT_FLOAT_EQ(PhaseOf(states, 2, 1.5), 4.5f);
  EXPECT_FLOAT_EQ(PhaseOf(states, 3, 1.5), kCopyLead);
}

// A windmill that is told to turn fast, from a picture of one that seems not to.
TEST(Slots, AChangeOfPaceIsNoJump) {
  constexpr int64_t kLastPoint = 3 * kPointsPerFrame, kTurnsFastFrom = 5;
  constexpr double kFrameS = 1.0 / 24;
  Writer writer(4);
  for (int64_t point = kTurnsFastFrom; point <= kLastPoint; ++point) {
    writer.SetPoint(1, kPace, point, 2);
  }
  const SlotClip clip = writer.Clip();
  const auto phase = [&](double time_s) { return PhaseOf(clip.StateAt(time_s), 1, time_s); };
  for (double time_s = kFrameS; time_s < 6; time_s += kFrameS) {
    const double pace = (phase(time_s) - phase(time_s - kFrameS)) / kFrameS;
    EXPECT_GT(pace, 0.99) << time_s;
    EXPECT_LT(pace, 3.01) << time_s;
  }
  EXPECT_NEAR(phase(6), 3 * 6 - 2 * 2.5, 0.01);  // the first two and a half seconds were slower
}

// A cubic spline gives straight lines exactly, at the ends too, where points are continued.
TEST(Slots, CurvesOfALineAreThatLine) {
  Writer writer(3);
  for (int64_t point = 0; point <= 8; ++point) {
    writer.SetPoint(1, kX, point, 2.0f + 0.5f * static_cast<float>(point));
  }
  const SlotClip clip = writer.Clip();
  // Two points a second; x is stored in units of 0.5 (trainer/latent.h).
  for (const double time_s : {0.0, 0.1, 0.5, 1.9, 3.7, 3.99, 4.0, 4.5}) {
    const SlotState state = clip.StateAt(time_s)[1];
    EXPECT_NEAR(state.curves[kX], 0.5 * (2 + time_s), 1e-6) << time_s;
    EXPECT_NEAR(state.rates[kX], 0.5, 1e-5) << time_s;
  }
}

TEST(Slots, ACurveIsSmoothedAroundItsPoints) {
  Writer writer(3);
  writer.SetPoint(3, kCosine, 4, 6);
  const SlotClip clip = writer.Clip();
  const auto cosine = [&](double time_s) { return clip.StateAt(time_s)[3].curves[kCosine]; };
  EXPECT_NEAR(cosine(2), 4, 1e-6);  // 1 4 1, divided by 6
  EXPECT_NEAR(cosine(1.5), 1, 1e-6);
  EXPECT_NEAR(cosine(2.5), 1, 1e-6);
  EXPECT_NEAR(cosine(1), 0, 1e-6);
  EXPECT_NEAR(cosine(3), 0, 1e-6);
}

TEST(Slots, AClipOfOneFrameStandsStill) {
  Writer writer(1);
  writer.SetPoint(1, kCosine, 0, 0.7f);
  const SlotClip clip = writer.Clip();
  EXPECT_NEAR(clip.StateAt(0)[1].curves[kCosine], 0.7f, 1e-6);
  EXPECT_NEAR(clip.StateAt(3)[1].curves[kCosine], 0.7f, 1e-6);
}

TEST(Slots, WhatIsKnownEarlyDoesNotChangeLater) {
  const std::vector<std::vector<float>> latent = SomeLatent(4, 3, 5);
  SlotClip whole(4);
  for (const auto& frame : latent) whole.Add(frame);
  SlotClip growing(4);
  EXPECT_FALSE(growing.Knows(0));
  int known_count = 0;
  for (const auto& frame : latent) {
    growing.Add(frame);
    for (int i = 0; i <= 6 * 24 + 10; ++i) {
      const double time_s = i / 24.0;
      if (!growing.Knows(time_s)) continue;
      ++known_count;
      const SlotStates now = growing.StateAt(time_s), then = whole.StateAt(time_s);
      for (size_t slot = 0; slot < kSlotCount; ++slot) {
        EXPECT_EQ(now[slot].codes, then[slot].codes);
        EXPECT_EQ(now[slot].curves, then[slot].curves);
        EXPECT_EQ(now[slot].rates, then[slot].rates);
      }
    }
  }
  // All but the last half second of each frame, and in the end everything.
  EXPECT_EQ(known_count, 36 + 84 + 155);
}

}  // namespace
}  // namespace aozora::mini
