// SPDX-License-Identifier: Apache-2.0
// Runs a plan: text, picture, denoising, decoding, in this order for each segment; frames leave one
// by one. The same settings, model and kind of machine give the same frames, whatever the number of
// threads, and whether or not the run was interrupted and resumed.
#pragma once

#include "pipeline/denoise.h"
#include "pipeline/embedding_cache.h"
#include "pipeline/frame_sink.h"
#include "pipeline/plan.h"
#include "pipeline/preview.h"
#include "pipeline/progress_meter.h"
#include "pipeline/run_folder.h"

namespace aozora {

struct GeneratorOptions {
  const RunFolder* run_folder = nullptr;   // checkpoints, or none
  uint32_t steps_per_checkpoint = 1;       // every so many steps, and always before decoding
  std::filesystem::path embedding_folder;  // empty: embeddings are not kept
  std::filesystem::path latent_path;       // where the clip's latent is kept (ClipLatent), or empty
  ProgressSink progress;
  PreviewSink preview;  // in each step, where that costs little; or empty
};

// The text that RunFolder keeps to recognise a run.
std::string RunIdentity(const Model& model, const Settings& settings, const Image* image);

// Writes plan.frames_delivered() frames to `sink`; Finish is the caller's to call. `image` is the
// first picture, already of the clip's size, or null. Model and device must outlive the call.
Status Generate(const Model& model, op::Device& device, const Plan& plan, const Image* image,
                const Clock& clock, const GeneratorOptions& options, FrameSink& sink);

}  // namespace aozora
