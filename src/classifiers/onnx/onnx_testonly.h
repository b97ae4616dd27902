// SPDX-License-Identifier: Apache-2.0
// Image classifiers of a few numbers, as ONNX files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/folder_testonly.h"

namespace aozora {

// [1, 3, side, side] -> convolution, if there is one -> mean of each channel, if so -> weights ->
// softmax, if so.
struct TinyModel {
  uint32_t side_px = 8;
  std::vector<float> convolution;  // [3, 3, 3, 3], with a border of one pixel
  bool averages = true;            // else the weights are of each value
  std::vector<float> weights;      // a row of 3, or of 3 * side * side, for each output
  std::vector<float> bias;         // one for each output
  bool has_softmax = false;
  bool has_second_output = false;
};

std::string OnnxOf(const TinyModel& model);

// Two outputs, of red and of blue: the difference of the two channels, times `factor`.
TinyModel RedOrBlue(float factor);

class ClassifierFolder : public TemporaryFolder {
 public:
  // `scores` and `labels` as classifier.toml has them; mean 0 and deviation 1 unless `numbers` says
  // otherwise.
  void Write(const TinyModel& model, const std::string& labels, const std::string& scores,
             const std::string& numbers = "mean = [0, 0, 0]\ndeviation = [1, 1, 1]\n") const;
  void WriteFile(const std::string& name, const std::string& content) const;
  // One that is sure of "always" (95 %) and not of "never", whatever is to be seen.
  void WriteSureOfAlways() const;
};

// A policy in which a score of half and more for `label` blocks, of that revision.
std::string PolicyAgainst(const std::string& label, const std::string& revision);

}  // namespace aozora
