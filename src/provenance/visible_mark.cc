// SPDX-License-Identifier: Apache-2.0
#include "provenance/visible_mark.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"

namespace aozora {
namespace {

constexpr double kMarginShare = 0.55;  // of the mark's height, from the picture's edges
constexpr double kDriftShareMax = 0.25;
constexpr double kLabelFadeSeconds = 0.4;
constexpr double kLabelHeightShare = 0.06;  // of the shorter side; letters ascent to descent
constexpr double kWidthShareMax = 0.45;     // of the picture's width, mark with name
constexpr double kLabelWidthShareMax = 0.9;

// Opacities of ink and halo where the ground is quiet; both grow on restless ground.
constexpr float kInk = 0.72f, kInkMore = 0.2f, kHalo = 0.3f, kHaloMore = 0.3f;
constexpr float kRestlessLevels = 48;  // the deviation that counts as fully restless
constexpr uint8_t kLightTone = 255, kDarkTone = 12;
// Ground lighter than this gets dark ink; the tone that is has the benefit of the doubt.
constexpr float kLightGround = 150, kDoubt = 24;
constexpr float kToneStep = 0.12f;  // a frame, towards the tone that fits

uint32_t SignHeight(uint32_t width_px, uint32_t height_px) {
  const uint32_t shorter = std::min(width_px, height_px);
  const auto wanted = static_cast<uint32_t>(std::lround(kMarkHeightShare * shorter));
  return std::min(std::max(wanted, kMarkHeightPxMin), std::max(1u, shorter * 3 / 4));
}

double Unit(uint32_t word) { return (word >> 8) * 0x1p-24; }

// The pixels that a sprite covers: moved inside the picture, cut off if it is too large for it.
struct Spot {
  Spot(const MarkSprite& sprite, double x, double y, const Image& image)
      : columns(std::min(sprite.width_px, image.width_px)),
        rows(std::min(sprite.height_px, image.height_px)) {
    const auto inside = [](double at, size_t room) {
      return static_cast<size_t>(std::lround(std::clamp(at, 0.0, static_cast<double>(room))));
    };
    left = inside(x, image.width_px - columns);
    top = inside(y, image.height_px - rows);
  }
  size_t FirstByte(size_t row, const Image& image) const {
    return 3 * ((top + row) * image.width_px + left);
  }

