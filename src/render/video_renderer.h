// SPDX-License-Identifier: Apache-2.0
// The renderer of the product: a job's row to the files that are served.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "jobs/data_folder.h"
#include "jobs/renderer.h"
#include "op/device.h"
#include "policy/policy_holder.h"
#include "provenance/maker.h"
#include "render/model_shelf.h"
#include "render/output.h"
#include "render/seal.h"
#include "render/video_plan.h"

namespace aozora {

// A device with its threads, for one render: its work stops with the token that it was made with.
class Compute {
 public:
  virtual ~Compute() = default;
  virtual op::Device& device() = 0;
  virtual ThreadPool& pool() = 0;
};
using ComputeFactory = std::function<std::unique_ptr<Compute>(const CancelToken& cancel)>;

struct RendererSettings {
  std::string generator = "Aozora";        // a tag of the file
  std::filesystem::path embedding_folder;  // prompts' embeddings are kept here; empty: not
  EncoderEffort effort = EncoderEffort::kMedium;
  uint32_t steps_per_checkpoint = 1;
};

class VideoRenderer : public Renderer {
 public:
  // All are borrowed and outlive it. `classifier` may be null.
  VideoRenderer(ModelShelf& shelf, const Maker& maker, policy::PolicyHolder& policy,
                policy::FrameClassifier* classifier, ComputeFactory compute, DataFolder folder,
                const Clock& clock, RandomSource& random, RendererSettings settings)
      : shelf_(shelf),
        maker_(maker),
        policy_(policy),
        classifier_(classifier),
        compute_(std::move(compute)),
        folder_(std::move(folder)),
        clock_(clock),
        random_(random),
        settings_(std::move(settings)) {}

  std::vector<std::string> Models() const override { return shelf_.Names(); }
  Result<RenderOutput> Render(const JobRecord& job, const RenderContext& context) override;

 private:
  Result<RenderOutput> RenderFiles(const Model& model, const JobRecord& job, VideoWish wish,
                                   Compute& compute, const RenderContext& context);
  Status Seal(const JobRecord& job, const RenderSpec& spec, const Settings& settings,
              const DeliverySettings& delivery);

  ModelShelf& shelf_;
  const Maker& maker_;
  policy::PolicyHolder& policy_;
  policy::FrameClassifier* const classifier_;
  const ComputeFactory compute_;
  const DataFolder folder_;
  const Clock& clock_;
  RandomSource& random_;
  const RendererSettings settings_;
};

}  // namespace aozora
