// SPDX-License-Identifier: Apache-2.0
#include "models/mini/mini_testonly.h"

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "base/rng.h"
#include "models/mini/positions.h"
#include "models/wan/random_weights.h"
#include "ops/cpu/backend.h"
#include "ops/reference/backend.h"
#include "text/tokenizer_model.h"
#include "weights/safetensors_writer.h"

namespace aozora::mini {
namespace {

constexpr int64_t kTextWidth = 32;
constexpr int64_t kVocabulary = 64;

std::vector<std::unique_ptr<op::Backend>> Backends() {
  std::vector<std::unique_ptr<op::Backend>> backends;
  backends.push_back(ops::MakeCpuBackend());
  backends.push_back(ops::MakeReferenceBackend());
  return backends;
}

// Spread so that signals neither vanish nor explode; a few have values that must make sense.
float DeviationOf(const std::string& name, const Shape& shape) {
  if (name.find("bias") != std::string::npos || name == "far_depths") return 0.1f;
  if (name.starts_with("backdrop_") || name.starts_with("sprite_")) {
    return 1.3f / std::sqrt(static_cast<float>(shape[1]));
  }
  if (name.ends_with(".weight")) return 1 / std::sqrt(static_cast<float>(shape[1]));
  return 0.3f;
}

std::vector<NamedWeight> PainterTensors(const PainterSizes& sizes, uint64_t seed) {
  PainterWeights made;
  made.sizes = sizes;
  std::vector<NamedWeight> tensors;
  const Status visited = VisitPainterTensors(
      made, [&](const std::string& name, const Shape& shape, std::vector<float>& values) {
        values.resize(static_cast<size_t>(shape.count()));
        TwisterNormal(SplitSeed(seed, tensors.size())).Fill(values);
        const float deviation = DeviationOf(name, shape);
        for (float& value : values) value *= deviation;
        tensors.push_back({name, MakeWeight(values, shape, DType::kF32)});
        return Ok();
      });
  CHECK(visited.ok());
  return tensors;
}

std::vector<NamedWeight> EncoderTensors(uint64_t seed) {
  const std::pair<const char*, Shape> plan[] = {{"conv.0.weight", {24, 3, 3, 3}},
                                                {"conv.0.bias", {24}},
                                                {"gain0", {24}},
                                                {"conv.1.weight", {48, 24, 3, 3}},
                                                {"conv.1.bias", {48}},
                                                {"gain1", {48}},
                                                {"conv.2.weight", {72, 48, 3, 3}},
                                                {"conv.2.bias", {72}},
                                                {"gain2", {72}},
                                                {"conv.3.weight", {64, 72, 3, 3}},
                                                {"conv.3.bias", {64}},
                                                {"gain3", {64}},
                                                {"hidden.weight", {256, 64 * 84}},
                                                {"hidden.bias", {256}},
                                                {"out.weight", {4 * 48, 256}},
                                                {"out.bias", {4 * 48}}};
  std::vector<NamedWeight> tensors;
  for (const auto& [name, shape] : plan) {
    std::vector<float> values(static_cast<size_t>(shape.count()));
    TwisterNormal(SplitSeed(seed, tensors.size())).Fill(values);
    const auto fan_in = static_cast<float>(shape.count() / shape[0]);
    for (float& value : values) value *= 1 / std::sqrt(fan_in);
    tensors.push_back({name, MakeWeight(values, shape, DType::kF32)});
  }
  return tensors;
}

void PutPlan(const std::filesystem::path& path, const std::vector<wan::TensorPlan>& plan) {
  std::vector<NamedWeight> weights;
  for (const wan::TensorPlan& tensor : plan) {
    weights.push_back({tensor.name, wan::RandomWeight(tensor, DType::kF32, 1)});
  }
  WriteSafetensors(path, weights, {}).value();
}

std::string Tokenizer() {
  TokenizerModel model;
  model.pieces = {{"<pad>", 0, PieceType::kControl},
                  {"</s>", 0, PieceType::kControl},
                  {"<unk>", 0, PieceType::kUnknown},
                  {"\u2581", -2, PieceType::kNormal}};
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    model.pieces.push_back({std::string(1, letter), -4, PieceType::kNormal});
  }
  return SerializeTokenizerModel(model);
}

}  // namespace

