// SPDX-License-Identifier: Apache-2.0
#include "models/mini/encoder.h"

#include <algorithm>
#include <array>

#include "models/wan/dense.h"

namespace aozora::mini {
namespace {

constexpr std::array<int64_t, 5> kChannels = {3, 24, 48, 72, 64};
constexpr size_t kLayers = kChannels.size() - 1;
constexpr int64_t kCells = 7 * 12;  // of the last map
constexpr int64_t kHidden = 256;
constexpr int64_t kKernel = 3;
constexpr float kEps = 1e-12f;

std::string Name(std::string_view stem, size_t layer) { return fmt::format("{}{}", stem, layer); }
Shape KernelShape(size_t layer) {
  return {kChannels[layer + 1], kChannels[layer], kKernel, kKernel};
}

class Encoder : public VideoEncoder {
 public:
  Status Take(op::Device& device, TensorSet weights);
  Status Begin(op::Device& device, uint32_t height_px, uint32_t width_px) override;
  Result<std::vector<float>> Encode(op::Device& device, std::span<const float> pictures,
                                    const Probe& probe) override;

 private:
  struct Layer {
    Weight kernel;
    op::Tensor bias, gain;
  };
  std::array<Layer, kLayers> layers_;
  wan::Dense hidden_, out_;
  uint32_t height_px_ = 0, width_px_ = 0;
  bool begun_ = false;
};

Status Encoder::Take(op::Device& device, TensorSet weights) {
  for (size_t i = 0; i < kLayers; ++i) {
    const std::string conv = Name("conv.", i);
    layers_[i].kernel = TRY(weights.Take(conv + ".weight", KernelShape(i)));
    layers_[i].bias = TRY(wan::TakeTable(device, weights, conv + ".bias", {kChannels[i + 1]}));
    layers_[i].gain =
        TRY(wan::TakeTable(device, weights, Name("gain", i), Shape{kChannels[i + 1]}));
  }
  constexpr int64_t kFlat = kChannels.back() * kCells;
  constexpr int64_t kOut = int64_t{kSlotCount} * kReadingValues;
  hidden_ = TRY(wan::TakeDense(device, weights, "hidden", kHidden, kFlat, true, {.pack = false}));
  out_ = TRY(wan::TakeDense(device, weights, "out", kOut, kHidden, true, {.pack = false}));
  return weights.CheckAllTaken();
}

Status Encoder::Begin(op::Device&, uint32_t height_px, uint32_t width_px) {
  if (height_px == 0 || width_px == 0) return Error::Invalid("a picture without pixels");
  height_px_ = height_px;
  width_px_ = width_px;
  begun_ = true;
  return Ok();
}

Result<std::vector<float>> Encoder::Encode(op::Device& device, std::span<const float> pictures,
                                           const Probe& probe) {
  if (!begun_ || pictures.size() != size_t{3} * height_px_ * width_px_) {
    return Error::Unsupported("this encoder reads the first picture of a clip and no others");
  }
  begun_ = false;
  op::Tensor x = device.Upload(FitPicture(pictures, height_px_, width_px_),
                               {1, kReadHeightPx, kReadWidthPx, 3});
  for (size_t i = 0; i < kLayers; ++i) {
    constexpr op::Conv3d::Axis kHalve = {.stride = 2, .pad_front = 1, .pad_back = 1};
    const auto half = [](int64_t side) { return (side + 1) / 2; };
    op::Tensor y = device.New({1, half(x.dim(1)), half(x.dim(2)), kChannels[i + 1]});
    TRY(device.Run(op::Conv3d{.x = x,
                              .weight = &layers_[i].kernel,
                              .bias = layers_[i].bias,
                              .height = kHalve,
                              .width = kHalve,
                              .y = y}));
    TRY(device.Run(op::ChannelNorm{.x = y,
                                   .eps = kEps,
                                   .weight = layers_[i].gain,
                                   .activation = op::Activation::kSilu,
                                   .y = y}));
    x = std::move(y);
  }
  const op::Tensor hidden = device.New({1, kHidden});
  op::Linear linear = hidden_.Op(x.view().As({1, kChannels.back() * kCells}), hidden);
  linear.activation = op::Activation::kSilu;
  TRY(device.Run(linear));
  const op::Tensor out = device.New({1, out_.out_width()});
  TRY(device.Run(out_.Op(hidden, out)));
  if (probe) probe("reading", out);
  std::vector<float> reading(static_cast<size_t>(out_.out_width()));
  device.Download(out, reading);
  return LatentOfReading(reading);
}

size_t Best(std::span<const float> values) {
  return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

}  // namespace

Status CheckEncoderShapes(const TensorSet& weights) {
  const auto check = [&](const std::string& name, const Shape& shape) -> Status {
    const Weight* weight = weights.Find(name);
    if (weight != nullptr && weight->view.shape() == shape) return Ok();
    return Error::Invalid("{}: {} is {} and must be {}", weights.origin(), name,
                          weight == nullptr ? "missing" : ToString(weight->view.shape()),
                          ToString(shape));
  };
  for (size_t i = 0; i < kLayers; ++i) TRY(check(Name("conv.", i) + ".weight", KernelShape(i)));
  TRY(check("hidden.weight", {kHidden, kChannels.back() * kCells}));
  return check("out.weight", {int64_t{kSlotCount} * kReadingValues, kHidden});
}

Result<std::unique_ptr<VideoEncoder>> MakeEncoder(op::Device& device, TensorSet weights) {
  auto encoder = std::make_unique<Encoder>();
  TRY(encoder->Take(device, std::move(weights)));
  return std::unique_ptr<VideoEncoder>(std::move(encoder));
}

Cost EncoderCost(const ClipSize& clip) {
  Cost cost;
  double floats = 3.0 * clip.width_px * clip.height_px + 3.0 * clip.height_px * kReadWidthPx;
  double cells = double{kReadWidthPx} * kReadHeightPx;
  for (size_t i = 0; i < kLayers; ++i) {
    cells /= 4;
    const double out = cells * static_cast<double>(kChannels[i + 1]);
    cost.flops += 2 * out * static_cast<double>(kKernel * kKernel * kChannels[i]);
    floats += out;
  }
  cost.scratch_bytes = static_cast<uint64_t>(floats * sizeof(float));
  return cost;
}

std::vector<float> LatentOfReading(std::span<const float> reading) {
  CHECK_EQ(reading.size(), size_t{kSlotCount} * kReadingValues);
  constexpr size_t kPlane = size_t{SlotClip::kGrid.height} * SlotClip::kGrid.width;
  std::vector<float> latent(SlotClip::kChannels * kPlane);
  for (size_t slot = 0; slot < kSlotCount; ++slot) {
    const std::span<const float> read = reading.subspan(slot * kReadingValues, kReadingValues);
    std::array<float, kSlotValues> values = {};
    const auto choose = [&](int at, int count) {
      values[static_cast<size_t>(at) +
             Best(read.subspan(static_cast<size_t>(at), static_cast<size_t>(count)))] = kHot;
    };
    const auto side = [&](int at) {
      const auto i = static_cast<size_t>(at);
      values[i] = read[i] < 0 ? -1.0f : 1.0f;
    };
    if (slot == 0) {
      choose(kSettingAt, kSettingCount);
      choose(kTimeAt, kTimeCount);
      choose(kWeatherAt, kWeatherCount);
      choose(kLookAt, kLookCount);
      side(kSunSideAt);
    } else {
      side(kPresentAt);
      if (values[kPresentAt] > 0) {
        choose(kSubjectAt, kSubjectCount);
        choose(kColourAt, kColourCount);
        side(kStandsAt);
      }
    }
    for (size_t q = 0; q < kCurveCount && (slot == 0 || values[kPresentAt] > 0); ++q) {
      std::fill_n(values.begin() + kCodeCount + q * kPointsPerFrame, kPointsPerFrame,
                  read[kCodeCount + q]);
    }
    // A slot is 2 x 2 cells of all channels.
    for (size_t i = 0; i < kSlotValues; ++i) {
      latent[i / 4 * kPlane + i / 2 % 2 * SlotClip::kGrid.width + slot * kSlotCells + i % 2] =
          values[i];
    }
  }
  return latent;
}

}  // namespace aozora::mini
