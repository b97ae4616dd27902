// SPDX-License-Identifier: Apache-2.0
#include "attacks.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace aozora::marks {
namespace {

using Frames = std::vector<Image>;
using Change = std::function<Frames(const Frames&)>;

cv::Mat View(const Image& image) {
  return cv::Mat(static_cast<int>(image.height_px), static_cast<int>(image.width_px), CV_8UC3,
                 const_cast<uint8_t*>(image.rgb.data()));
}

Image ToImage(const cv::Mat& mat) {
  Image image = Image::Black(static_cast<uint32_t>(mat.cols), static_cast<uint32_t>(mat.rows));
  mat.copyTo(View(image));
  return image;
}

template <class F>
Change Each(F change) {
  return [change](const Frames& frames) {
    Frames out;
    for (const Image& frame : frames) out.push_back(ToImage(change(View(frame))));
    return out;
  };
}

Change Scale(double share) {
  return Each([share](const cv::Mat& from) {
    cv::Mat to;
    cv::resize(from, to, cv::Size(), share, share, share < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    return to;
  });
}

// Off the middle, so that the tile's origin is lost too.
cv::Mat Cropped(const cv::Mat& from, double share) {
  const int width = static_cast<int>(from.cols * share),
            height = static_cast<int>(from.rows * share);
  return from(cv::Rect((from.cols - width) / 3, (from.rows - height) * 2 / 3, width, height))
      .clone();
}
Change Crop(double share) {
  return Each([share](const cv::Mat& from) { return Cropped(from, share); });
}
Change CropAndBack(double share) {
  return Each([share](const cv::Mat& from) {
    cv::Mat to;
    cv::resize(Cropped(from, share), to, from.size(), 0, 0, cv::INTER_CUBIC);
    return to;
  });
}

Change Rotate(double degrees) {
  return Each([degrees](const cv::Mat& from) {
    const cv::Point2f middle(0.5f * static_cast<float>(from.cols - 1),
                             0.5f * static_cast<float>(from.rows - 1));
    cv::Mat to;
    cv::warpAffine(from, to, cv::getRotationMatrix2D(middle, degrees, 1), from.size(),
                   cv::INTER_CUBIC);
    return to;
  });
}

Change Levels(double contrast, double brightness) {
  return Each([contrast, brightness](const cv::Mat& from) {
    cv::Mat to;
    from.convertTo(to, -1, contrast * brightness, 128 * (1 - contrast) * brightness);
    return to;
  });
}

Change Grey() {
  return Each([](const cv::Mat& from) {
    cv::Mat grey, to;
    cv::cvtColor(from, grey, cv::COLOR_RGB2GRAY);
    cv::cvtColor(grey, to, cv::COLOR_GRAY2RGB);
    return to;
  });
}

Change Blur(double sigma_px) {
  return Each([sigma_px](const cv::Mat& from) {
    cv::Mat to;
    cv::GaussianBlur(from, to, cv::Size(), sigma_px);
    return to;
  });
}

Change Noise(double sigma) {
  return [sigma](const Frames& frames) {
    cv::RNG dice(7);
    Frames out = frames;
    for (Image& frame : out) {
      cv::Mat noise(View(frame).size(), CV_16SC3);
      dice.fill(noise, cv::RNG::NORMAL, 0, sigma);
      cv::Mat sum;
      cv::add(View(frame), noise, sum, cv::noArray(), CV_8UC3);
      frame = ToImage(sum);
    }
    return out;
  };
}

Change OverlayBox() {
  return Each([](const cv::Mat& from) {
    cv::Mat to = from.clone();
    cv::rectangle(to, cv::Rect(from.cols / 10, from.rows / 2, from.cols / 2, from.rows / 3),
                  cv::Scalar(240, 240, 240), cv::FILLED);
    return to;
  });
}

// 24 to 15 frames a second by leaving some out.
Frames FewerFrames(const Frames& frames) {
  Frames out;
  for (size_t i = 0; i < frames.size() * 15 / 24; ++i) out.push_back(frames[i * 24 / 15]);
  return out;
}
Frames OneSecond(const Frames& frames) {
  const auto middle = frames.begin() + static_cast<ptrdiff_t>(frames.size() / 2);
  return Frames(middle, middle + std::min<ptrdiff_t>(24, frames.end() - middle));
}

Change PadToPortrait() {
  return Each([](const cv::Mat& from) {
    cv::Mat canvas(from.cols, from.rows, CV_8UC3, cv::Scalar(16, 16, 20)), inside;
    const double share = static_cast<double>(canvas.cols) / from.cols;
    const int height = static_cast<int>(std::lround(from.rows * share));
    cv::resize(from, inside, cv::Size(canvas.cols, height), 0, 0, cv::INTER_AREA);
    inside.copyTo(canvas(cv::Rect(0, (canvas.rows - height) / 3, canvas.cols, height)));
    return canvas;
  });
}

Change Both(Change first, Change second) {
  return [first, second](const Frames& frames) { return second(first(frames)); };
}
CodecChoice H264(int quality) { return {"libx264", quality}; }

std::vector<Attack> MakeAttacks() {
  using enum Promise;
  const Change combined = Both(Crop(0.71), Levels(1, 0.5));
  return {
      {"as delivered", kCore, {}, {}},
      {"H.264 CRF 23", kFull, {}, H264(23)},
      {"H.264 CRF 30", kCore, {}, H264(30)},
      {"H.264 CRF 36", kCore, {}, H264(36)},
      {"H.264 CRF 40", kNone, {}, H264(40)},
      {"H.264 CRF 45", kNone, {}, H264(45)},
      {"H.265 CRF 32", kFull, {}, CodecChoice{"libx265", 32}},
      {"AV1 CRF 45", kFull, {}, CodecChoice{"libsvtav1", 45}},
      {"VP9 CRF 40", kFull, {}, CodecChoice{"libvpx-vp9", 40}},
      {"scale .5, CRF 23", kCore, Scale(0.5), H264(23)},
      {"scale .35, CRF 28", kNone, Scale(0.35), H264(28)},
      {"scale 1.5, CRF 28", kFull, Scale(1.5), H264(28)},
      {"crop .71, CRF 23", kFull, Crop(0.71), H264(23)},
      {"crop .55, CRF 28", kCore, Crop(0.55), H264(28)},
      {"crop .71 and back, CRF 28", kFull, CropAndBack(0.71), H264(28)},
      {"flip, CRF 28", kFull, Each([](const cv::Mat& from) {
         cv::Mat to;
         cv::flip(from, to, 1);
         return to;
       }),
       H264(28)},
      {"rotate 5, CRF 23", kFull, Rotate(5), H264(23)},
      {"rotate 10, CRF 28", kCore, Rotate(-10), H264(28)},
      {"brightness .5, CRF 28", kFull, Levels(1, 0.5), H264(28)},
      {"brightness 1.5, CRF 28", kFull, Levels(1, 1.5), H264(28)},
      {"contrast .5, CRF 28", kFull, Levels(0.5, 1), H264(28)},
      {"contrast 1.5, CRF 28", kFull, Levels(1.5, 1), H264(28)},
      {"grey, CRF 28", kFull, Grey(), H264(28)},
      {"blur 2 px, CRF 28", kFull, Blur(2), H264(28)},
      {"noise 20, CRF 28", kFull, Noise(20), H264(28)},
      {"box over a sixth, CRF 28", kFull, OverlayBox(), H264(28)},
      {"15 of 24 frames, CRF 28", kFull, FewerFrames, H264(28)},
      {"one second, CRF 28", kFull, OneSecond, H264(28)},
      {"one frame", kCore, {}, {}, true},
      {"one frame of CRF 28", kNone, {}, H264(28), true},
      {"in a portrait canvas, CRF 28", kCore, PadToPortrait(), H264(28)},
      {"crop .71, brightness .5, CRF 30", kFull, combined, H264(30)},
      {"crop .71, brightness .5, CRF 40", kNone, combined, H264(40)},
  };
}

}  // namespace

const std::vector<Attack>& AllAttacks() {
  static const std::vector<Attack> attacks = MakeAttacks();
  return attacks;
}

Result<std::vector<Image>> Apply(const Attack& attack, const std::vector<Image>& frames) {
  Frames out = attack.change ? attack.change(frames) : frames;
  if (attack.codec) {
    auto coded = ThroughCodec(out, *attack.codec);
    if (!coded.ok()) return coded.error();
    out = std::move(coded).value();
  }
  if (attack.one_frame) out = {out[out.size() * 2 / 3]};
  return out;
}

}  // namespace aozora::marks
