// SPDX-License-Identifier: Apache-2.0
// What the detector keeps of a clip: one plane in which the mark adds up and the pictures do not.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "provenance/mark_grid.h"
#include "tensor/image.h"

namespace aozora {

// Pictures are looked at with at most so many pixels on the shorter side: four to a chip as marked.
inline constexpr int kAnalysisSidePxMax = 480;
inline constexpr uint32_t kAnalysisSidePxMin = 48;  // smaller ones hold too little to say anything

class MarkAnalysis {
 public:
  // Adds a frame: its luma, freed of what is smooth over some chips, levelled by its local contrast
  // and clipped, so that neither edges nor bright scenes shout the mark down. All frames have the
  // size of the first.
  Status Add(const Image& frame);

  uint64_t frame_count() const { return frame_count_; }
  int width() const { return width_; }  // of the plane
  int height() const { return height_; }
  // The picture's pixels to one of the plane.
  double reduction() const { return reduction_; }

  // The plane turned by `degrees` around its middle, columns as rows. The size stays; what was
  // outside is zero.
  TurnedPlane Turned(double degrees) const;

 private:
  uint32_t frame_width_px_ = 0, frame_height_px_ = 0;
  int width_ = 0, height_ = 0;
  double reduction_ = 1;
  uint64_t frame_count_ = 0;
  std::vector<float> luma_;
  std::vector<float> sum_;  // [height][width]
};

}  // namespace aozora
