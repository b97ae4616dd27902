// SPDX-License-Identifier: Apache-2.0
// TAEHV (github.com/madebyollin/taehv, taehv.py): small networks that stand in for the VAEs. Two
// decoders, plain and "super", for latents of either VAE.
#include <fmt/core.h>

#include "models/wan/decoders.h"
#include "models/wan/taehv_layers.h"
#include "models/wan/vae_frames.h"

namespace aozora::wan {
namespace {

using op::Device;
using op::Tensor;

constexpr int kBlocks = 3;            // of a level
constexpr int64_t kLevelsStride = 8;  // positions for each latent cell, both ways, before patches

// One half of the network. A frame goes all the way before the next one starts.
class TinyNetwork {
 public:
  TinyNetwork() = default;
  explicit TinyNetwork(std::vector<TinyEntry> entries);
  void Reset();
  int64_t time_stride() const { return time_stride_; }

  // Gives every frame that comes out to `sink`. Of those, the first `skip_count` are not wanted,
  // and counted down: what no later frame depends on is not computed for them.
  using Sink = std::function<Status(Tensor frame)>;
  Status Run(Device& device, Tensor x, const Probe& probe, int64_t& skip_count, const Sink& sink) {
    return RunFrom(device, 0, std::move(x), probe, skip_count, sink);
  }

 private:
  Status RunFrom(Device& device, size_t at, Tensor x, const Probe& probe, int64_t& skip_count,
                 const Sink& sink);
  Status Show(Device& device, const TinyEntry& entry, Tensor& x, const Probe& probe);

  std::vector<TinyEntry> entries_;
  size_t last_grow_ = 0;  // behind it no layer remembers anything
  int64_t time_stride_ = 1;
};

TinyNetwork::TinyNetwork(std::vector<TinyEntry> entries) : entries_(std::move(entries)) {
  for (size_t at = 0; at < entries_.size(); ++at) {
    time_stride_ *= entries_[at].time_stride;
    if (entries_[at].time_stride > 1) last_grow_ = at;
  }
}

void TinyNetwork::Reset() {
  for (TinyEntry& entry : entries_) entry.layer->Reset();
}

Status TinyNetwork::RunFrom(Device& device, size_t at, Tensor x, const Probe& probe,
                            int64_t& skip_count, const Sink& sink) {
  if (at == entries_.size()) {
    if (skip_count == 0) return sink(std::move(x));
    --skip_count;
    return Ok();
  }
  TinyEntry& entry = entries_[at];
  std::vector<Tensor> frames = TRY(entry.layer->Forward(device, std::move(x), !probe));
  for (Tensor& frame : frames) {
    if (at == last_grow_ && skip_count > 0 && !probe) {
      --skip_count;
      continue;
    }
    if (probe) TRY(Show(device, entry, frame, probe));
    TRY(RunFrom(device, at + 1, std::move(frame), probe, skip_count, sink));
  }
  return Ok();
}

// The original's hooks see what a layer gives before the ReLU behind it, and enlarged.
Status TinyNetwork::Show(Device& device, const TinyEntry& entry, Tensor& x, const Probe& probe) {
  const std::string stage = fmt::format("layer{}", entry.index);
  if (entry.enlarged_later) {
    const int64_t height = x.dim(1), width = x.dim(2), channels = x.dim(3);
    const Tensor enlarged = device.New(Shape{1, 2 * height, 2 * width, channels});
    const int order[] = {0, 1, 2, 3, 4};
    TRY(device.Run(op::Permute{.x = x.view().As(Shape{height, 1, width, 1, channels}),
                               .order = order,
                               .y = enlarged.view().As(Shape{height, 2, width, 2, channels})}));
    probe(stage, enlarged);
  } else if (entry.index >= 0) {
    probe(stage, x);
  }
  if (entry.relu) {
    TRY(device.Run(op::Elementwise{.x0 = x, .activation = op::Activation::kRelu, .y = x}));
  }
  return Ok();
}

// The weight of the first or last convolution, whose channels say what a checkpoint is for.
Result<const Weight*> FindConv(const TensorSet& weights, const std::string& name) {
  const Weight* weight = weights.Find(name);
  if (weight != nullptr && weight->view.shape().rank() == 4) return weight;
  return Error::NotFound("{}: no convolution {}", weights.origin(), name);
}

// Pixels a position of the network's pictures, both ways, from their channels.
Result<int64_t> PatchOf(const TensorSet& weights, int64_t channels) {
  for (const int64_t patch : {1, 2}) {
    if (channels == kColours * patch * patch) return patch;
  }
  return Error::Unsupported("{}: pictures of {} channels, neither 3 nor 12", weights.origin(),
                            channels);
}

Status BuildDecoder(TinyBuilder& build) {
  TRY(build.Clamp(0));
  TRY(build.Conv(1, {.relu = true}));
  int index = 3;  // a ReLU is before
  for (int level = 0; level < kTaehvLevelCount; ++level) {
    for (int block = 0; block < kBlocks; ++block) TRY(build.MemBlock(index++));
    ++index;  // enlargement
    TRY(build.Grow(index++, /*enlarged_later=*/true));
    TRY(build.Conv(index++, {.upsample = 2, .relu = level + 1 == kTaehvLevelCount}));
  }
  return build.Conv(index + 1, {});
}

Status BuildSuperDecoder(TinyBuilder& build) {
  int index = 0;
  TRY(build.Conv(index++, {.kernel = 1}));
  for (int level = 0; level < kTaehvLevelCount; ++level) {
    for (int block = 0; block < kBlocks; ++block) TRY(build.SuperMemBlock(index++));
    TRY(build.Conv(index, {.relu = true}));
    TRY(build.Shuffle(2));
    index += 3;
    TRY(build.Grow(index++, /*enlarged_later=*/false));
  }
  return build.Conv(index, {});
}

Status BuildEncoder(TinyBuilder& build) {
  TRY(build.Conv(0, {.relu = true}));
  int index = 2;
  for (int level = 0; level < kTaehvLevelCount; ++level) {
    TRY(build.Pool(index++));
    TRY(build.Conv(index++, {.stride = 2}));
    for (int block = 0; block < kBlocks; ++block) TRY(build.MemBlock(index++));
  }
  return build.Conv(index, {});
}

class TaehvDecoder : public VideoDecoder {
 public:
  static Result<std::unique_ptr<VideoDecoder>> Load(Device& device, TensorSet weights);
  Status Begin(Device& device, const LatentSize& latent, const ClipSize& clip) override;
  Status Decode(Device& device, std::span<const float> latent_frame, const PictureSink& sink,
                const Probe& probe) override;

