// SPDX-License-Identifier: Apache-2.0
#include "models/mini/bridge.h"

#include "models/mini/slots.h"

namespace aozora::mini {
namespace {

// One end of a curve: its control point there, and how far it is from one point to the next.
struct CurveEnd {
  float point = 0, step = 0;
};

// Control point `point` of 1 to `count`, of which the last is the target's first: a cubic
// (Hermite), straight at both ends, where a B-spline then keeps the place and the speed that it
// has.
float Between(const CurveEnd& from, const CurveEnd& to, uint32_t point, uint32_t count) {
  if (point == 1) return from.point + from.step;
  if (point + 1 == count) return to.point - to.step;
  const auto steps = static_cast<float>(count);
  const float s = static_cast<float>(point) / steps, s2 = s * s, s3 = s2 * s;
  return (2 * s3 - 3 * s2 + 1) * from.point + (s3 - 2 * s2 + s) * steps * from.step +
         (3 * s2 - 2 * s3) * to.point + (s3 - s2) * steps * to.step;
}

// Latent frames as rows of slots.
class Slots {
 public:
  explicit Slots(const LatentView& latent) : frame_count_(latent.size.frame_count) {
    CHECK_EQ(latent.size.channel_count, SlotClip::kChannels);
    CHECK_EQ(latent.size.height, SlotClip::kGrid.height);
    CHECK_EQ(latent.size.width, SlotClip::kGrid.width);
    CHECK_EQ(latent.values.size(), latent.size.count());
    values_ = latent.values;
  }
  uint32_t frame_count() const { return frame_count_; }
  float At(uint32_t frame, int slot, int value) const {
    return values_[SlotClip::Index(frame_count_, frame, slot, value)];
  }
  // Control point 0 is the first frame's last, the others are the further frames' in order.
  float Point(int slot, int curve, uint32_t point) const {
    const uint32_t frame = (point + kPointsPerFrame - 1) / kPointsPerFrame;
    const uint32_t j = (point + kPointsPerFrame - 1) % kPointsPerFrame;
    return At(frame, slot, PointAt(curve, j));
  }
  uint32_t last_point() const { return kPointsPerFrame * (frame_count_ - 1); }

  static int PointAt(int curve, uint32_t j) {
    return kCodeCount + curve * kPointsPerFrame + static_cast<int>(j);
  }

 private:
  std::span<const float> values_;
  const uint32_t frame_count_;
};

CurveEnd EndOf(const Slots& clip, int slot, int curve) {
  const uint32_t last = clip.last_point();
  const float point = clip.Point(slot, curve, last);
  return {point, last > 0 ? point - clip.Point(slot, curve, last - 1) : 0};
}

CurveEnd StartOf(const Slots& clip, int slot, int curve) {
  const float point = clip.Point(slot, curve, 0);
  return {point, clip.last_point() > 0 ? clip.Point(slot, curve, 1) - point : 0};
}

}  // namespace

std::vector<float> BridgeSlots(const LatentView& source, const LatentView& target,
                               uint32_t frame_count) {
  CHECK_LE(1u, frame_count);
  const Slots from(source), to(target);
  std::vector<float> bridge(SlotClip::ValueCount(frame_count));
  const auto value_at = [&](uint32_t frame, int slot, int value) -> float& {
    return bridge[SlotClip::Index(frame_count, frame, slot, value)];
  };
  const uint32_t point_count = kPointsPerFrame * frame_count;
  for (int slot = 0; slot < kSlotCount; ++slot) {
    for (uint32_t frame = 0; frame < frame_count; ++frame) {
      const auto share = static_cast<float>(frame + 1) / static_cast<float>(frame_count);
      for (int code = 0; code < kCodeCount; ++code) {
        const float begin = from.At(from.frame_count() - 1, slot, code);
        value_at(frame, slot, code) = begin + (to.At(0, slot, code) - begin) * share;
      }
    }
    for (int curve = 0; curve < kCurveCount; ++curve) {
      const CurveEnd begin = EndOf(from, slot, curve), end = StartOf(to, slot, curve);
      for (uint32_t point = 1; point <= point_count; ++point) {
        const uint32_t frame = (point - 1) / kPointsPerFrame, j = (point - 1) % kPointsPerFrame;
        value_at(frame, slot, Slots::PointAt(curve, j)) = Between(begin, end, point, point_count);
      }
    }
  }
  return bridge;
}

}  // namespace aozora::mini
