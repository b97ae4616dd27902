// SPDX-License-Identifier: Apache-2.0
#include "models/mini/bridge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "models/mini/slots.h"

namespace aozora::mini {
namespace {

LatentSize SlotSize(uint32_t frame_count) {
  return {SlotClip::kChannels, frame_count, SlotClip::kGrid.height, SlotClip::kGrid.width};
}

struct Latent {
  explicit Latent(uint32_t frame_count, uint64_t seed)
      : size(SlotSize(frame_count)), values(size.count()) {
    MakeNormalSource(NormalKind::kPhilox, seed)->Fill(values);
  }
  LatentView view() const { return {values, size}; }
  LatentSize size;
  std::vector<float> values;
};

// Latents one behind the other, each from a frame on.
SlotClip ClipOf(std::initializer_list<std::pair<LatentView, uint32_t>> parts) {
  uint32_t frame_count = 0;
  for (const auto& [view, from] : parts) frame_count += view.size.frame_count - from;
  SlotClip clip(frame_count);
  for (const auto& [view, from] : parts) {
    for (uint32_t frame = from; frame < view.size.frame_count; ++frame) {
      std::vector<float> one(SlotClip::ValueCount(1));
      for (int slot = 0; slot < kSlotCount; ++slot) {
        for (int value = 0; value < kSlotValues; ++value) {
          one[SlotClip::Index(1, 0, slot, value)] =
              view.values[SlotClip::Index(view.size.frame_count, frame, slot, value)];
        }
      }
      clip.Add(one);
    }
  }
  return clip;
}

double Distance(const SlotStates& a, const SlotStates& b) {
  double most = 0;
  for (size_t slot = 0; slot < a.size(); ++slot) {
    for (size_t i = 0; i < kCodeCount; ++i) {
      most = std::max<double>(most, std::abs(a[slot].codes[i] - b[slot].codes[i]));
    }
    for (size_t i = 0; i < kCurveCount; ++i) {
      most = std::max<double>(most, std::abs(a[slot].curves[i] - b[slot].curves[i]));
      most = std::max<double>(most, std::abs(a[slot].rates[i] - b[slot].rates[i]));
    }
  }
  return most;
}

constexpr double kFloatError = 1e-4;

TEST(Bridge, LeavesBothClipsAsTheyAre) {
  const Latent source(4, 1), target(3, 2);
  for (const uint32_t count : {1u, 2u, 5u}) {
    const std::vector<float> made = BridgeSlots(source.view(), target.view(), count);
    const SlotClip whole =
        ClipOf({{source.view(), 0}, {{made, SlotSize(count)}, 0}, {target.view(), 1}});
    const SlotClip a = ClipOf({{source.view(), 0}}), b = ClipOf({{target.view(), 0}});
    for (double at = 0; at <= 6; at += 0.25) {
      EXPECT_LE(Distance(whole.StateAt(at), a.StateAt(at)), kFloatError) << count << " " << at;
    }
    const double begin = 6 + 2.0 * count;
    for (double at = 0; at <= 4; at += 0.25) {
      EXPECT_LE(Distance(whole.StateAt(begin + at), b.StateAt(at)), kFloatError)
          << count << " " << at;
    }
  }
}

TEST(Bridge, ALoopEndsInItsBeginningAndItsSpeed) {
  const Latent source(4, 3);
  const std::vector<float> made = BridgeSlots(source.view(), source.view(), 2);
  const SlotClip loop = ClipOf({{source.view(), 0}, {{made, SlotSize(2)}, 0}});
  EXPECT_LE(Distance(loop.StateAt(6 + 4), loop.StateAt(0)), kFloatError);
}

TEST(Bridge, AStillClipStaysStill) {
  Latent source(1, 4);
  const std::vector<float> made = BridgeSlots(source.view(), source.view(), 3);
  const SlotClip loop = ClipOf({{source.view(), 0}, {{made, SlotSize(3)}, 0}});
  for (double at = 0; at <= 6; at += 0.5) {
    EXPECT_LE(Distance(loop.StateAt(at), loop.StateAt(0)), kFloatError);
  }
}

}  // namespace
}  // namespace aozora::mini