 private:
  TinyNetwork network_;
  Tensor black_;  // -1 for each colour
  int64_t channels_ = 0, patch_ = 1;
  int64_t height_ = 0, width_ = 0;
  int64_t skip_count_ = 0;
};

Result<std::unique_ptr<VideoDecoder>> TaehvDecoder::Load(Device& device, TensorSet weights) {
  // The plain one starts with a clamp, which has no weights.
  const bool is_super = weights.Has("decoder.0.weight");
  const Weight& first = *TRY(FindConv(weights, is_super ? "decoder.0.weight" : "decoder.1.weight"));
  auto decoder = std::make_unique<TaehvDecoder>();
  decoder->channels_ = first.view.dim(1);
  TinyBuilder build(device, weights, "decoder", decoder->channels_);
  TRY(is_super ? BuildSuperDecoder(build) : BuildDecoder(build));
  decoder->patch_ = TRY(PatchOf(weights, build.channels()));
  if (decoder->patch_ > 1) TRY(build.Shuffle(decoder->patch_));
  decoder->network_ = TinyNetwork(build.Take());
  if (decoder->network_.time_stride() != kTimeStride) {
    return Error::Unsupported("{}: a decoder with {} pictures for each latent frame, not {}",
                              weights.origin(), decoder->network_.time_stride(), kTimeStride);
  }
  TRY(weights.CheckAllTaken([](std::string_view name) { return name.starts_with("encoder."); }));
  const float black[kColours] = {-1, -1, -1};
  decoder->black_ = device.Upload(black, Shape{kColours});
  return std::unique_ptr<VideoDecoder>(std::move(decoder));
}

Status TaehvDecoder::Begin(Device&, const LatentSize& latent, const ClipSize&) {
  height_ = latent.height;
  width_ = latent.width;
  skip_count_ = kTimeStride - 1;  // the first latent frame stands for one picture, the last of four
  network_.Reset();
  return Ok();
}

Status TaehvDecoder::Decode(Device& device, std::span<const float> latent_frame,
                            const PictureSink& sink, const Probe& probe) {
  Tensor z = LoadPlanes(device, latent_frame, channels_, height_, width_);
  PictureBatch batch(kTimeStride - skip_count_);
  const TinyNetwork::Sink finish = [&](Tensor frame) -> Status {
    // 0 to 1 becomes -1 to 1.
    TRY(device.Run(
        op::Elementwise{.x0 = frame, .x1 = black_, .a = 2, .low = -1, .high = 1, .y = frame}));
    batch.Add(device, frame);
    return Ok();
  };
  TRY(network_.Run(device, std::move(z), probe, skip_count_, finish));
  return sink(batch.Take());
}

class TaehvEncoder : public VideoEncoder {
 public:
  static Result<std::unique_ptr<VideoEncoder>> Load(Device& device, TensorSet weights);
  Status Begin(Device& device, uint32_t height_px, uint32_t width_px) override;
  Result<std::vector<float>> Encode(Device& device, std::span<const float> pictures,
                                    const Probe& probe) override;

