// SPDX-License-Identifier: Apache-2.0
#include "measure.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace aozora::marks {
namespace {

cv::Mat Luma(const Image& image) {
  cv::Mat luma(static_cast<int>(image.height_px), static_cast<int>(image.width_px), CV_32F);
  const uint8_t* pixel = image.rgb.data();
  for (int y = 0; y < luma.rows; ++y) {
    for (int x = 0; x < luma.cols; ++x, pixel += 3) {
      luma.at<float>(y, x) = 0.2126f * pixel[0] + 0.7152f * pixel[1] + 0.0722f * pixel[2];
    }
  }
  return luma;
}

cv::Mat Blurred(const cv::Mat& from) {
  cv::Mat to;
  cv::GaussianBlur(from, to, cv::Size(11, 11), 1.5);
  return to;
}

}  // namespace

double LumaSquare(const Image& a, const Image& b) {
  const cv::Mat difference = Luma(a) - Luma(b);
  return difference.dot(difference) / static_cast<double>(difference.total());
}

double PsnrOf(double mean_square) {
  return mean_square > 0 ? 10 * std::log10(255.0 * 255.0 / mean_square) : 99;
}

double Ssim(const Image& a, const Image& b) {
  constexpr double kC1 = 0.01 * 255 * 0.01 * 255, kC2 = 0.03 * 255 * 0.03 * 255;
  const cv::Mat x = Luma(a), y = Luma(b);
  const cv::Mat mean_x = Blurred(x), mean_y = Blurred(y);
  const cv::Mat xx = Blurred(x.mul(x)) - mean_x.mul(mean_x);
  const cv::Mat yy = Blurred(y.mul(y)) - mean_y.mul(mean_y);
  const cv::Mat xy = Blurred(x.mul(y)) - mean_x.mul(mean_y);
  const cv::Mat above = (2 * mean_x.mul(mean_y) + kC1).mul(2 * xy + kC2);
  const cv::Mat below = (mean_x.mul(mean_x) + mean_y.mul(mean_y) + kC1).mul(xx + yy + kC2);
  cv::Mat share;
  cv::divide(above, below, share);
  return cv::mean(share)[0];
}

}  // namespace aozora::marks
