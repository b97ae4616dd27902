// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/wan/decoders.h"
#include "models/wan/golden.h"
#include "models/wan/golden_stages.h"

namespace aozora::wan {
namespace {

// Measured floor in float32: 4e-7; of rounded weights: 0.6e-3 and 8.2e-3.
constexpr GoldenTolerances kTaehvTolerances = {{1e-5, 5e-5}, {3e-3, 1.5e-2}, {2e-2, 1e-1}};

// The files' pictures are 0 to 1, ours -1 to 1.
void FromSigned(std::vector<float>& values) {
  for (float& value : values) value = (value + 1) / 2;
}
void ToSigned(std::vector<float>& values) {
  for (float& value : values) value = 2 * value - 1;
}

Status Decode(op::Device& device, VideoDecoder& decoder, GoldenCase& golden) {
  const GoldenTensor& latent = *TRY(golden.Find("in.latent"));
  if (latent.shape.rank() != 4) {
    return Error::Corrupt("in.latent has shape {}", ToString(latent.shape));
  }
  const auto side = [&](int axis) { return static_cast<uint32_t>(latent.shape[axis]); };
  TRY(decoder.Begin(device, {side(1), side(0), side(2), side(3)}, {}));
  StageRecorder stages(device, golden);
  const Probe probe = stages.MakeProbe();
  JoinedFrames video;
  const PictureSink join = video.Joiner(device);
  const auto frame_floats = static_cast<size_t>(latent.shape.item_count());
  for (size_t frame = 0; frame < static_cast<size_t>(latent.shape[0]); ++frame) {
    const auto planes = std::span(latent.values).subspan(frame * frame_floats, frame_floats);
    TRY(decoder.Decode(device, planes, join, probe));
  }
  stages.CompareAll(AxisOrder::kTimeFirst);
  std::vector<float> pictures = video.In(AxisOrder::kTimeFirst);
  FromSigned(pictures);
  golden.Compare("out.video", pictures);
  return Ok();
}

Status Encode(op::Device& device, VideoEncoder& encoder, GoldenCase& golden) {
  const GoldenTensor& video = *TRY(golden.Find("in.video"));
  if (video.shape.rank() != 4 || video.shape[1] != kColours) {
    return Error::Corrupt("in.video has shape {}", ToString(video.shape));
  }
  TRY(encoder.Begin(device, static_cast<uint32_t>(video.shape[2]),
                    static_cast<uint32_t>(video.shape[3])));
  StageRecorder stages(device, golden);
  const Probe probe = stages.MakeProbe();
  std::vector<float> latent;
  for (int64_t begin = 0; begin < video.shape[0]; begin += kTimeStride) {
    const int64_t count = std::min(kTimeStride, video.shape[0] - begin);
    std::vector<float> pictures = Pictures(video, AxisOrder::kTimeFirst, begin, count);
    ToSigned(pictures);
    const std::vector<float> frame = TRY(encoder.Encode(device, pictures, probe));
    latent.insert(latent.end(), frame.begin(), frame.end());
  }
  stages.CompareAll(AxisOrder::kTimeFirst);
  golden.Compare("out.latent", latent);
  return Ok();
}

}  // namespace

Result<std::vector<GoldenRow>> RunTinyVaeGolden(op::Device& device, const GoldenFile& file) {
  const TensorSet weights = TRY(GoldenWeights(file, {Network::kTinyVae, Layout::kOriginal}));
  const GoldenTolerance tolerance = TRY(ToleranceFor(kTaehvTolerances, weights));
  std::unique_ptr<VideoDecoder> decoder;
  std::unique_ptr<VideoEncoder> encoder;
  std::vector<GoldenRow> rows;
  for (const auto& [name, tensors] : file.cases) {
    GoldenCase golden(file, name, tolerance);
    if (golden.Has("in.latent")) {
      if (!decoder) decoder = TRY(MakeTinyDecoder(device, weights));
      TRY_WITHIN(name, Decode(device, *decoder, golden));
    } else {
      if (!encoder) encoder = TRY(MakeTinyEncoder(device, weights));
      TRY_WITHIN(name, Encode(device, *encoder, golden));
    }
    for (GoldenRow& row : golden.Finish()) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace aozora::wan
