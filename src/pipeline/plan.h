// SPDX-License-Identifier: Apache-2.0
// From a request to numbers: every setting decided, what it will take known, before anything
// starts.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pipeline/machine.h"
#include "pipeline/request.h"
#include "pipeline/segments.h"

namespace aozora {

struct StageCost {
  std::string name;    // "text", "image", "denoise", "decode"
  double seconds = 0;  // estimate
  uint64_t memory_bytes = 0;
  Cost cost;
};

struct Plan {
  Settings settings;
  std::vector<Segment> segments;  // none where no pictures are left for the denoiser to make
  bool joined = false;            // they are one latent for the decoder
  std::shared_ptr<const ClipLatent> source;  // of a remix, an extension or a bridge, or null
  std::shared_ptr<const ClipLatent> target;  // of a bridge, or null
  uint32_t frames_skipped = 0;  // of the clip, at its start: those of a source, if not wanted
  std::vector<std::vector<int32_t>> ids;  // of each scene's prompt
  std::vector<int32_t> negative_ids;      // empty where there is no guidance
  std::vector<StageCost> stages;
  double seconds = 0;  // estimate for all
  uint64_t memory_bytes_peak = 0;
  std::vector<std::string> notes;  // what a person should know: "made in 3 pieces of 5 s" ...

  uint32_t frames_delivered() const { return settings.clip.frame_count - frames_skipped; }
  // Of the new part, where that leads back to the first picture.
  uint32_t loop_frame_count() const {
    const bool loops = target != nullptr && settings.target_frame_count == 0;
    return loops ? settings.clip.frame_count - settings.source_frame_count : 0;
  }
  const ClipLatent* extended() const {
    const bool goes_on = settings.source_use == SourceUse::kExtension || target != nullptr;
    return goes_on ? source.get() : nullptr;
  }
};

// The pieces of an extended clip that are decoded before its first segment, which starts from their
// last picture. Not of joined plans, which decode at the end.
std::span<const ClipLatent::Piece> DecodedOfSource(const Plan& plan);
// Those of a clip that a bridge leads to, which are decoded behind its segment. Not of joined
// plans.
std::span<const ClipLatent::Piece> DecodedOfTarget(const Plan& plan);
// Whether a picture is encoded for the first segment.
bool StartsFromPicture(const Plan& plan);

// Decides all settings, and refuses what the model cannot do or the machine cannot hold, saying
// what would work. The machine's memory is compared with the largest stage.
Result<Plan> MakePlan(const Model& model, const GenerateRequest& request, const Machine& machine);

}  // namespace aozora
