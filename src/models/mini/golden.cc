// SPDX-License-Identifier: Apache-2.0
#include "models/mini/golden.h"

#include <algorithm>

#include "models/mini/clean_denoiser.h"
#include "models/mini/encoder.h"
#include "models/mini/painter_picture.h"
#include "models/mini/position_denoiser.h"
#include "models/wan/dit.h"
#include "weights/name_map.h"

namespace aozora::mini {
namespace {

// Relative to the whole, what was asked of the parts of this family in f32 is 1e-4; at an edge, one
// pixel may differ by more, since a distance is enlarged there by the pixels' number.
constexpr GoldenTolerances kPainterTolerances = {{1e-4, 2e-3}, {1e-2, 2e-1}, {5e-2, 5e-1}};
// As for the transformer that it is (models/wan/golden_dit.cc). A velocity is the clean latent's
// difference divided by as little as kSigmaMin.
constexpr GoldenTolerances kDenoiserTolerances = {{1e-4, 5e-4}, {4e-3, 2e-2}, {2e-2, 1e-1}};
constexpr uint32_t kGoldenSidePxMax = 4096;
constexpr size_t kPicturesMax = 1000;
// More points than any picture has rows: a grid that leaves none out.
constexpr uint32_t kEveryPoint = 1 << 20;

Result<GoldenTolerance> ToleranceOf(const GoldenTolerances& tolerances, const TensorSet& weights) {
  std::vector<DType> stored;
  for (const std::string& name : weights.Names()) {
    stored.push_back(weights.Find(name)->view.dtype());
  }
  return ToleranceFor(tolerances, stored);
}

// Item `index` of axis 1 of a tensor [A, T, Y, X]: [A, Y, X].
std::vector<float> FrameOf(const GoldenTensor& latent, int64_t index) {
  const int64_t plane = latent.shape[2] * latent.shape[3];
  std::vector<float> frame;
  for (int64_t channel = 0; channel < latent.shape[0]; ++channel) {
    const float* from = latent.values.data() + (channel * latent.shape[1] + index) * plane;
    frame.insert(frame.end(), from, from + plane);
  }
  return frame;
}

Result<LatentSize> SizeOf(const GoldenTensor& latent) {
  if (latent.shape.rank() != 4) {
    return Error::Corrupt("in.latent has shape {}", ToString(latent.shape));
  }
  const auto side = [&](int axis) { return static_cast<uint32_t>(latent.shape[axis]); };
  return LatentSize{side(0), side(1), side(2), side(3)};
}

Result<uint32_t> SidePx(float value) {
  if (value >= 1 && value <= kGoldenSidePxMax) return static_cast<uint32_t>(value);
  return Error::Corrupt("in.size has {}: must be 1 to {}", value, kGoldenSidePxMax);
}

Status PaintCase(op::Device& device, const PainterWeights& weights, GoldenCase& golden) {
  const GoldenTensor& latent = *TRY(golden.Find("in.latent"));
  const GoldenTensor& wanted_size = *TRY(golden.Find("in.size"));
  const GoldenTensor& times = *TRY(golden.Find("in.time_s"));
  const LatentSize size = TRY(SizeOf(latent));
  if (size.channel_count != SlotClip::kChannels || size.height != SlotClip::kGrid.height ||
      size.width != SlotClip::kGrid.width || size.frame_count == 0) {
    return Error::Corrupt("in.latent has shape {}", ToString(latent.shape));
  }
  if (wanted_size.values.size() != 2 || times.values.size() > kPicturesMax) {
    return Error::Corrupt("in.size has {} numbers, in.time_s {}", wanted_size.values.size(),
                          times.values.size());
  }
  const uint32_t width_px = TRY(SidePx(wanted_size.values[0]));
  const uint32_t height_px = TRY(SidePx(wanted_size.values[1]));
  SlotClip clip(size.frame_count);
  for (int64_t frame = 0; frame < latent.shape[1]; ++frame) clip.Add(FrameOf(latent, frame));
  PicturePainter painter(weights, width_px, height_px, kEveryPoint);
  std::vector<float> all;
  for (const float time_s : times.values) {
    std::vector<float> picture(size_t{3} * width_px * height_px);
    const auto keep = [&](uint32_t first_row, uint32_t, std::span<const float> pixels) {
      std::transform(pixels.begin(), pixels.end(),
                     picture.begin() + size_t{3} * width_px * first_row,
                     [](float value) { return std::clamp((value + 1) / 2, 0.0f, 1.0f); });
    };
    TRY(painter.Paint(device.pool(), device.cancel(), clip.StateAt(time_s), time_s, keep));
    all.insert(all.end(), picture.begin(), picture.end());
  }
  golden.Compare("out.pictures", all);
  return Ok();
}

Result<std::vector<GoldenRow>> RunPainter(op::Device& device, const GoldenFile& file) {
  TensorSet set = TRY(MakeTensorSet(file.weights, SameNames()));
  const GoldenTolerance tolerance = TRY(ToleranceOf(kPainterTolerances, set));
  const PainterWeights weights = TRY(TakePainterWeights(std::move(set)));
  std::vector<GoldenRow> rows;
  for (const auto& [name, tensors] : file.cases) {
    GoldenCase golden(file, name, tolerance);
    TRY_WITHIN(name, PaintCase(device, weights, golden));
    for (GoldenRow& row : golden.Finish()) rows.push_back(std::move(row));
  }
  return rows;
}

Status EncodeCase(op::Device& device, VideoEncoder& encoder, GoldenCase& golden) {
  const GoldenTensor& picture = *TRY(golden.Find("in.picture"));
  if (picture.shape != Shape{kReadHeightPx, kReadWidthPx, 3}) {
    return Error::Corrupt("in.picture has shape {}", ToString(picture.shape));
  }
  TRY(encoder.Begin(device, kReadHeightPx, kReadWidthPx));
  TRY(encoder.Encode(device, picture.values, [&](std::string_view, ConstView reading) {
    std::vector<float> values(static_cast<size_t>(reading.count()));
    device.Download(reading, values);
    golden.Compare("out.reading", values);
  }));
  return Ok();
}

Result<std::vector<GoldenRow>> RunEncoder(op::Device& device, const GoldenFile& file) {
  TensorSet weights = TRY(MakeTensorSet(file.weights, SameNames()));
  const GoldenTolerance tolerance = TRY(ToleranceOf(kDenoiserTolerances, weights));
  TRY(CheckEncoderShapes(weights));
  const std::unique_ptr<VideoEncoder> encoder = TRY(MakeEncoder(device, std::move(weights)));
  std::vector<GoldenRow> rows;
  for (const auto& [name, tensors] : file.cases) {
    GoldenCase golden(file, name, tolerance);
    TRY_WITHIN(name, EncodeCase(device, *encoder, golden));
    for (GoldenRow& row : golden.Finish()) rows.push_back(std::move(row));
  }
  return rows;
}

// What a denoiser makes of the case.
Result<std::vector<float>> Predict(op::Device& device, Denoiser& denoiser,
                                   const GoldenCase& golden) {
  const GoldenTensor& latent = *TRY(golden.Find("in.latent"));
  const GoldenTensor& timesteps = *TRY(golden.Find("in.t"));
  const GoldenTensor& context = *TRY(golden.Find("in.context"));
  if (context.shape.rank() != 2) {
    return Error::Corrupt("in.context has shape {}", ToString(context.shape));
  }
  const LatentSize size = TRY(SizeOf(latent));
  const TextEmbedding text{context.shape[0], context.shape[1], context.values};
  const auto prompt = TRY(denoiser.PreparePrompt(device, text));
  std::vector<float> predicted(latent.values.size());
  TRY(denoiser.Predict(device, *prompt,
                       {.latent = latent.values, .size = size, .timesteps = timesteps.values},
                       predicted));
  return predicted;
}

Result<std::vector<GoldenRow>> RunDenoiser(op::Device& device, const GoldenFile& file) {
  const TensorSet weights = TRY(MakeTensorSet(file.weights, SameNames()));
  const GoldenTolerance tolerance = TRY(ToleranceOf(kDenoiserTolerances, weights));
  const wan::DitHints hints{.head_width = file.Integer("head_width", 0),
                            .text_token_count = file.Integer("text_len", 0)};
  const wan::DitConfig config = TRY(wan::ReadDitConfig(weights, hints));
  const auto open = [&]() -> Result<std::unique_ptr<Denoiser>> {
    std::unique_ptr<Denoiser> network = TRY(wan::MakeDit(device, weights, config));
    const bool positions = config.out_channel_count > int64_t{SlotClip::kChannels};
    return positions ? MakeWithPositions(std::move(network)) : std::move(network);
  };
  const std::unique_ptr<Denoiser> network = TRY(open());
  const std::unique_ptr<Denoiser> denoiser = MakeVelocityFromClean(TRY(open()));
  std::vector<GoldenRow> rows;
  for (const auto& [name, tensors] : file.cases) {
    GoldenCase golden(file, name, tolerance);
    golden.Compare("out.clean", TRY_WITHIN(name, Predict(device, *network, golden)));
    golden.Compare("out.velocity", TRY_WITHIN(name, Predict(device, *denoiser, golden)));
    for (GoldenRow& row : golden.Finish()) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

bool IsMiniGolden(const GoldenFile& file) { return file.model.starts_with("mini_"); }

Result<std::vector<GoldenRow>> RunGolden(op::Device& device, const GoldenFile& file) {
  if (file.model == "mini_painter") return TRY_WITHIN(file.name, RunPainter(device, file));
  if (file.model == "mini_denoiser") return TRY_WITHIN(file.name, RunDenoiser(device, file));
  if (file.model == "mini_encoder") return TRY_WITHIN(file.name, RunEncoder(device, file));
  return Error::Unsupported("{}: no network of this family is called '{}'", file.name, file.model);
}

}  // namespace aozora::mini
