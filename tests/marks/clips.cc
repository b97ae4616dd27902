// SPDX-License-Identifier: Apache-2.0
#include "clips.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/rng.h"
#include "world/dice.h"
#include "world/render.h"
#include "world/scene.h"

namespace aozora::marks {
namespace {

Clip WorldClip(uint64_t seed, const ClipShape& shape) {
  const world::Scene scene = world::SampleScene(seed);
  Clip clip{fmt::format("world {}", seed), {}};
  for (uint32_t i = 0; i < shape.frame_count; ++i) {
    clip.frames.push_back(
        world::RenderFrame(scene, i / shape.frames_per_second, shape.width_px, shape.height_px));
  }
  return clip;
}

// Noise with as much energy in each octave, as photographs have: 0..255 around the middle.
cv::Mat OctaveNoise(uint64_t seed, int width, int height, int channels) {
  cv::RNG dice(seed);
  cv::Mat sum(height, width, CV_32FC(channels), cv::Scalar::all(127));
  for (int cell = 2; cell < height; cell *= 2) {
    cv::Mat coarse(height / cell + 2, width / cell + 2, CV_32FC(channels)), fine;
    dice.fill(coarse, cv::RNG::NORMAL, 0, 14);
    cv::resize(coarse, fine, sum.size(), 0, 0, cv::INTER_CUBIC);
    sum += fine;
  }
  return sum;
}

Image ToBytes(const cv::Mat& colours) {
  cv::Mat bytes;
  colours.convertTo(bytes, CV_8UC3);
  Image image = Image::Black(static_cast<uint32_t>(bytes.cols), static_cast<uint32_t>(bytes.rows));
  bytes.copyTo(cv::Mat(bytes.rows, bytes.cols, CV_8UC3, image.rgb.data()));
  return image;
}

// A camera that moves over a wall of texture; with `speed` 0 it is a still.
Clip TextureClip(uint64_t seed, double speed, const ClipShape& shape) {
  const int width = static_cast<int>(shape.width_px), height = static_cast<int>(shape.height_px);
  const cv::Mat wall = OctaveNoise(seed, 2 * width, 2 * height, 3);
  Clip clip{speed > 0 ? "texture, pan" : "texture, still", {}};
  for (uint32_t i = 0; i < shape.frame_count; ++i) {
    const double at = speed * i;
    const cv::Mat move =
        (cv::Mat_<double>(2, 3) << 1, 0, width / 4 + at, 0, 1, height / 4 + at * 0.4);
    cv::Mat view;
    cv::warpAffine(wall, view, move, cv::Size(width, height),
                   cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REFLECT);
    clip.frames.push_back(ToBytes(view));
  }
  return clip;
}

// Nothing to hide behind: a slow change of colour from corner to corner.
Clip GradientClip(const ClipShape& shape) {
  Clip clip{"gradient", {}};
  for (uint32_t i = 0; i < shape.frame_count; ++i) {
    Image image = Image::Black(shape.width_px, shape.height_px);
    for (uint32_t y = 0; y < shape.height_px; ++y) {
      for (uint32_t x = 0; x < shape.width_px; ++x) {
        uint8_t* const pixel = &image.rgb[3 * (size_t{y} * shape.width_px + x)];
        const double down = double{1} * y / shape.height_px;
        const double along = double{1} * x / shape.width_px;
        pixel[0] = static_cast<uint8_t>(60 + 90 * down + 0.2 * i);
        pixel[1] = static_cast<uint8_t>(90 + 60 * along);
        pixel[2] = static_cast<uint8_t>(200 - 80 * down);
      }
    }
    clip.frames.push_back(std::move(image));
  }
  return clip;
}

// Film grain on the world, and a cut in the middle.
Clip GrainClip(uint64_t seed, const ClipShape& shape) {
  Clip clip = WorldClip(seed, shape);
  const Clip second = WorldClip(seed + 1, shape);
  clip.name = "grain, cut";
  cv::RNG dice(seed);
  for (size_t i = 0; i < clip.frames.size(); ++i) {
    if (i >= clip.frames.size() / 2) clip.frames[i] = second.frames[i];
    for (uint8_t& value : clip.frames[i].rgb) {
      value = cv::saturate_cast<uint8_t>(value + dice.gaussian(6));
    }
  }
  return clip;
}

}  // namespace

Clip MakeClip(uint32_t index, const ClipShape& shape) {
  switch (index % 20) {
    case 3:
      return TextureClip(SplitSeed(3, index), 1.7, shape);
    case 7:
      return GradientClip(shape);
    case 11:
      return GrainClip(SplitSeed(11, index), shape);
    case 15:
      return TextureClip(SplitSeed(15, index), 0, shape);
    case 19:
      return TextureClip(SplitSeed(19, index), 0.3, shape);
    default:
      return WorldClip(SplitSeed(1, index) % 1000000, shape);
  }
}

}  // namespace aozora::marks
