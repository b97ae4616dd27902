// SPDX-License-Identifier: Apache-2.0
// Flashes that can cause seizures in people with photosensitive epilepsy, as broadcasters and the
// web define them:
//  - WCAG 2.1, success criterion 2.3.1 and the definition "general flash and red flash thresholds"
//    (w3.org/TR/WCAG21/#dfn-general-flash-and-red-flash-thresholds): a general flash is a pair of
//    opposing changes of relative luminance by 10 % of its maximum or more, where the darker state
//    is below 0.80; a red flash is a pair of opposing transitions that involve a saturated red, by
//    its working definition R/(R+G+B) >= 0.8 in either state and a change of more than 20 in
//    (R-G-B)*320, negative values set to zero;
//  - ITU-R BT.1702, Guidance for the reduction of photosensitive epileptic seizures caused by
//    television, after the Harding test: the same 10 % (20 of 200 cd/m2, the darker below 160), and
//    a flashing area of more than a quarter of the screen; not more than three flashes in a second.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "media/frame_rate.h"
#include "policy/picture_grid.h"

namespace aozora::policy {

inline constexpr float kFlashLuminanceMin = 0.1f;
inline constexpr float kFlashDarkMax = 0.8f;
inline constexpr float kRedShareMin = 0.8f;
inline constexpr float kRedScale = 320;
inline constexpr float kRedChangeMin = 20;

struct FlashLimits {
  uint32_t per_second_max = 3;
  float area_min = 0.25f;
};

struct FlashReport {
  // Frames in the second up to which so much of the picture flashed more often than allowed.
  uint64_t frames_over = 0;
  uint64_t first_frame_over = 0;  // meaningless if frames_over is 0
  float area_peak = 0;            // the largest share of the picture that did
  float per_second_peak = 0;      // flashes in a second that so much of the picture reached
};

// One thread at a time. About 300 KB.
class FlashMeter {
 public:
  FlashMeter(FrameRate rate, const FlashLimits& limits);  // a valid rate
  void Add(const PictureGrid& picture);
  const FlashReport& general() const { return general_.report; }
  const FlashReport& red() const { return red_.report; }

 private:
  // How a value of a cell went up and down since it was first seen: an extreme counts when the
  // value has come back from it by as much as a change must have.
  struct Swing {
    float low = 0, high = 0;  // since the last change of direction
    bool low_is_red = false, high_is_red = false;
    int8_t direction = 0;  // 0 until the first change
  };
  struct Channel {
    std::vector<Swing> swings;             // of each cell
    std::vector<uint8_t> changes;          // of each cell in each frame of the last second
    std::array<uint16_t, kGridCells> sum;  // of the changes
    FlashReport report;
  };

  bool GeneralChange(Swing& swing, float luminance) const;
  bool RedChange(Swing& swing, float value, bool is_red) const;
  void Count(Channel& channel);

  const FlashLimits limits_;
  const uint64_t window_frames_;  // all frames that lie less than a second apart
  uint64_t frame_count_ = 0;
  Channel general_, red_;
};

}  // namespace aozora::policy