TestDevice::TestDevice(uint32_t thread_count)
    : pool_(thread_count), device_(Backends(), op::MakeHostMemory(), pool_, cancel_) {}

void TestFolder::Put(const std::string& name, std::string_view content) const {
  std::ofstream out(path() / name, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  CHECK(out.good());
}

PainterSizes SmallPainter() {
  PainterSizes sizes;
  sizes.context = 24;
  sizes.hidden = 20;
  sizes.layer_count = 2;
  sizes.wave_count = 7;
  sizes.far_cells = 33;
  sizes.sky_height = 9;
  sizes.sky_width = 21;
  sizes.ground_height = 8;
  sizes.ground_width = 19;
  sizes.sheet_side = 24;
  return sizes;
}

TensorSet RandomEncoder(uint64_t seed) {
  TensorSet set("random encoder");
  for (const NamedWeight& tensor : EncoderTensors(seed)) {
    set.Add(tensor.name, tensor.weight).value();
  }
  return set;
}

TensorSet RandomPainter(const PainterSizes& sizes, uint64_t seed) {
  TensorSet set("random painter");
  for (const NamedWeight& tensor : PainterTensors(sizes, seed)) {
    set.Add(tensor.name, tensor.weight).value();
  }
  return set;
}

void PutPainter(const TestFolder& folder, const PainterSizes& sizes, uint64_t seed) {
  WriteSafetensors(folder.path() / "painter.safetensors", PainterTensors(sizes, seed), {}).value();
}

std::vector<std::vector<float>> SomeLatent(uint32_t frame_count, int actor_count, uint64_t seed) {
  constexpr size_t kCells = size_t{SlotClip::kGrid.height} * SlotClip::kGrid.width;
  std::vector<std::vector<float>> frames;
  for (uint32_t frame = 0; frame < frame_count; ++frame) {
    std::vector<float> latent(SlotClip::kChannels * kCells);
    TwisterNormal(SplitSeed(seed, frame)).Fill(latent);
    for (float& value : latent) value *= 0.5f;
    for (int slot = 1; slot < kSlotCount; ++slot) {
      // Where value i of a slot lies: channel i / 4, row i / 2 % 2, column i % 2.
      const auto at = [&](int i) -> float& {
        return latent[static_cast<size_t>(i / 4) * kCells +
                      static_cast<size_t>(i / 2 % 2) * SlotClip::kGrid.width +
                      static_cast<size_t>(slot * 2 + i % 2)];
      };
      at(kPresentAt) = slot <= actor_count ? 1.0f : -1.0f;
    }
    frames.push_back(std::move(latent));
  }
  return frames;
}

std::string SmallConfig() {
  return R"({"family": "aozora-mini", "version": 3, "name": "small",
             "latent": {"channels": 18, "height": 2, "width": 8, "time_stride": 48},
             "continued_latent_count": 2,
             "denoiser": {"head_width": 16, "text_token_count": 24, "position_channels": 8},
             "preset": {"steps": 2, "width": 128, "height": 72, "frames": 48}})";
}

void PutModel(const TestFolder& folder) {
  wan::DitConfig dit;
  dit.width = 32;
  dit.head_width = 16;
  dit.ffn_width = 48;
  dit.layer_count = 2;
  dit.text_width = kTextWidth;
  dit.in_channel_count = dit.out_channel_count = SlotClip::kChannels + kPositionChannels;
  dit.frequency_count = 32;
  const wan::Umt5Config text = {kVocabulary, kTextWidth, 2, 16, 40, 2};
  folder.Put("config.json", SmallConfig());
  folder.Put("tokenizer.model", Tokenizer());
  PutPlan(folder.path() / "denoiser.safetensors", wan::PlanDit(dit));
  PutPlan(folder.path() / "text_encoder.safetensors", wan::PlanUmt5(text));
  PutPainter(folder, SmallPainter(), 1);
  WriteSafetensors(folder.path() / "encoder.safetensors", EncoderTensors(1), {}).value();
}

}  // namespace aozora::mini