 private:
  Result<Tensor> Input(Device& device, std::span<const float> picture);

  TinyNetwork network_;
  int64_t patch_ = 1;
  int64_t height_px_ = 0, width_px_ = 0;
};

Result<std::unique_ptr<VideoEncoder>> TaehvEncoder::Load(Device& device, TensorSet weights) {
  auto encoder = std::make_unique<TaehvEncoder>();
  const int64_t channels = TRY(FindConv(weights, "encoder.0.weight"))->view.dim(1);
  encoder->patch_ = TRY(PatchOf(weights, channels));
  TinyBuilder build(device, weights, "encoder", channels);
  TRY(BuildEncoder(build));
  encoder->network_ = TinyNetwork(build.Take());
  TRY(weights.CheckAllTaken([](std::string_view name) { return name.starts_with("decoder."); }));
  return std::unique_ptr<VideoEncoder>(std::move(encoder));
}

Status TaehvEncoder::Begin(Device&, uint32_t height_px, uint32_t width_px) {
  const int64_t stride = kLevelsStride * patch_;
  if (height_px % stride != 0 || width_px % stride != 0) {
    return Error::Invalid("pictures of {}x{} cannot be encoded: the size must be a multiple of {}",
                          width_px, height_px, stride);
  }
  height_px_ = height_px;
  width_px_ = width_px;
  network_.Reset();
  return Ok();
}

// [Y, X, 3] of -1 to 1 -> [1, Y / patch, X / patch, 3 patch^2] of 0 to 1. Channels are (colour, row
// offset, column offset).
Result<Tensor> TaehvEncoder::Input(Device& device, std::span<const float> picture) {
  std::vector<float> values(picture.begin(), picture.end());
  for (float& value : values) value = (value + 1) / 2;
  const int64_t height = height_px_ / patch_, width = width_px_ / patch_;
  const Tensor whole = device.Upload(values, Shape{1, height_px_, width_px_, kColours});
  Tensor x = device.New(Shape{1, height, width, kColours * patch_ * patch_});
  const int order[] = {0, 2, 4, 1, 3};  // [Y, dy, X, dx, c] -> [Y, X, c, dy, dx]
  TRY(device.Run(op::Permute{.x = whole.view().As(Shape{height, patch_, width, patch_, kColours}),
                             .order = order,
                             .y = x.view().As(Shape{height, width, kColours, patch_, patch_})}));
  return x;
}

Result<std::vector<float>> TaehvEncoder::Encode(Device& device, std::span<const float> pictures,
                                                const Probe& probe) {
  const auto picture_floats = static_cast<size_t>(height_px_ * width_px_ * kColours);
  const auto count = static_cast<int64_t>(pictures.size() / picture_floats);
  CHECK_EQ(pictures.size(), static_cast<size_t>(count) * picture_floats);
  CHECK(1 <= count && count <= kTimeStride);
  std::vector<float> latent;
  const TinyNetwork::Sink sink = [&](const Tensor& z) -> Status {
    latent = StorePlanes(device, z, z.dim(3));
    return Ok();
  };
  int64_t skip_count = 0;
  for (int64_t frame = 0; frame < kTimeStride; ++frame) {
    const auto from = static_cast<size_t>(std::min(frame, count - 1));
    Tensor x = TRY(Input(device, pictures.subspan(from * picture_floats, picture_floats)));
    TRY(network_.Run(device, std::move(x), probe, skip_count, sink));
  }
  CHECK(!latent.empty());
  return latent;
}

}  // namespace

Result<std::unique_ptr<VideoDecoder>> MakeTinyDecoder(Device& device, TensorSet weights) {
  return TaehvDecoder::Load(device, std::move(weights));
}

Result<std::unique_ptr<VideoEncoder>> MakeTinyEncoder(Device& device, TensorSet weights) {
  return TaehvEncoder::Load(device, std::move(weights));
}

}  // namespace aozora::wan
