// SPDX-License-Identifier: Apache-2.0
// A network in training: its parameters, their running means, the optimiser's moments and the count
// of steps, saved whole, so that training can end at any moment and go on as if it had not.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "trainer/torch.h"

namespace aozora::trainer {

struct AdamSettings {
  double rate = 2e-3;  // at its highest
  double beta1 = 0.9, beta2 = 0.99;
  double epsilon = 1e-9;
  double weight_decay = 0;
  double gradient_norm_max = 1.0;
  double ema_decay = 0.999;  // of the running mean; shorter at the start
  // Parameters whose name holds one of these learn so many times faster.
  std::vector<std::pair<std::string, double>> rate_factors;
};

class TrainingState {
 public:
  TrainingState(torch::nn::Module& module, AdamSettings settings);

  // One step of Adam (Kingma & Ba, arxiv.org/abs/1412.6980; decoupled decay: 1711.05101) on the
  // gradients that are there, which it clears. `share` 0..1 scales the rate.
  void Step(double share);
  int64_t step_count() const { return step_count_; }
  double gradient_norm() const { return gradient_norm_; }

  // Puts the running means in the place of the parameters, and back.
  class Averaged {
   public:
    explicit Averaged(TrainingState& state) : state_(state) { state_.Swap(); }
    ~Averaged() { state_.Swap(); }
    Averaged(const Averaged&) = delete;
    Averaged& operator=(const Averaged&) = delete;

   private:
    TrainingState& state_;
  };

  // `notes` are kept beside the tensors: counters of the preset.
  Status Save(const std::filesystem::path& path, const std::map<std::string, double>& notes) const;
  // Parameters that the file lacks, or has in another shape, keep what they are (a network that has
  // grown); everything else is as it was saved.
  Result<std::map<std::string, double>> Load(const std::filesystem::path& path);

  // Starts from parameters that were exported, those whose name starts with `prefix`: they and
  // their means, no moments. All must be there. One that has grown since gets the old values in its
  // corner and 0 around them, so that what the network says is what it said. Rows of one whose name
  // holds a key of `groups` are in so many groups, each of which grows.
  Status TakeExported(const std::string& prefix, const std::filesystem::path& path,
                      const std::map<std::string, int64_t>& groups = {});

  // Row `to` of a matrix becomes what row `from` is, and has no moments.
  Status CopyRow(std::string_view name, int64_t from, int64_t to);

  // The averaged parameters alone, for the engine.
  Status Export(const std::filesystem::path& path, torch::ScalarType type) const {
    return ExportPart("", path, type);
  }
  // Those whose name starts with `prefix`, without it.
  Status ExportPart(const std::string& prefix, const std::filesystem::path& path,
                    torch::ScalarType type) const;

 private:
  struct Entry {
    std::string name;
    torch::Tensor value, mean, first, second;
    double rate_factor = 1;
  };
  void Swap();

  AdamSettings settings_;
  std::vector<Entry> entries_;
  int64_t step_count_ = 0;
  double gradient_norm_ = 0;
};

// Loads exported parameters (or the averaged ones of a checkpoint) into a module, all of them.
Status LoadParameters(torch::nn::Module& module, const std::filesystem::path& path);

// Writes tensors as safetensors.
Status SaveTensors(const std::filesystem::path& path,
                   const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                   const std::map<std::string, std::string>& metadata);

}  // namespace aozora::trainer
