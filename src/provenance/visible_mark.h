// SPDX-License-Identifier: Apache-2.0
// The sign on every picture that it was generated: a sun over a horizon in a ring, with the name of
// who made it. It holds a place for a while and then moves, so that no crop and no mended corner
// takes it away from a whole clip. Each clip opens with a label in words.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "media/frame_rate.h"
#include "pipeline/frame_sink.h"
#include "provenance/mark_sprite.h"

namespace aozora {

struct VisibleMarkSettings {
  uint32_t width_px = 0, height_px = 0;  // of every frame
  FrameRate frame_rate;
  uint64_t key = 0;     // of the clip, from its job: decides places and times
  std::string creator;  // UTF-8, beside the mark; empty: the mark alone
  std::string label = "Made with Aozora · AI-generated";  // of the first two seconds
};

// Corners and the middles of the sides, in this order.
enum class MarkAnchor { kTopLeft, kMiddleLeft, kBottomLeft, kTopRight, kMiddleRight, kBottomRight };
inline constexpr int kMarkAnchorCount = 6;

// When the mark is where: each stay at another anchor than the one before.
struct MarkStay {
  MarkAnchor anchor;
  double begin_s = 0, end_s = 0;
  double drift_x = 0, drift_y = 0;  // from begin to end, in shares of the mark's height
};
inline constexpr double kMarkStaySecondsMin = 2, kMarkStaySecondsMax = 4;
inline constexpr double kMarkFadeSeconds = 0.3;   // of one stay into the next
inline constexpr double kMarkLabelSeconds = 2;    // whole, then it fades
inline constexpr double kMarkHeightShare = 0.06;  // of the shorter side; 5 % are asked for
inline constexpr uint32_t kMarkHeightPxMin = 12;  // or as much as there is

// The stays of a clip, one after the other without end: the schedule is a function of the key.
class MarkSchedule {
 public:
  explicit MarkSchedule(uint64_t key) : key_(key) {}
  // The stay at a time; times may only grow.
  const MarkStay& At(double time_s);
  // The one before the current one, which fades out while that begins; only after the first.
  const MarkStay* Before() const { return count_ > 1 ? &before_ : nullptr; }

 private:
  void Next();

  const uint64_t key_;
  uint64_t count_ = 0;
  MarkStay before_ = {}, current_ = {};
};

// Draws the mark into each frame on its way to `next`, which outlives it. Frames of another size
// than the settings say are refused. Opacity and lightness follow the picture: light on dark
// ground, dark on light.
class VisibleMarkSink : public FrameSink {
 public:
  VisibleMarkSink(const VisibleMarkSettings& settings, FrameSink& next);
  Status Write(const Image& frame) override;
  Status Finish() override { return next_.Finish(); }

 private:
  struct Tone {
    float light = -1;  // 0: dark ink, 1: light; below 0: not known yet
  };

  void DrawStay(const MarkStay& stay, double time_s, float opacity);
  void DrawLabel(double time_s);
  void Draw(const MarkSprite& sprite, double x, double y, float opacity, Tone* tone);

  const VisibleMarkSettings settings_;
  FrameSink& next_;
  MarkSchedule schedule_;
  MarkSprite mark_, label_;
  std::array<Tone, kMarkAnchorCount> mark_tones_;
  Tone label_tone_;
  uint64_t frame_count_ = 0;
  Image marked_;
};

}  // namespace aozora
