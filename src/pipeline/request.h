// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "diffusion/sampler.h"
#include "model/geometry.h"
#include "model/model.h"
#include "pipeline/clip_latent.h"
#include "tensor/image.h"

namespace aozora {

// The same clip made again with another prompt. What is left open in the request, the seed too, is
// as it was in the source; how it is sampled only if this model made it.
struct Remix {
  std::shared_ptr<const ClipLatent> source;
  // Above 0 to 1: the share of the steps that are made again, from the source's latent with as much
  // noise as belongs there. 1 is a fresh run with the source's seed and settings.
  double strength = 0.5;
};

// A clip that goes on where it ended, with the same size and frame rate. The request's length is
// that of the new part.
struct Extension {
  std::shared_ptr<const ClipLatent> source;
  // The pictures of the source are delivered too, made again from its latent: one clip. Else only
  // what is new.
  bool deliver_source = true;
  // Of the source, so much at its start; what came behind it is made anew. All if left out.
  std::optional<double> kept_seconds;
};

// From where a clip ends, over new pictures, to where another begins: one clip of both. The
// request's length is that of the new part. What the model cannot go on from at the source's end is
// left out.
struct Bridge {
  std::shared_ptr<const ClipLatent> source;
  // Null: back to the source's own first picture, which is not shown twice. What is played again
  // and again has no seam then (a loop).
  std::shared_ptr<const ClipLatent> target;
};

// A stretch of a clip with words of its own.
struct Scene {
  std::string prompt;
  double seconds = 0;
};

// What somebody asks for. What is left open comes from the source, if there is one, or from the
// checkpoint's preset.
struct GenerateRequest {
  std::string prompt;  // as typed; cleaned by the pipeline
  std::optional<std::string> negative_prompt;
  std::optional<uint32_t> width_px, height_px;
  std::optional<uint32_t> frame_count;
  std::optional<double> seconds;  // another way to say frame_count; both is an error
  // Each goes on where the one before ended; prompt and length above are those of the first.
  std::vector<Scene> further_scenes;
  std::optional<double> frame_rate;
  std::optional<Image> image;  // the first picture
  std::optional<Remix> remix;  // at most one of these three
  std::optional<Extension> extension;
  std::optional<Bridge> bridge;
  std::optional<uint64_t> seed;     // 0 if left open
  std::optional<NormalKind> noise;  // kPhilox if left open
  std::optional<SamplerKind> sampler;
  std::optional<int> step_count;
  std::optional<double> shift;
  std::optional<double> guidance;
  std::optional<DecoderKind> decoder;
  float cache_threshold = 0;  // EasyCache (diffusion/easy_cache.h); 0 is off
};

}  // namespace aozora