  size_t left = 0, top = 0, columns, rows;
};

struct Ground {
  float luma = 0;      // mean, 0..255
  float restless = 0;  // standard deviation
};
Ground GroundUnder(const Spot& spot, const Image& image) {
  uint64_t sum = 0, square_sum = 0;
  for (size_t row = 0; row < spot.rows; ++row) {
    const uint8_t* pixel = &image.rgb[spot.FirstByte(row, image)];
    for (size_t column = 0; column < spot.columns; ++column, pixel += 3) {
      const uint32_t value = (54u * pixel[0] + 183u * pixel[1] + 19u * pixel[2]) >> 8;  // BT.709
      sum += value;
      square_sum += value * value;
    }
  }
  const double count = static_cast<double>(spot.rows * spot.columns);
  const double mean = static_cast<double>(sum) / count;
  const double variance = static_cast<double>(square_sum) / count - mean * mean;
  return {static_cast<float>(mean), static_cast<float>(std::sqrt(std::max(0.0, variance)))};
}

// Coverage is 0..255; shares are in 1/65536 of that.
struct Paint {
  uint32_t ink_tone, halo_tone;    // 0..255
  uint32_t ink_share, halo_share;  // of full coverage
};
uint32_t ToneOf(float light) {
  return static_cast<uint32_t>(kDarkTone + light * (kLightTone - kDarkTone));
}
uint32_t ShareOf(float opacity) { return static_cast<uint32_t>(opacity * 65536 / 255); }

void Blend(const MarkSprite& sprite, const Spot& spot, const Paint& paint, Image& image) {
  for (size_t row = 0; row < spot.rows; ++row) {
    uint8_t* pixel = &image.rgb[spot.FirstByte(row, image)];
    const uint8_t* const ink = &sprite.ink[row * sprite.width_px];
    const uint8_t* const halo = &sprite.halo[row * sprite.width_px];
    for (size_t column = 0; column < spot.columns; ++column, pixel += 3) {
      const uint32_t a = halo[column] * paint.halo_share, b = ink[column] * paint.ink_share;
      for (int c = 0; c < 3; ++c) {
        const uint32_t under = (pixel[c] * (65536 - a) + paint.halo_tone * a + 32768) >> 16;
        pixel[c] = static_cast<uint8_t>((under * (65536 - b) + paint.ink_tone * b + 32768) >> 16);
      }
    }
  }
}

}  // namespace

const MarkStay& MarkSchedule::At(double time_s) {
  while (count_ == 0 || time_s >= current_.end_s) Next();
  return current_;
}

void MarkSchedule::Next() {
  const auto words = Philox4x32({static_cast<uint32_t>(count_), static_cast<uint32_t>(count_ >> 32),
                                 0x6d61726b, 0},  // "mark"
                                {static_cast<uint32_t>(key_), static_cast<uint32_t>(key_ >> 32)});
  before_ = current_;
  // Any anchor but the last one.
  uint32_t anchor = words[0] % kMarkAnchorCount;
  if (count_ > 0) {
    anchor = words[0] % (kMarkAnchorCount - 1);
    if (anchor >= static_cast<uint32_t>(before_.anchor)) ++anchor;
  }
  current_.anchor = static_cast<MarkAnchor>(anchor);
  current_.begin_s = before_.end_s;
  current_.end_s = current_.begin_s + kMarkStaySecondsMin +
                   (kMarkStaySecondsMax - kMarkStaySecondsMin) * Unit(words[1]);
  current_.drift_x = kDriftShareMax * (2 * Unit(words[2]) - 1);
  current_.drift_y = kDriftShareMax * (2 * Unit(words[3]) - 1);
  ++count_;
}

VisibleMarkSink::VisibleMarkSink(const VisibleMarkSettings& settings, FrameSink& next)
    : settings_(settings), next_(next), schedule_(settings.key) {
  const double width = settings.width_px;
  mark_ = DrawSign(SignHeight(settings.width_px, settings.height_px), settings.creator,
                   static_cast<uint32_t>(kWidthShareMax * width));
  const uint32_t shorter = std::min(settings.width_px, settings.height_px);
  label_ = DrawText(std::max(8u, static_cast<uint32_t>(std::lround(kLabelHeightShare * shorter))),
                    settings.label, static_cast<uint32_t>(kLabelWidthShareMax * width));
}

Status VisibleMarkSink::Write(const Image& frame) {
  if (frame.width_px != settings_.width_px || frame.height_px != settings_.height_px) {
    return Error::Invalid("the mark was made for {}x{}, this frame has {}x{}", settings_.width_px,
                          settings_.height_px, frame.width_px, frame.height_px);
  }
  marked_ = frame;
  const double time_s = static_cast<double>(frame_count_++) / settings_.frame_rate.per_second();
  const MarkStay& stay = schedule_.At(time_s);
  const MarkStay* const before = schedule_.Before();
  const double since = time_s - stay.begin_s;
  if (before != nullptr && since < kMarkFadeSeconds) {
    const float share = static_cast<float>(since / kMarkFadeSeconds);
    DrawStay(*before, time_s, 1 - share);
    DrawStay(stay, time_s, share);
  } else {
    DrawStay(stay, time_s, 1);
  }
  DrawLabel(time_s);
  return next_.Write(marked_);
}

void VisibleMarkSink::DrawStay(const MarkStay& stay, double time_s, float opacity) {
  const double height = mark_.height_px - 2.0 * mark_.margin_px;
  const double width = settings_.width_px, picture_height = settings_.height_px;
  const double inset = kMarginShare * height - mark_.margin_px;
  const int anchor = static_cast<int>(stay.anchor);
  const double left = anchor < 3 ? inset : width - inset - mark_.width_px;
  const double tops[] = {inset, (picture_height - mark_.height_px) / 2,
                         picture_height - inset - mark_.height_px};
  // The drift is even around the anchor: half before, half after.
  const double at = (time_s - stay.begin_s) / (stay.end_s - stay.begin_s) - 0.5;
  Draw(mark_, left + at * stay.drift_x * height, tops[anchor % 3] + at * stay.drift_y * height,
       opacity, &mark_tones_[static_cast<size_t>(anchor)]);
}

void VisibleMarkSink::DrawLabel(double time_s) {
  if (time_s >= kMarkLabelSeconds + kLabelFadeSeconds || label_.width_px == 0) return;
  const float opacity =
      static_cast<float>(std::min(1.0, 1 - (time_s - kMarkLabelSeconds) / kLabelFadeSeconds));
  const double width = settings_.width_px, height = settings_.height_px;
  // A third from below: clear of every anchor.
  Draw(label_, (width - label_.width_px) / 2, height * 0.78 - label_.height_px / 2.0, opacity,
       &label_tone_);
}

// Places between pixels are rounded: a drift of a few pixels over seconds needs no resampling.
void VisibleMarkSink::Draw(const MarkSprite& sprite, double x, double y, float opacity,
                           Tone* tone) {
  const Spot spot(sprite, x, y, marked_);
  const Ground ground = GroundUnder(spot, marked_);
  const float doubt = tone->light < 0 ? 0 : tone->light > 0.5f ? kDoubt : -kDoubt;
  const float aim = ground.luma < kLightGround + doubt ? 1.0f : 0.0f;
  if (tone->light < 0) tone->light = aim;
  tone->light += std::clamp(aim - tone->light, -kToneStep, kToneStep);
  const float restless = std::min(1.0f, ground.restless / kRestlessLevels);
  Blend(sprite, spot,
        {.ink_tone = ToneOf(tone->light),
         .halo_tone = ToneOf(1 - tone->light),
         .ink_share = ShareOf(opacity * (kInk + kInkMore * restless)),
         .halo_share = ShareOf(opacity * (kHalo + kHaloMore * restless))},
        marked_);
}

}  // namespace aozora
