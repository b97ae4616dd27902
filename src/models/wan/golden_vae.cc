// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/wan/decoders.h"
#include "models/wan/golden.h"
#include "models/wan/golden_stages.h"
#include "models/wan/vae_frames.h"

namespace aozora::wan {
namespace {

// Measured floor in float32: 1e-6; of rounded weights: 1.4e-3 and 1.0e-2.
constexpr GoldenTolerances kVaeTolerances = {{1e-5, 5e-5}, {5e-3, 2.5e-2}, {3e-2, 1.5e-1}};

// One of the two VAEs; each half is made for the first case that needs it.
class Vae {
 public:
  Vae(op::Device& device, Network network, TensorSet weights)
      : device_(device), is_21_(network == Network::kVae21), weights_(std::move(weights)) {}

  Status RunCase(GoldenCase& golden) {
    if (golden.Has("in.latent")) return Decode(golden);
    if (golden.Has("in.video")) return Encode(golden);
    return Constants(golden);
  }

 private:
  Status Decode(GoldenCase& golden);
  Status Encode(GoldenCase& golden);
  Status Constants(GoldenCase& golden);

  op::Device& device_;
  const bool is_21_;
  const TensorSet weights_;
  std::unique_ptr<VideoDecoder> decoder_;
  std::unique_ptr<VideoEncoder> encoder_;
};

Status Vae::Decode(GoldenCase& golden) {
  if (!decoder_) {
    decoder_ =
        TRY(is_21_ ? MakeVae21Decoder(device_, weights_) : MakeVae22Decoder(device_, weights_));
  }
  const GoldenTensor& latent = *TRY(golden.Find("in.latent"));
  const size_t channel_count = (is_21_ ? kLatentScale21 : kLatentScale22).mean.size();
  if (latent.shape.rank() != 4 || latent.shape[0] != static_cast<int64_t>(channel_count)) {
    return Error::Corrupt("in.latent has shape {}", ToString(latent.shape));
  }
  const auto side = [&](int axis) { return static_cast<uint32_t>(latent.shape[axis]); };
  TRY(decoder_->Begin(device_, {side(0), side(1), side(2), side(3)}, {}));
  StageRecorder stages(device_, golden);
  const Probe probe = stages.MakeProbe();
  JoinedFrames video;
  const PictureSink join = video.Joiner(device_);
  for (int64_t frame = 0; frame < latent.shape[1]; ++frame) {
    TRY(decoder_->Decode(device_, SliceAxis1(latent, frame), join, probe));
  }
  stages.CompareAll(AxisOrder::kChannelsFirst);
  golden.Compare("out.video", video.In(AxisOrder::kChannelsFirst));
  return Ok();
}

Status Vae::Encode(GoldenCase& golden) {
  if (!encoder_) {
    encoder_ =
        TRY(is_21_ ? MakeVae21Encoder(device_, weights_) : MakeVae22Encoder(device_, weights_));
  }
  const GoldenTensor& video = *TRY(golden.Find("in.video"));
  if (video.shape.rank() != 4 || video.shape[0] != kColours) {
    return Error::Corrupt("in.video has shape {}", ToString(video.shape));
  }
  TRY(encoder_->Begin(device_, static_cast<uint32_t>(video.shape[2]),
                      static_cast<uint32_t>(video.shape[3])));
  StageRecorder stages(device_, golden);
  const Probe probe = stages.MakeProbe();
  // Pictures beyond 1 + 4 n are ignored, as the original does.
  std::vector<std::vector<float>> frames;
  for (int64_t begin = 0, count = 1; begin + count <= video.shape[1];
       begin += count, count = kTimeStride) {
    const std::vector<float> pictures = Pictures(video, AxisOrder::kChannelsFirst, begin, count);
    frames.push_back(TRY(encoder_->Encode(device_, pictures, probe)));
  }
  stages.CompareAll(AxisOrder::kChannelsFirst);
  const size_t channel_count = (is_21_ ? kLatentScale21 : kLatentScale22).mean.size();
  std::vector<float> latent;
  for (size_t channel = 0; channel < channel_count; ++channel) {
    for (const std::vector<float>& frame : frames) {
      const auto plane = static_cast<int64_t>(frame.size() / channel_count);
      const auto from = frame.begin() + static_cast<int64_t>(channel) * plane;
      latent.insert(latent.end(), from, from + plane);
    }
  }
  golden.Compare("out.latent", latent);
  return Ok();
}

Status Vae::Constants(GoldenCase& golden) {
  const LatentScale& scale = is_21_ ? kLatentScale21 : kLatentScale22;
  std::vector<float> inverse_std;
  for (const float value : scale.std) inverse_std.push_back(1.0f / value);
  golden.Compare("out.mean", scale.mean);
  golden.Compare("out.inverse_std", inverse_std);
  return Ok();
}

}  // namespace

Result<std::vector<GoldenRow>> RunVaeGolden(op::Device& device, const GoldenFile& file) {
  const Network network = file.model == "vae22" ? Network::kVae22 : Network::kVae21;
  std::vector<GoldenRow> rows;
  for (const NetworkLayout& layout : FindNetworks(file.weights)) {
    if (layout.network != network) continue;
    TensorSet weights = TRY(GoldenWeights(file, layout));
    const GoldenTolerance tolerance = TRY(ToleranceFor(kVaeTolerances, weights));
    Vae vae(device, network, std::move(weights));
    for (const auto& [name, tensors] : file.cases) {
      GoldenCase golden(file, name, tolerance);
      TRY_WITHIN(name, vae.RunCase(golden));
      for (GoldenRow& row : golden.Finish()) rows.push_back(std::move(row));
    }
  }
  if (rows.empty()) return Error::NotFound("no {} and no cases", Name(network));
  return rows;
}

}  // namespace aozora::wan
