// SPDX-License-Identifier: Apache-2.0
#include "benchmarks.h"

#include <algorithm>
#include <vector>

#include "models/wan/decoders.h"
#include "models/wan/dit.h"
#include "models/wan/random_weights.h"
#include "ops/cpu/peak.h"

namespace aozora::app {
namespace {

constexpr uint64_t kSeed = 1;

// Runs `work` until both are reached.
constexpr int kRepetitionsMin = 3;
constexpr double kSecondsMin = 2;
// A forward of minutes is measured once: its own length evens out the noise.
constexpr double kSecondsLong = 20;
constexpr double kPeakSeconds = 0.3;

// Peak and work take turns, and each repetition is compared with the peaks beside it: the speed of
// a machine drifts by tens of per cent, as its clock does and as others use it.
template <class Work>
Result<Measurement> Measure(op::Device& device, const Clock& clock, const Work& work) {
  struct Repetition {
    double seconds, peak_flops;
    double share() const { return 1 / (seconds * peak_flops); }
  };
  std::vector<Repetition> repetitions;
  const auto peak = [&] { return ops::SustainedFlops(device.pool(), clock, kPeakSeconds); };
  double total = 0;
  device.memory().ResetPeak();
  peak();  // the first one wakes threads up
  for (double before = peak();
       static_cast<int>(repetitions.size()) < kRepetitionsMin || total < kSecondsMin;) {
    device.ClearRecords();
    const double start = clock.Seconds();
    TRY(work());
    const double seconds = clock.Seconds() - start;
    const double after = peak();
    repetitions.push_back({seconds, (before + after) / 2});
    before = after;
    total += seconds;
    if (seconds > kSecondsLong) break;
  }
  const auto median = repetitions.begin() + static_cast<std::ptrdiff_t>(repetitions.size() / 2);
  std::nth_element(repetitions.begin(), median, repetitions.end(),
                   [](const Repetition& a, const Repetition& b) { return a.share() < b.share(); });
  Measurement measurement;
  measurement.seconds = median->seconds;
  measurement.peak_flops = median->peak_flops;
  for (const auto& [name, record] : device.records()) measurement.flops += record.flops;
  measurement.scratch_bytes = device.memory().bytes_peak();
  return measurement;
}

op::Tensor RandomTensor(op::Device& device, const Shape& shape, std::string_view name) {
  const Weight values = wan::RandomWeight({std::string(name), shape, 0, 1}, DType::kF32, kSeed);
  return device.UploadF32(values);
}

Result<Measurement> Gemm(op::Device& device, const Clock& clock) {
  constexpr int64_t kRows = 2550, kIn = 1536, kOut = 8960;
  const Weight weight = wan::RandomWeight({"weight", {kOut, kIn}, 0, 0.03f}, DType::kF32, kSeed);
  const std::unique_ptr<op::Packed> packed = device.Pack(weight);
  const op::Tensor x = RandomTensor(device, {kRows, kIn}, "x");
  const op::Tensor y = device.New({kRows, kOut});
  return Measure(device, clock, [&] {
    return device.Run(op::Linear{.x = x, .weight = &weight, .packed = packed.get(), .y = y});
  });
}

Result<Measurement> Attention(op::Device& device, const Clock& clock) {
  constexpr int64_t kTokens = 4590, kHeads = 12, kWidth = 128;
  const Shape shape{kTokens, kHeads, kWidth};
  const op::Tensor q = RandomTensor(device, shape, "q");
  const op::Tensor k = RandomTensor(device, shape, "k");
  const op::Tensor v = RandomTensor(device, shape, "v");
  const op::Tensor out = device.New(shape);
  return Measure(device, clock, [&] {
    return device.Run(op::Attention{.q = q, .k = k, .v = v, .scale = 0.088388f, .out = out});
  });
}

Result<Measurement> Conv3d(op::Device& device, const Clock& clock) {
  constexpr int64_t kFrames = 4, kHeight = 136, kWidth = 240, kChannels = 192;
  const Weight weight =
      wan::RandomWeight({"weight", {kChannels, kChannels, 3, 3, 3}, 0, 0.01f}, DType::kF32, kSeed);
  const std::unique_ptr<op::Packed> packed = device.Pack(weight);
  const op::Tensor x = RandomTensor(device, {kFrames + 2, kHeight, kWidth, kChannels}, "x");
  const op::Tensor y = device.New({kFrames, kHeight, kWidth, kChannels});
  const op::Conv3d::Axis same{.stride = 1, .pad_front = 1, .pad_back = 1};
  return Measure(device, clock, [&] {
    return device.Run(op::Conv3d{
        .x = x, .weight = &weight, .packed = packed.get(), .height = same, .width = same, .y = y});
  });
}

// One forward of the denoiser at Wan-1.3B size; the text is one real row.
Result<Measurement> Dit(op::Device& device, const Clock& clock, const LatentSize& size) {
  const wan::DitConfig config = wan::Dit1_3B();
  TensorSet weights = wan::RandomSet(wan::PlanDit(config), DType::kBF16, kSeed);
  const std::unique_ptr<Denoiser> dit = TRY(wan::MakeDit(device, std::move(weights), config));
  TextEmbedding text{1, config.text_width,
                     std::vector<float>(static_cast<size_t>(config.text_width), 0.1f)};
  const std::unique_ptr<Denoiser::Prompt> prompt = TRY(dit->PreparePrompt(device, text));
  const std::vector<float> latent(size.count(), 0.5f);
  std::vector<float> velocity(size.count());
  const float timestep = 500;
  return Measure(device, clock, [&] {
    return dit->Predict(device, *prompt,
                        {.latent = latent, .size = size, .timesteps = std::span(&timestep, 1)},
                        velocity);
  });
}

Result<Measurement> Dit768(op::Device& device, const Clock& clock) {
  return Dit(device, clock, {16, 3, 32, 32});
}
Result<Measurement> Dit2550(op::Device& device, const Clock& clock) {
  return Dit(device, clock, {16, 5, 34, 60});
}
Result<Measurement> Dit8190(op::Device& device, const Clock& clock) {
  return Dit(device, clock, {16, 21, 30, 52});
}

Result<Measurement> Umt5Layer(op::Device& device, const Clock& clock) {
  constexpr size_t kTokens = 512;
  wan::Umt5Config config = wan::Umt5Xxl();
  config.layer_count = 1;
  config.vocabulary_count = 1024;  // the table is only looked up in
  TensorSet weights = wan::RandomSet(wan::PlanUmt5(config), DType::kBF16, kSeed);
  const std::unique_ptr<TextEncoder> encoder =
      TRY(wan::MakeUmt5(device, std::move(weights), config));
  std::vector<int32_t> ids(kTokens);
  for (size_t i = 0; i < kTokens; ++i) ids[i] = static_cast<int32_t>(i);
  return Measure(device, clock, [&]() -> Status {
    TRY(encoder->Encode(device, ids));
    return Ok();
  });
}

Result<Measurement> Decode(op::Device& device, const Clock& clock, VideoDecoder& decoder,
                           const LatentSize& size) {
  const std::vector<float> latent(size.channel_count * size.frame_value_count(), 0.5f);
  return Measure(device, clock, [&]() -> Status {
    TRY(decoder.Begin(device, size, {}));
    for (uint32_t frame = 0; frame < size.frame_count; ++frame) {
      TRY(decoder.Decode(device, latent, [](ConstView) { return Ok(); }));
    }
    return Ok();
  });
}

// As `generate` decodes: what the convolutions remember is kept in 8 bits.
constexpr wan::DecoderOptions kCompact = {.compact_history = true};

Result<Measurement> Vae21(op::Device& device, const Clock& clock,
                          const wan::DecoderOptions& options) {
  TensorSet weights = wan::RandomSet(wan::PlanVae21(96), DType::kF32, kSeed);
  const std::unique_ptr<VideoDecoder> decoder =
      TRY(wan::MakeVae21Decoder(device, std::move(weights), options));
  return Decode(device, clock, *decoder, {16, 3, 34, 60});
}

Result<Measurement> Vae21Decode(op::Device& device, const Clock& clock) {
  return Vae21(device, clock, kCompact);
}
Result<Measurement> Vae21DecodeExact(op::Device& device, const Clock& clock) {
  return Vae21(device, clock, {});
}

Result<Measurement> Vae22Decode(op::Device& device, const Clock& clock) {
  TensorSet weights = wan::RandomSet(wan::PlanVae22(160, 256), DType::kF32, kSeed);
  const std::unique_ptr<VideoDecoder> decoder =
      TRY(wan::MakeVae22Decoder(device, std::move(weights), kCompact));
  return Decode(device, clock, *decoder, {48, 2, 17, 30});
}

Result<Measurement> TaehvDecode(op::Device& device, const Clock& clock) {
  TensorSet weights =
      wan::RandomSet(wan::PlanTinyDecoder(16, 1, {256, 128, 64, 64}), DType::kF32, kSeed);
  const std::unique_ptr<VideoDecoder> decoder =
      TRY(wan::MakeTinyDecoder(device, std::move(weights)));
  return Decode(device, clock, *decoder, {16, 5, 34, 60});
}

constexpr Benchmark kAll[] = {
    {"gemm", "2550x1536 by 8960x1536, f32", Gemm},
    {"attention", "4590 tokens, 12 heads of 128", Attention},
    {"conv3d", "3x3x3, 192 channels, 4 frames of 240x136", Conv3d},
    {"dit_768", "denoiser 1.3B bf16, 256x256, 9 frames", Dit768},
    {"dit_2550", "denoiser 1.3B bf16, 480x272, 17 frames", Dit2550},
    {"dit_8190", "denoiser 1.3B bf16, 416x240, 81 frames", Dit8190},
    {"umt5_layer", "one of 24 layers bf16, 512 tokens", Umt5Layer},
    {"vae21_decode", "480x272, 9 frames, 8-bit history", Vae21Decode},
    {"vae21_exact", "the same, f32 history", Vae21DecodeExact},
    {"vae22_decode", "480x272, 5 frames, 8-bit history", Vae22Decode},
    {"taehv_decode", "480x272, 17 frames, f32", TaehvDecode},
};

}  // namespace

std::span<const Benchmark> Benchmarks() { return kAll; }

}  // namespace aozora::app
