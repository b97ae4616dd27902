// SPDX-License-Identifier: Apache-2.0
// Distilled checkpoints, told by their names. All have guidance distilled into them: with a second
// forward they would be slower and worse.
#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "models/wan/variant.h"

namespace aozora::wan {
namespace {

enum class Recipe : uint8_t { kFastWan, kTrigFlow, kFourSteps };

struct Mark {
  std::string_view text;  // lower case
  Recipe recipe;
};
// The first that occurs in the hint decides.
constexpr Mark kMarks[] = {
    // github.com/hao-ai-lab/FastVideo, docs/distillation/dmd.md; FastMetal are the same with
    // weights
    // trained to be quantised.
    {"fastwan", Recipe::kFastWan},
    {"fastmetal", Recipe::kFastWan},
    // github.com/NVlabs/rcm; TurboDiffusion (github.com/thu-ml/TurboDiffusion) samples like it.
    {"turbodiffusion", Recipe::kTrigFlow},
    {"turbowan", Recipe::kTrigFlow},
    {"rcm", Recipe::kTrigFlow},
    // github.com/ModelTC/LightX2V, docs/EN/source/method_tutorials/step_distill.md; the Lightning
    // and Turbo models have the same steps.
    {"lightx2v", Recipe::kFourSteps},
    {"lightning", Recipe::kFourSteps},
    {"distill", Recipe::kFourSteps},
    {"4step", Recipe::kFourSteps},
    {"4-step", Recipe::kFourSteps},
    {"4_step", Recipe::kFourSteps},
    {"turbo", Recipe::kFourSteps},
};

bool IsLetter(char c) { return 'a' <= c && c <= 'z'; }

// Whether the mark stands in the text as a word or the beginning of one, so that "rcm" is not found
// inside of another.
bool Occurs(std::string_view mark, std::string_view text) {
  for (size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1)) {
    if (at == 0 || !IsLetter(text[at - 1]) || mark.size() > 4) return true;
  }
  return false;
}

void MakeFastWan(VariantKind kind, Preset* preset) {
  preset->name = "FastWan, 3 steps";
  preset->sampler = "dmd";
  preset->timesteps = {1000, 757, 522};
  // fastvideo/configs/pipelines/wan.py. The frame count and size are those of the training.
  if (kind == VariantKind::kTI2V5B) {
    preset->shift = 5;
  } else {
    preset->shift = 8;
    preset->clip = {832, 448, 77};
  }
}

void MakeTrigFlow(Preset* preset) {
  preset->name = "rCM, 4 steps";
  preset->sampler = "rcm";
  preset->step_count = 4;
}

void MakeFourSteps(Preset* preset) {
  preset->name = "distilled, 4 steps";
  preset->sampler = "lcm";
  preset->timesteps = {1000, 750, 500, 250};
  preset->shift = 5;
}

}  // namespace

Preset ChoosePreset(const Variant& variant, std::string_view hint) {
  const std::string text = LowerAscii(hint);
  const auto mark = std::find_if(std::begin(kMarks), std::end(kMarks),
                                 [&](const Mark& m) { return Occurs(m.text, text); });
  Preset preset = variant.preset;
  if (mark == std::end(kMarks)) return preset;
  switch (mark->recipe) {
    case Recipe::kFastWan:
      MakeFastWan(variant.kind, &preset);
      break;
    case Recipe::kTrigFlow:
      MakeTrigFlow(&preset);
      break;
    case Recipe::kFourSteps:
      MakeFourSteps(&preset);
      break;
  }
  if (!preset.timesteps.empty()) {
    preset.step_count = static_cast<uint32_t>(preset.timesteps.size());
  }
  preset.guidance.assign(variant.capabilities.denoiser_count, 1.0);
  preset.distilled = true;
  preset.negative_prompt.clear();
  return preset;
}

}  // namespace aozora::wan
