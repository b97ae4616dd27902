// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/image.h"

namespace aozora::policy {

struct LabelScore {
  std::string label;
  float score = 0;  // 0 to 1
};

// Says what is to be seen in single pictures: the contract for image classifiers that people
// install (classifiers/). What a label and its score mean for an installation is in its policy
// ([[output.labels]]). Any thread: renders that run side by side share one.
class FrameClassifier {
 public:
  virtual ~FrameClassifier() = default;
  virtual std::string_view name() const = 0;            // for reports
  virtual std::vector<std::string> labels() const = 0;  // all that it can give
  // At any size. An error means that this picture was not judged, and makes people look at the
  // clip.
  virtual Result<std::vector<LabelScore>> Classify(const Image& frame) = 0;
};

}  // namespace aozora::policy
