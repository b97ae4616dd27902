// SPDX-License-Identifier: Apache-2.0
#include "trainer/captions.h"

#include <algorithm>

#include "base/rng.h"
#include "text/clean.h"
#include "trainer/denoiser.h"
#include "world/dice.h"

namespace aozora::trainer {
namespace {

// Of scenes that go on: as long as most clips are, or anything.
constexpr float kOrdinaryShare = 0.5f;
constexpr double kOrdinaryS = 10, kShortestS = 4, kLongestS = 20;
constexpr float kFromStartShare = 0.25f;
constexpr float kStartMax = 1.5f;  // behind the start, in lengths of the scene

// The captions say what they say about a scene of this kind; a clip shows one of that length.
world::Scene DrawScene(uint64_t seed, const world::WorldSubset& subset,
                       const DenoiserBatchSize& size) {
  world::Scene scene = OnKnownGround(SampleScene(seed, subset, size.split));
  scene.duration_s = kSecondsPerFrame * (size.latent_frames - 1);
  return scene;
}

SlotLatent EncodeDrawn(world::Scene& scene, const DenoiserBatchSize& size, world::Dice& dice) {
  if (size.known_frames == 0) return EncodeScene(scene);
  scene.duration_s = dice.Chance(kOrdinaryShare)
                         ? kOrdinaryS
                         : kShortestS + (kLongestS - kShortestS) * dice.Unit();
  const bool picture = size.known_frames == 1;
  double start_s = scene.duration_s * dice.Between(0, picture ? 1 : kStartMax);
  if (picture && dice.Chance(kFromStartShare)) start_s = 0;
  if (picture) return EncodeWindow(scene, start_s, size.latent_frames);
  // The end of another clip has no first frame, which would be one instant alone.
  SlotLatent latent = EncodeWindow(scene, start_s, size.latent_frames + 1);
  latent.frame_count = size.latent_frames;
  latent.values.erase(latent.values.begin(),
                      latent.values.begin() + ptrdiff_t{kSlotCount} * kSlotValues);
  return latent;
}

// One caption in eight tells the weather, and few of them a setting and an hour beside it: too few
// to learn seven weathers from. Where it is not fair, others are written until one tells it, and of
// half the scenes until one tells all three; the fullest is kept where none does.
world::Caption CaptionOf(const world::Scene& scene, world::Language language, uint64_t seed) {
  using enum world::Attribute;
  constexpr uint64_t kTriesMax = 24;
  world::Caption caption = WriteCaption(scene, language, seed);
  if (scene.weather == world::Weather::kClear) return caption;
  const bool full = SplitSeed(seed, kTriesMax) % 2 == 0;
  const auto told = [full](const world::Caption& c) {
    return c.Mentions(kWeather) ? 1 + full * (c.Mentions(kSetting) + c.Mentions(kTime)) : 0;
  };
  const int most = full ? 3 : 1;
  for (uint64_t i = 1; i < kTriesMax && told(caption) < most; ++i) {
    world::Caption other = WriteCaption(scene, language, SplitSeed(seed, i));
    if (told(other) > told(caption)) caption = std::move(other);
  }
  return caption;
}

// Who says nothing of the weather expects none, and so do captions: nearly always, for the pictures
// of a scene should not depend on every word.
void ClearUntoldWeather(world::Dice& dice, Captioned* example) {
  constexpr float kFairShare = 0.9f;
  if (example->caption.Mentions(world::Attribute::kWeather) || !dice.Chance(kFairShare)) return;
  world::Scene fair = example->scene;
  fair.weather = world::Weather::kClear;
  if (IsPlausible(fair)) example->scene = std::move(fair);
}

}  // namespace

std::pair<torch::Tensor, torch::Tensor> ToIds(const std::vector<std::string>& texts,
                                              const Tokenizer& tokenizer,
                                              const torch::Device& device) {
  std::vector<std::vector<int32_t>> all;
  size_t longest = 1;
  for (const std::string& text : texts) {
    auto ids = tokenizer.Encode(text, static_cast<size_t>(TextEncoderConfig::kTokensMax));
    CHECK(ids.ok());
    longest = std::max(longest, ids->size());
    all.push_back(std::move(*ids));
  }
  const int64_t count = static_cast<int64_t>(texts.size());
  torch::Tensor ids = torch::zeros({count, static_cast<int64_t>(longest)}, torch::kInt64);
  torch::Tensor lengths = torch::zeros({count}, torch::kInt64);
  for (int64_t i = 0; i < count; ++i) {
    const auto& from = all[static_cast<size_t>(i)];
    lengths[i] = static_cast<int64_t>(from.size());
    std::copy(from.begin(), from.end(), ids[i].data_ptr<int64_t>());
  }
  return {ids.to(device), lengths.to(device)};
}

DenoiserBatch MakeDenoiserBatch(uint64_t seed, const world::WorldSubset& subset,
                                const Tokenizer& tokenizer, const DenoiserBatchSize& size,
                                const torch::Device& device) {
  world::Dice dice(SplitSeed(seed, 78));
  DenoiserBatch batch;
  batch.known_frames = size.known_frames;
  std::vector<float> values;
  std::vector<std::string> texts;
  for (int i = 0; i < size.count; ++i) {
    const uint64_t scene_seed = SplitSeed(seed, static_cast<uint64_t>(i) + 100);
    Captioned example{DrawScene(scene_seed, subset, size), {}};
    const world::Language language =
        dice.Chance(0.5f) ? world::Language::kEnglish : world::Language::kFrench;
    example.caption = CaptionOf(example.scene, language, SplitSeed(scene_seed, 5));
    if (dice.Chance(size.without_caption)) {
      example.caption = {"", language, 0};  // of all weathers: guidance leads away from them
    } else {
      ClearUntoldWeather(dice, &example);
    }
    const SlotLatent latent = EncodeDrawn(example.scene, size, dice);
    CHECK_EQ(latent.frame_count, size.latent_frames);
    values.insert(values.end(), latent.values.begin(), latent.values.end());
    texts.push_back(example.caption.text);
    batch.examples.push_back(std::move(example));
  }
  batch.slots = torch::tensor(values)
                    .view({size.count, size.latent_frames, kSlotCount, kSlotValues})
                    .to(device);
  std::tie(batch.ids, batch.lengths) = ToIds(texts, tokenizer, device);
  return batch;
}

SlotLatent ToLatent(const torch::Tensor& slots) {
  const torch::Tensor flat = slots.to(torch::kCPU, torch::kFloat32).contiguous();
  SlotLatent latent;
  latent.frame_count = static_cast<int>(flat.size(0));
  latent.values.assign(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
  return latent;
}

}  // namespace aozora::trainer
