// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/rng.h"
#include "diffusion/sampler.h"
#include "model/geometry.h"
#include "model/model.h"
#include "tensor/image.h"

namespace aozora {

// What somebody asks for. What is left open comes from the checkpoint's preset.
struct GenerateRequest {
  std::string prompt;  // as typed; cleaned by the pipeline
  std::optional<std::string> negative_prompt;
  std::optional<uint32_t> width_px, height_px;
  std::optional<uint32_t> frame_count;
  std::optional<double> seconds;  // another way to say frame_count; both is an error
  std::optional<double> frame_rate;
  std::optional<Image> image;  // the first picture
  uint64_t seed = 0;
  NormalKind noise = NormalKind::kPhilox;
  std::optional<SamplerKind> sampler;
  std::optional<int> step_count;
  std::optional<double> shift;
  std::optional<double> guidance;
  std::optional<DecoderKind> decoder;
  float cache_threshold = 0;  // EasyCache (diffusion/easy_cache.h); 0 is off
};

}  // namespace aozora
