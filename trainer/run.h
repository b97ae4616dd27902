// SPDX-License-Identifier: Apache-2.0
// What every preset shares: where a run keeps its things, when it ends, what it writes down.
#pragma once

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "tensor/image.h"
#include "trainer/torch.h"
#include "trainer/training_state.h"
#include "world/scene.h"

namespace aozora::trainer {

struct RunOptions {
  std::filesystem::path folder;   // checkpoints, logs, sheets; one sub-folder a preset
  std::filesystem::path out;      // where the engine's files go (weights/mini)
  std::filesystem::path program;  // aozora itself, for the examination
  std::filesystem::path judge;    // the judge's weights
  std::filesystem::path from;     // engine's files to start from, without a checkpoint; or empty
  std::string word_like;          // "rain=rainy": a word begins again at the other's place
  double minutes = 10;            // of processor time on a CPU, of wall time on a GPU
  double planned_minutes = 0;     // of the whole schedule, over all runs; 0: `minutes`
  int64_t batch = 0;              // 0: the preset's own
  uint64_t seed = 1;
  int threads = 1;
  bool full_world = false;  // all that the world can show, not the subset for CPUs
  torch::Device device = torch::kCPU;

  world::WorldSubset subset() const {
    return full_world ? world::WorldSubset::Full() : world::WorldSubset::Plain();
  }
};

// One run of a preset. Its clock counts the time that this process worked, so that a busy or
// stopped machine changes nothing; it goes on over runs, through the notes of the checkpoint.
class Run {
 public:
  Run(const RunOptions& options, std::string preset, TrainingState& state);

  // Takes up the checkpoint, if there is one.
  Status Resume();
  // False when the time is over or the process was asked to end (SIGINT, SIGTERM); saves now and
  // then. Waits while a file named "pause" lies in the folder of all runs.
  Result<bool> Continue();
  Status Save();

  // 1, then down to 0 along a cosine over the last `decay` of the planned time; rises at the start.
  double RateShare(double decay = 0.5) const;
  double minutes() const;  // of work, over all runs
  int64_t step() const { return state_.step_count(); }
  bool Due(double every_minutes, const std::string& what);

  // A line of curves.csv; columns are those of the first call.
  Status Log(const std::vector<std::pair<std::string, double>>& values);
  std::filesystem::path folder() const { return folder_; }

 private:
  double WorkedSeconds() const;

  const RunOptions& options_;
  std::string preset_;
  std::filesystem::path folder_;
  TrainingState& state_;
  double earlier_minutes_ = 0;
  double started_s_ = 0;
  double saved_at_ = 0;
  std::map<std::string, double> last_;
};

// [H, W, 3] of 0..1 into a picture.
Image ToImage(const torch::Tensor& colour);
// Pictures of one size in rows of `columns`.
Image Tile(const std::vector<Image>& pictures, uint32_t columns);

}  // namespace aozora::trainer
