// SPDX-License-Identifier: Apache-2.0
#include "golden_pipeline.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine.h"
#include "models/wan/names.h"
#include "pipeline/denoise.h"

namespace aozora::app {
namespace {

// The measured floor of these in float32 is 4e-6 (latents and pictures); of rounded weights 3.1e-3
// and 2.0e-2.
constexpr GoldenTolerances kTolerances = {{5e-5, 2e-4}, {1e-2, 4e-2}, {6e-2, 2.4e-1}};
constexpr std::string_view kCase = "run";
constexpr int64_t kConfigStepsMax = 1000;

// The file without the tensors that repeat a network under the names of another layout.
TensorFile OneLayout(TensorFile file) {
  const std::vector<wan::NetworkLayout> layouts = wan::FindNetworks(file);
  if (layouts.size() < 2) return file;
  std::erase_if(file.tensors, [&](const StoredTensor& tensor) {
    return std::any_of(layouts.begin() + 1, layouts.end(), [&](const wan::NetworkLayout& other) {
      return wan::CanonicalName(other, tensor.name) != tensor.name;
    });
  });
  return file;
}

// Adds the networks of one file, and what their shapes leave open where a model looks for it.
void AddTo(Checkpoint* checkpoint, const GoldenFile& file) {
  if (file.weights.tensors.empty()) return;
  checkpoint->files.push_back(OneLayout(file.weights));
  nlohmann::json config = nlohmann::json::parse(file.config, nullptr, false);
  if (config.is_object() && config.contains("dit")) config = config["dit"];
  if (!config.is_object() || !config.contains("text_len")) return;
  checkpoint->configs.push_back({file.weights.path.parent_path() / "config.json", config.dump()});
}

// A golden file of the folder by its name, as safetensors or GGUF.
std::filesystem::path PathOf(const std::filesystem::path& folder, std::string_view name) {
  const std::filesystem::path gguf = folder / fmt::format("{}.gguf", name);
  return std::filesystem::exists(gguf) ? gguf : folder / fmt::format("{}.safetensors", name);
}

// The networks that the file names.
Result<Checkpoint> CheckpointOf(const GoldenFile& file) {
  Checkpoint checkpoint;
  checkpoint.root = file.folder;
  AddTo(&checkpoint, file);
  const auto found = file.weights.metadata.find("golden.weights");
  const std::string names = found == file.weights.metadata.end() ? "" : found->second;
  for (std::string_view rest = names; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (name.find('/') != std::string_view::npos) {
      return Error::Invalid("golden.weights names a path: {}", name);
    }
    if (name.find(' ') != std::string_view::npos) continue;  // "own DiT": in the file itself
    AddTo(&checkpoint, TRY(OpenGolden(PathOf(file.folder, name))));
  }
  return checkpoint;
}

Result<GoldenTolerance> ToleranceOf(const Checkpoint& checkpoint) {
  std::vector<DType> stored;
  for (const TensorFile& file : checkpoint.files) {
    for (const StoredTensor& tensor : file.tensors) stored.push_back(tensor.weight.view.dtype());
  }
  return ToleranceFor(kTolerances, stored);
}

Result<std::unique_ptr<Model>> OpenNetworks(Checkpoint checkpoint) {
  for (const Family* family : Families()) {
    if (family->Recognises(checkpoint)) return family->Open(std::move(checkpoint), {});
  }
  return Error::NotFound("no family of models recognises the networks of {}",
                         checkpoint.root.string());
}

Result<TextEmbedding> EncodeText(const Model& model, op::Device& device, const GoldenCase& golden,
                                 std::string_view key) {
  const GoldenTensor& stored = *TRY(golden.Find(key));
  std::vector<int32_t> ids;
  for (float id : stored.values) ids.push_back(static_cast<int32_t>(id));
  const std::unique_ptr<TextEncoder> encoder = TRY(model.OpenTextEncoder(device));
  return encoder->Encode(device, ids);
}

LatentSize SizeOf(const GoldenTensor& latent) {
  const auto side = [&](int axis) { return static_cast<uint32_t>(latent.shape[axis]); };
  return {side(0), side(1), side(2), side(3)};
}

// [3, Y, X] -> [Y, X, 3]
std::vector<float> ChannelsLast(const GoldenTensor& picture) {
  const size_t positions = picture.values.size() / 3;
  std::vector<float> values(picture.values.size());
  for (size_t channel = 0; channel < 3; ++channel) {
    for (size_t i = 0; i < positions; ++i) {
      values[i * 3 + channel] = picture.values[channel * positions + i];
    }
  }
  return values;
}

// The picture that the clip starts from becomes latent frame 0.
Status GivePicture(const Model& model, op::Device& device, const LatentSize& size,
                   GoldenCase* golden, Conditions* conditions) {
  const GoldenTensor& picture = *TRY(golden->Find("in.image"));
  const std::unique_ptr<VideoEncoder> encoder = TRY(model.OpenEncoder(device));
  TRY(encoder->Begin(device, static_cast<uint32_t>(picture.shape[1]),
                     static_cast<uint32_t>(picture.shape[2])));
  conditions->given_latents = TRY(encoder->Encode(device, ChannelsLast(picture)));
  conditions->given_count = 1;
  golden->Compare("mid.image_latent", conditions->given_latents);
  // What the model is told of each token's time in the first step: 0 where the frame is given.
  const uint32_t patch = model.capabilities().latent.patch;
  const size_t frame_tokens = size_t{size.height / patch} * (size.width / patch);
  const GoldenTensor& timesteps = *TRY(golden->Find("mid.timesteps"));
  std::vector<float> token_times(frame_tokens * size.frame_count, timesteps.values[0]);
  std::fill_n(token_times.begin(), frame_tokens, 0.0f);
  golden->Compare("mid.step0_token_t", token_times);
  return Ok();
}

Status Denoise(const Model& model, op::Device& device, const GoldenFile& file,
               const Conditions& conditions, const LatentSize& size, GoldenCase* golden,
               std::vector<float>* x) {
  const nlohmann::json config = nlohmann::json::parse(file.config, nullptr, false);
  if (!config.is_object() || !config.value("cfg", nlohmann::json()).is_number() ||
      !config.value("shift", nlohmann::json()).is_number()) {
    return Error::Corrupt("golden.config has no numbers cfg and shift");
  }
  Settings settings;
  settings.guidance.assign(model.capabilities().denoiser_count, config["cfg"].get<float>());
  const int64_t steps = file.Integer("steps", 0);
  if (steps < 1 || steps > kConfigStepsMax) return Error::Corrupt("golden.config: {} steps", steps);
  Schedule schedule = TRY(MakeDefaultSchedule(SamplerKind::kUniPc, static_cast<int>(steps),
                                              config["shift"].get<double>()));
  golden->Compare("mid.timesteps", schedule.timesteps);
  golden->Compare("mid.sigmas", std::vector<float>(schedule.sigmas.begin(), schedule.sigmas.end()));
  const std::unique_ptr<Sampler> sampler =
      MakeSampler(SamplerKind::kUniPc, std::move(schedule), x->size(), nullptr);
  DenoiseLoop loop(model, settings, conditions, size);
  loop.GiveFrames(*x);
  golden->Compare("mid.start", *x);
  const StepProbe probe = [&](int step, std::string_view what, std::span<const float> values) {
    golden->Compare(fmt::format("mid.step{}_{}", step, what), values);
  };
  TRY(loop.Run(device, *sampler, nullptr, *x, {.probe = probe}));
  golden->Compare("out.latent", *x);
  return Ok();
}

// All pictures, clamped: [3, T, Y, X].
Result<std::vector<float>> Decode(const Model& model, op::Device& device, const LatentSize& size,
                                  std::span<const float> x) {
  const std::unique_ptr<VideoDecoder> decoder = TRY(model.OpenDecoder(device, DecoderKind::kExact));
  TRY(decoder->Begin(device, size, {}));
  const size_t cells = size.frame_value_count();
  std::vector<float> pictures;  // [T, Y, X, 3]
  const PictureSink join = [&](ConstView made) -> Status {
    const size_t begin = pictures.size();
    pictures.resize(begin + static_cast<size_t>(made.count()));
    device.Download(made, std::span(pictures).subspan(begin));
    return Ok();
  };
  for (uint32_t frame = 0; frame < size.frame_count; ++frame) {
    std::vector<float> latent(size.channel_count * cells);
    for (uint32_t channel = 0; channel < size.channel_count; ++channel) {
      const auto from = x.begin() + (size_t{channel} * size.frame_count + frame) * cells;
      std::copy_n(from, cells, latent.begin() + channel * cells);
    }
    TRY(decoder->Decode(device, latent, join));
  }
  const size_t positions = pictures.size() / 3;
  std::vector<float> video(pictures.size());
  for (size_t i = 0; i < positions; ++i) {
    for (size_t channel = 0; channel < 3; ++channel) {
      video[channel * positions + i] = std::clamp(pictures[i * 3 + channel], -1.0f, 1.0f);
    }
  }
  return video;
}

}  // namespace

bool IsPipelineGolden(const GoldenFile& file) { return file.model.starts_with("pipeline"); }

Result<std::vector<GoldenRow>> RunPipelineGolden(op::Device& device, const GoldenFile& file) {
  Checkpoint checkpoint = TRY_WITHIN(file.name, CheckpointOf(file));
  GoldenCase golden(file, std::string(kCase), TRY_WITHIN(file.name, ToleranceOf(checkpoint)));
  const std::unique_ptr<Model> model = TRY_WITHIN(file.name, OpenNetworks(std::move(checkpoint)));
  const GoldenTensor& noise = *TRY(golden.Find("in.noise"));
  if (noise.shape.rank() != 4) return Error::Corrupt("{}: noise is not [C, F, h, w]", file.name);
  const LatentSize size = SizeOf(noise);
  Conditions conditions;
  conditions.text = TRY(EncodeText(*model, device, golden, "in.ids"));
  conditions.negative_text = TRY(EncodeText(*model, device, golden, "in.ids_uncond"));
  golden.Compare("in.context", conditions.text.values);
  golden.Compare("in.context_uncond", conditions.negative_text.values);
  if (golden.Has("in.image")) {
    TRY_WITHIN(file.name, GivePicture(*model, device, size, &golden, &conditions));
  }
  std::vector<float> x = noise.values;
  TRY_WITHIN(file.name, Denoise(*model, device, file, conditions, size, &golden, &x));
  const std::vector<float> video = TRY_WITHIN(file.name, Decode(*model, device, size, x));
  golden.Compare("out.video", video);
  return golden.Finish();
}

}  // namespace aozora::app
