// SPDX-License-Identifier: Apache-2.0
#include "provenance/mark_analysis.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace aozora {
namespace {

// BT.709 luma, as the encoders code it.
constexpr float kRed = 0.2126f, kGreen = 0.7152f, kBlue = 0.0722f;
// Sides of the boxes that smooth and level, as shares of the plane's shorter side: three chips.
constexpr double kSmoothBox = 3.0 / kChipsAcross;
// Added to the local contrast, levels of luma: what is below is noise of rounding and coding.
constexpr float kContrastFloor = 0.7f;
constexpr float kClip = 2.0f;

int OddBox(int shorter_side) {
  return 2 * std::max(2, static_cast<int>(std::lround(kSmoothBox * shorter_side / 2))) + 1;
}

}  // namespace

Status MarkAnalysis::Add(const Image& frame) {
  const uint32_t shorter = std::min(frame.width_px, frame.height_px);
  if (shorter < kAnalysisSidePxMin) {
    return Error::Unsupported("a picture of {}x{} is too small to hold a mark", frame.width_px,
                              frame.height_px);
  }
  if (frame_count_ == 0) {
    frame_width_px_ = frame.width_px;
    frame_height_px_ = frame.height_px;
    reduction_ = std::max(1.0, static_cast<double>(shorter) / kAnalysisSidePxMax);
    width_ = static_cast<int>(std::lround(frame.width_px / reduction_));
    height_ = static_cast<int>(std::lround(frame.height_px / reduction_));
    sum_.assign(static_cast<size_t>(width_) * static_cast<size_t>(height_), 0.0f);
  } else if (frame.width_px != frame_width_px_ || frame.height_px != frame_height_px_) {
    return Error::Invalid("a clip's frames have one size; this one has {}x{} after {}x{}",
                          frame.width_px, frame.height_px, frame_width_px_, frame_height_px_);
  }
  luma_.resize(size_t{frame.width_px} * frame.height_px);
  const uint8_t* rgb = frame.rgb.data();
  for (size_t i = 0; i < luma_.size(); ++i, rgb += 3) {
    luma_[i] = kRed * rgb[0] + kGreen * rgb[1] + kBlue * rgb[2];
  }
  cv::Mat plane(static_cast<int>(frame.height_px), static_cast<int>(frame.width_px), CV_32F,
                luma_.data());
  if (reduction_ > 1) {
    cv::Mat smaller;
    cv::resize(plane, smaller, cv::Size(width_, height_), 0, 0, cv::INTER_AREA);
    plane = smaller;
  }
  const cv::Size box = cv::Size(1, 1) * OddBox(std::min(width_, height_));
  cv::Mat smooth, contrast;
  cv::boxFilter(plane, smooth, CV_32F, box);
  const cv::Mat detail = plane - smooth;
  cv::sqrBoxFilter(detail, contrast, CV_32F, box);
  // The box slides by adding and taking away, which can leave less than nothing.
  cv::sqrt(cv::max(contrast, 0.0), contrast);
  for (int y = 0; y < height_; ++y) {
    const float* const from = detail.ptr<float>(y);
    const float* const by = contrast.ptr<float>(y);
    float* const to = &sum_[static_cast<size_t>(y) * static_cast<size_t>(width_)];
    for (int x = 0; x < width_; ++x) {
      to[x] += std::clamp(from[x] / (by[x] + kContrastFloor), -kClip, kClip);
    }
  }
  ++frame_count_;
  return Ok();
}

TurnedPlane MarkAnalysis::Turned(double degrees) const {
  TurnedPlane out;
  out.width = width_;
  out.height = height_;
  out.stride = (height_ + 15) / 16 * 16;
  out.values.assign(static_cast<size_t>(width_) * static_cast<size_t>(out.stride), 0.0f);
  const double angle = degrees * std::numbers::pi / 180;
  const float cosine = static_cast<float>(std::cos(angle));
  const float sine = static_cast<float>(std::sin(angle));
  const float middle_x = 0.5f * static_cast<float>(width_ - 1);
  const float middle_y = 0.5f * static_cast<float>(height_ - 1);
  for (int x = 0; x < width_; ++x) {
    float* const column = &out.values[static_cast<size_t>(x) * static_cast<size_t>(out.stride)];
    const float dx = static_cast<float>(x) - middle_x;
    for (int y = 0; y < height_; ++y) {
      const float dy = static_cast<float>(y) - middle_y;
      const float from_x = middle_x + cosine * dx - sine * dy;
      const float from_y = middle_y + sine * dx + cosine * dy;
      const int ix = static_cast<int>(std::floor(from_x)),
                iy = static_cast<int>(std::floor(from_y));
      if (ix < 0 || iy < 0 || ix + 1 >= width_ || iy + 1 >= height_) {
        if (degrees == 0) column[y] = sum_[static_cast<size_t>(y * width_ + x)];
        continue;
      }
      const float tx = from_x - static_cast<float>(ix), ty = from_y - static_cast<float>(iy);
      const float* const at = &sum_[static_cast<size_t>(iy * width_ + ix)];
      const float top = at[0] + tx * (at[1] - at[0]);
      const float bottom = at[width_] + tx * (at[width_ + 1] - at[width_]);
      column[y] = top + ty * (bottom - top);
    }
  }
  return out;
}

}  // namespace aozora
