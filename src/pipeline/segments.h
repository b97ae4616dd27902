// SPDX-License-Identifier: Apache-2.0
// Which stretches a clip is made in.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "model/capabilities.h"
#include "pipeline/clip_latent.h"
#include "pipeline/settings.h"

namespace aozora {

// A stretch of the clip that the denoiser makes at once.
struct Segment {
  LatentSize latent;
  uint32_t latents_given = 0;  // at its start: the last ones of what was made before it
  uint32_t scene = 0;          // whose words it follows
  uint32_t noise_index = 0;    // 0 has the noise that other programs give the seed
  // Where each segment is a piece of its own for the decoder, its pictures; all but the first of a
  // clip begin with the last picture of the one before, which is not delivered again.
  uint32_t frames_skipped = 0;
  uint32_t frames_delivered = 0;
};

struct Cut {
  std::vector<Segment> segments;
  // All segments, and the latent of a clip that is extended, are one latent for the decoder.
  bool joined = false;
};

// Cuts what is to be made: all of a clip of `settings`, or what comes behind `extended` (or null).
// An error where the model cannot go on from one segment to the next. A bridge is one segment, or
// none where the model makes the latents themselves (Model::BridgeLatents).
Result<Cut> CutIntoSegments(const Capabilities& can, const Settings& settings,
                            const ClipLatent* extended);

// Where a clip can be cut so that the model goes on from there: after every so many pictures.
uint32_t FramesPerCut(const Capabilities& can);

// How many pictures a bridge may have.
uint32_t BridgeFramesMax(const Capabilities& can);

// Whether a clip's latents are of the sizes that this model makes: of a remix those of `settings`,
// else its own.
Status CheckSource(const Capabilities& can, const Settings& settings, const Cut& cut,
                   const ClipLatent& source);

// The latents that decoding starts from, in order: of `extended` as well, with values left out.
std::vector<ClipLatent::Piece> PiecesOf(const Capabilities& can, const Settings& settings,
                                        const Cut& cut, const ClipLatent* extended);

}  // namespace aozora
