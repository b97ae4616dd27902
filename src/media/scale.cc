// SPDX-License-Identifier: Apache-2.0
#include "media/scale.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "base/units.h"
#include "media/libav.h"

namespace aozora {
namespace {

constexpr int kChannelCount = 3;

Status CheckSize(uint32_t width_px, uint32_t height_px) {
  if (width_px >= 1 && height_px >= 1 && width_px <= kScaleSidePxMax &&
      height_px <= kScaleSidePxMax && uint64_t{width_px} * height_px <= kScalePixelsMax) {
    return Ok();
  }
  return Error::Invalid(
      "scaling a picture of {}x{}: sides must be 1 to {} and the picture at most "
      "{} pixels",
      width_px, height_px, kScaleSidePxMax, kScalePixelsMax);
}

struct Size {
  uint32_t width_px;
  uint32_t height_px;
  bool operator==(const Size&) const = default;
};

// Lanczos-3 has six taps for each source pixel that an output pixel covers.
constexpr uint32_t kShrinkMax = 16;

Size NextSize(const Size& from, const Size& to) {
  const auto next = [](uint32_t from_px, uint32_t to_px) {
    return std::max(to_px, static_cast<uint32_t>(DivideUp(from_px, kShrinkMax)));
  };
  return {next(from.width_px, to.width_px), next(from.height_px, to.height_px)};
}

libav::ScalerShape GreyShape(const Size& size) {
  return {AV_PIX_FMT_GRAY8,
          static_cast<int>(size.width_px),
          static_cast<int>(size.height_px),
          SWS_CS_DEFAULT,
          true,
          false};
}

// One channel out of interleaved rows into a plane, and back.
void TakeChannel(const Image& image, int channel, AVFrame* plane) {
  for (uint32_t y = 0; y < image.height_px; ++y) {
    const uint8_t* from = image.row(y).data() + channel;
    uint8_t* to = plane->data[0] + ptrdiff_t{plane->linesize[0]} * y;
    for (uint32_t x = 0; x < image.width_px; ++x) to[x] = from[size_t{kChannelCount} * x];
  }
}

void InterleaveRow(const uint8_t* r, const uint8_t* g, const uint8_t* b, uint32_t width_px,
                   uint8_t* to) {
  for (uint32_t x = 0; x < width_px; ++x) {
    to[size_t{3} * x] = r[x];
    to[size_t{3} * x + 1] = g[x];
    to[size_t{3} * x + 2] = b[x];
  }
}

// The centred range of `length` pixels in [0, whole).
uint32_t CentredStart(uint32_t whole, uint32_t length) { return (whole - length) / 2; }

Image Crop(const Image& image, uint32_t width_px, uint32_t height_px) {
  Image part = Image::Black(width_px, height_px);
  const uint32_t left = CentredStart(image.width_px, width_px);
  const uint32_t top = CentredStart(image.height_px, height_px);
  const size_t row_bytes = size_t{3} * width_px;
  for (uint32_t y = 0; y < height_px; ++y) {
    std::memcpy(part.rgb.data() + row_bytes * y, image.row(top + y).data() + size_t{3} * left,
                row_bytes);
  }
  return part;
}

// round(a * b / c), at least 1.
uint32_t ScaledSide(uint32_t a, uint32_t b, uint32_t c) {
  const uint64_t side = (2 * uint64_t{a} * b + c) / (2 * uint64_t{c});
  return static_cast<uint32_t>(std::max<uint64_t>(side, 1));
}

}  // namespace

// libswscale turns RGB into YUV and back when it resamples it. As three grey planes it stays exact
// where nothing changes, and is five times as fast (27 against 5.4 ms, 854x480 to 1920x1080).
//
// Its filters have at most 256 taps; beyond, it makes up steps of its own, which get the range of
// grey wrong. So steps of at most kShrinkMax are made here.
struct Scaler::State {
  struct Channel {
    std::vector<libav::FramePtr> planes;    // from the input to the output
    std::vector<libav::ScalerPtr> scalers;  // between them
  };
  std::array<Channel, kChannelCount> channels;
  ThreadPool* pool;
};

Scaler::Scaler(std::unique_ptr<State> state) : state_(std::move(state)) {}
Scaler::~Scaler() = default;
Scaler::Scaler(Scaler&&) noexcept = default;
Scaler& Scaler::operator=(Scaler&&) noexcept = default;

Result<Scaler> Scaler::Create(uint32_t from_width_px, uint32_t from_height_px, uint32_t to_width_px,
                              uint32_t to_height_px, ThreadPool& pool) {
  libav::RouteMessages();
  TRY(CheckSize(from_width_px, from_height_px));
  TRY(CheckSize(to_width_px, to_height_px));
  auto state = std::make_unique<State>();
  state->pool = &pool;
  const Size from{from_width_px, from_height_px};
  const Size to{to_width_px, to_height_px};
  for (State::Channel& channel : state->channels) {
    Size here = from;
    channel.planes.push_back(TRY(libav::NewFrame(AV_PIX_FMT_GRAY8, from.width_px, from.height_px)));
    do {
      const Size next = NextSize(here, to);
      channel.scalers.push_back(
          TRY(libav::NewScaler(GreyShape(here), GreyShape(next), SWS_LANCZOS | SWS_ACCURATE_RND)));
      channel.planes.push_back(
          TRY(libav::NewFrame(AV_PIX_FMT_GRAY8, next.width_px, next.height_px)));
      here = next;
    } while (here != to);
  }
  return Scaler(std::move(state));
}

void Scaler::Run(const Image& from, Image* to) {
  State& state = *state_;
  const AVFrame& first = *state.channels[0].planes.front();
  CHECK_EQ(from.width_px, static_cast<uint32_t>(first.width));
  CHECK_EQ(from.height_px, static_cast<uint32_t>(first.height));
  state.pool->ParallelFor(kChannelCount, [&](uint64_t channel_index, uint32_t) {
    State::Channel& channel = state.channels[channel_index];
    TakeChannel(from, static_cast<int>(channel_index), channel.planes.front().get());
    for (size_t i = 0; i < channel.scalers.size(); ++i) {
      const AVFrame& in = *channel.planes[i];
      const AVFrame& out = *channel.planes[i + 1];
      sws_scale(channel.scalers[i].get(), in.data, in.linesize, 0, in.height, out.data,
                out.linesize);
    }
  });
  const AVFrame& red = *state.channels[0].planes.back();
  to->width_px = static_cast<uint32_t>(red.width);
  to->height_px = static_cast<uint32_t>(red.height);
  const size_t row_bytes = size_t{kChannelCount} * to->width_px;
  to->rgb.resize(row_bytes * to->height_px);
  constexpr uint32_t kRowsPerTask = 64;
  state.pool->ParallelFor(DivideUp(to->height_px, kRowsPerTask), [&](uint64_t task, uint32_t) {
    const uint64_t end = std::min<uint64_t>((task + 1) * kRowsPerTask, to->height_px);
    for (uint64_t y = task * kRowsPerTask; y < end; ++y) {
      const auto row = [&](int channel) {
        const AVFrame& plane = *state.channels[static_cast<size_t>(channel)].planes.back();
        return plane.data[0] + ptrdiff_t{plane.linesize[0]} * static_cast<ptrdiff_t>(y);
      };
      InterleaveRow(row(0), row(1), row(2), to->width_px, to->rgb.data() + row_bytes * y);
    }
  });
}

Result<Image> Resize(const Image& image, uint32_t width_px, uint32_t height_px, ThreadPool& pool) {
  if (image.width_px == width_px && image.height_px == height_px) return image;
  Scaler scaler = TRY(Scaler::Create(image.width_px, image.height_px, width_px, height_px, pool));
  Image result;
  scaler.Run(image, &result);
  return result;
}

Result<Image> CenterCropResize(const Image& image, uint32_t width_px, uint32_t height_px,
                               ThreadPool& pool) {
  TRY(CheckSize(image.width_px, image.height_px));
  TRY(CheckSize(width_px, height_px));
  uint32_t part_width_px = image.width_px;
  uint32_t part_height_px = image.height_px;
  // Cropping comes first: a strip of 16384x10, scaled to cover before it is cut, would need
  // gigabytes.
  if (uint64_t{image.width_px} * height_px > uint64_t{width_px} * image.height_px) {
    part_width_px = std::min(image.width_px, ScaledSide(image.height_px, width_px, height_px));
  } else {
    part_height_px = std::min(image.height_px, ScaledSide(image.width_px, height_px, width_px));
  }
  if (part_width_px == image.width_px && part_height_px == image.height_px) {
    return Resize(image, width_px, height_px, pool);
  }
  return Resize(Crop(image, part_width_px, part_height_px), width_px, height_px, pool);
}

Status ScalingSink::Write(const Image& frame) {
  if (frame.width_px == width_px_ && frame.height_px == height_px_) return next_.Write(frame);
  if (scaler_ == nullptr) {
    scaler_ = std::make_unique<Scaler>(
        TRY(Scaler::Create(frame.width_px, frame.height_px, width_px_, height_px_, pool_)));
  }
  scaler_->Run(frame, &scaled_);
  return next_.Write(scaled_);
}

}  // namespace aozora
