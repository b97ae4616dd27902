// SPDX-License-Identifier: Apache-2.0
#include "media/media_testonly.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/check.h"

namespace aozora {

ThreadPool& Pool() {
  static ThreadPool pool(2);
  return pool;
}

FileSizeLimit::FileSizeLimit(uint64_t bytes) {
  rlimit limit;
  CHECK_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  soft_before_ = limit.rlim_cur;
  limit.rlim_cur = bytes;
  handler_before_ = std::signal(SIGXFSZ, SIG_IGN);  // so that write returns EFBIG instead
  CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

FileSizeLimit::~FileSizeLimit() {
  rlimit limit;
  CHECK_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = soft_before_;
  CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, handler_before_);
}

Image Pattern(uint32_t width_px, uint32_t height_px, double dx, double dy) {
  Image image = Image::Black(width_px, height_px);
  uint8_t* to = image.rgb.data();
  for (uint32_t y = 0; y < height_px; ++y) {
    for (uint32_t x = 0; x < width_px; ++x, to += 3) {
      const double u = x - dx;
      const double v = y - dy;
      // Angular frequencies of at most 0.26 a pixel; the sums stay within 128 +- 110.
      const double a = std::sin(0.11 * u + 0.5 * std::sin(0.03 * v));
      const double b = std::cos(0.09 * v + 0.4 * std::cos(0.05 * u));
      const double c = std::sin(0.17 * u - 0.19 * v);
      to[0] = static_cast<uint8_t>(std::lround(128 + 50 * a + 40 * b + 20 * c));
      to[1] = static_cast<uint8_t>(std::lround(128 + 40 * b - 30 * a + 30 * c));
      to[2] = static_cast<uint8_t>(std::lround(128 - 50 * b + 30 * c + 20 * a));
    }
  }
  return image;
}

Image Solid(uint32_t width_px, uint32_t height_px, uint8_t r, uint8_t g, uint8_t b) {
  Image image = Image::Black(width_px, height_px);
  for (size_t i = 0; i < image.rgb.size(); i += 3) {
    image.rgb[i] = r;
    image.rgb[i + 1] = g;
    image.rgb[i + 2] = b;
  }
  return image;
}

double Psnr(const Image& a, const Image& b) {
  CHECK_EQ(a.width_px, b.width_px);
  CHECK_EQ(a.height_px, b.height_px);
  double sum = 0;
  for (size_t i = 0; i < a.rgb.size(); ++i) {
    const double difference = double{1} * a.rgb[i] - b.rgb[i];
    sum += difference * difference;
  }
  if (sum == 0) return 99;
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.rgb.size()) / sum);
}

double MeanOf(const Image& image, int channel) {
  double sum = 0;
  for (size_t i = static_cast<size_t>(channel); i < image.rgb.size(); i += 3) sum += image.rgb[i];
  return sum / (static_cast<double>(image.rgb.size()) / 3);
}

std::string FileContent(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace aozora
