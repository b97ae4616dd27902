// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "classifiers/onnx/classifier_file.h"
#include "policy/frame_classifier.h"

namespace aozora {

inline constexpr uint64_t kOnnxBytesMax = 2_GiB - 1;  // protobuf reads no more

// A downloaded image classifier in the ONNX format, run by OpenCV on the processor. Pictures are
// resized to the model's square as they are: a wide one is squeezed, nothing is cut off. The scores
// are the same on any number of threads. One picture at a time: who comes meanwhile waits, which is
// short beside making the second of video that one picture stands for.
class OnnxClassifier final : public policy::FrameClassifier {
 public:
  // Reads classifier.toml in `folder` and the model that it names, and tries it on a black picture,
  // so that what does not fit is refused here and not in the middle of a render. To be called
  // before other threads use OpenCV: it is kept to this thread meanwhile.
  static Result<std::unique_ptr<OnnxClassifier>> Open(const std::filesystem::path& folder);
  ~OnnxClassifier() override;

  std::string_view name() const override { return settings_.name; }
  std::vector<std::string> labels() const override { return settings_.labels; }
  Result<std::vector<policy::LabelScore>> Classify(const Image& frame) override;

 private:
  class Network;
  explicit OnnxClassifier(ClassifierSettings settings);

  const ClassifierSettings settings_;
  std::unique_ptr<Network> network_;
};

}  // namespace aozora
