// SPDX-License-Identifier: Apache-2.0
#include "policy/flash_meter.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/units.h"

namespace aozora::policy {

FlashMeter::FlashMeter(FrameRate rate, const FlashLimits& limits)
    : limits_(limits), window_frames_(DivideUp(rate.numerator, rate.denominator)) {
  CHECK(rate.Validate().ok());
  for (Channel* channel : {&general_, &red_}) {
    channel->swings.resize(kGridCells);
    channel->changes.resize(kGridCells * window_frames_);
    channel->sum.fill(0);
  }
}

void FlashMeter::Add(const PictureGrid& picture) {
  const size_t slot = frame_count_ % window_frames_ * kGridCells;
  const bool is_first = frame_count_ == 0;
  for (size_t i = 0; i < kGridCells; ++i) {
    const float r = picture.red[i], g = picture.green[i], b = picture.blue[i];
    const float value = std::max(0.0f, (r - g - b) * kRedScale);
    const float all = r + g + b;
    const bool is_red = all > 0 && r / all >= kRedShareMin;
    if (is_first) {
      general_.swings[i] = {picture.luminance[i], picture.luminance[i]};
      red_.swings[i] = {value, value, is_red, is_red};
      continue;
    }
    const auto put = [&](Channel& channel, bool change) {
      uint8_t& old = channel.changes[slot + i];
      channel.sum[i] = static_cast<uint16_t>(channel.sum[i] - old + change);
      old = change;
    };
    put(general_, GeneralChange(general_.swings[i], picture.luminance[i]));
    put(red_, RedChange(red_.swings[i], value, is_red));
  }
  Count(general_);
  Count(red_);
  ++frame_count_;
}

bool FlashMeter::GeneralChange(Swing& swing, float luminance) const {
  const bool rises = luminance - swing.low >= kFlashLuminanceMin && swing.direction <= 0;
  const bool falls = swing.high - luminance >= kFlashLuminanceMin && swing.direction >= 0;
  if (rises || falls) {
    const float darker = rises ? swing.low : luminance;
    swing.low = swing.high = luminance;
    swing.direction = rises ? 1 : -1;
    return darker < kFlashDarkMax;
  }
  swing.low = std::min(swing.low, luminance);
  swing.high = std::max(swing.high, luminance);
  return false;
}

bool FlashMeter::RedChange(Swing& swing, float value, bool is_red) const {
  const bool rises = value - swing.low > kRedChangeMin && swing.direction <= 0;
  const bool falls = swing.high - value > kRedChangeMin && swing.direction >= 0;
  if (rises || falls) {
    const bool was_red = rises ? swing.low_is_red : swing.high_is_red;
    swing = {value, value, is_red, is_red, static_cast<int8_t>(rises ? 1 : -1)};
    return was_red || is_red;
  }
  if (value <= swing.low) swing.low = value, swing.low_is_red = is_red;
  if (value >= swing.high) swing.high = value, swing.high_is_red = is_red;
  return false;
}

void FlashMeter::Count(Channel& channel) {
  const uint32_t changes_over = 2 * limits_.per_second_max + 1;  // a flash is a pair
  std::array<uint32_t, kFrameRateMax + 2> cells_with = {};       // so many changes
  uint32_t cells_over = 0;
  for (const uint16_t sum : channel.sum) {
    ++cells_with[std::min<size_t>(sum, cells_with.size() - 1)];
    cells_over += sum >= changes_over;
  }
  const auto cells_min = static_cast<uint32_t>(std::ceil(limits_.area_min * kGridCells));
  uint32_t cells = 0;
  size_t changes = cells_with.size() - 1;
  while (changes > 0 && (cells += cells_with[changes]) < cells_min) --changes;
  FlashReport& report = channel.report;
  report.per_second_peak = std::max(report.per_second_peak, static_cast<float>(changes) / 2);
  report.area_peak = std::max(report.area_peak, static_cast<float>(cells_over) / kGridCells);
  if (cells_over < cells_min) return;
  if (report.frames_over == 0) report.first_frame_over = frame_count_;
  ++report.frames_over;
}

}  // namespace aozora::policy
