// SPDX-License-Identifier: Apache-2.0
#include "classifiers/onnx/onnx_classifier.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>

#include "base/file.h"
#include "base/hash.h"

namespace aozora {
namespace {

constexpr int kChannelCount = 3;
constexpr size_t kReasonBytesMax = 400;
// What rounding may add to a probability, and more than that is none.
constexpr double kProbabilitySlack = 1e-3;

// Of OpenCV without the names of its own source files, which its what() has; on one line.
std::string ReasonOf(const std::exception& thrown) {
  const auto* of_opencv = dynamic_cast<const cv::Exception*>(&thrown);
  std::string text = of_opencv == nullptr ? thrown.what() : of_opencv->err;
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() > kReasonBytesMax) text = text.substr(0, kReasonBytesMax) + " ...";
  return text;
}

// Keeps OpenCV to the calling thread. The threads that it would start here would serve renders
// later, and would not stand back behind answers as the threads do that a render starts.
class OpenCvOnThisThread {
 public:
  OpenCvOnThisThread() : before_(cv::getNumThreads()) { cv::setNumThreads(1); }
  ~OpenCvOnThisThread() { cv::setNumThreads(before_); }
  OpenCvOnThisThread(const OpenCvOnThisThread&) = delete;
  OpenCvOnThisThread& operator=(const OpenCvOnThisThread&) = delete;

 private:
  const int before_;
};

// [1, 3, side, side]: R, G and B of 0 to 1, less the mean, by the deviation.
cv::Mat InputOf(const Image& frame, const ClassifierSettings& settings) {
  const int side = static_cast<int>(settings.side_px);
  // OpenCV has no view of constant memory; nobody writes through this one.
  const cv::Mat view(static_cast<int>(frame.height_px), static_cast<int>(frame.width_px), CV_8UC3,
                     const_cast<uint8_t*>(frame.rgb.data()));
  // The mean of what falls into a pixel, as in training; where there is less than one, a ramp.
  const bool shrinks = view.cols >= side && view.rows >= side;
  cv::Mat square;
  cv::resize(view, square, cv::Size(side, side), 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  const int shape[] = {1, kChannelCount, side, side};
  cv::Mat input(4, shape, CV_32F);
  for (int channel = 0; channel < kChannelCount; ++channel) {
    float* plane = input.ptr<float>(0, channel);
    const float mean = settings.mean[channel], deviation = settings.deviation[channel];
    for (int y = 0; y < side; ++y) {
      const uint8_t* row = square.ptr<uint8_t>(y);
      for (int x = 0; x < side; ++x) {
        const float value = static_cast<float>(row[kChannelCount * x + channel]) / 255;
        plane[y * side + x] = (value - mean) / deviation;
      }
    }
  }
  return input;
}

// In place. The largest is taken from all first: e^x has a limit.
void Softmax(std::vector<double>* values) {
  const double largest = *std::max_element(values->begin(), values->end());
  for (double& value : *values) value = std::exp(value - largest);
  const double sum = std::accumulate(values->begin(), values->end(), 0.0);
  for (double& value : *values) value /= sum;
}

Status MakeScores(OutputKind kind, std::vector<double>* values) {
  if (kind == OutputKind::kSoftmax) Softmax(values);
  for (double& value : *values) {
    if (kind == OutputKind::kSigmoid) value = 1 / (1 + std::exp(-value));
    if (kind != OutputKind::kProbabilities) continue;
    if (value < -kProbabilitySlack || value > 1 + kProbabilitySlack) {
      return Error::Invalid(
          "the model gave {}, which is no probability: scores must be "
          "\"softmax\" or \"sigmoid\"",
          value);
    }
    value = std::clamp(value, 0.0, 1.0);
  }
  return Ok();
}

}  // namespace

// The adapter: what OpenCV throws stops here.
class OnnxClassifier::Network {
 public:
  static Result<std::unique_ptr<Network>> Parse(Bytes onnx) {
    // It would tell the standard error output what is in the exception anyway, with colours.
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    auto network = std::make_unique<Network>();
    try {
      network->net_ =
          cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(onnx.data()), onnx.size());
      if (network->net_.empty()) return Error::Corrupt("there are no layers in it");
      network->net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
      network->net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
      const size_t output_count = network->net_.getUnconnectedOutLayers().size();
      if (output_count != 1) {
        return Error::Unsupported("it has {} outputs; one, of the labels, can be used",
                                  output_count);
      }
    } catch (const std::exception& thrown) {
      return Error::Corrupt(
          "is no ONNX model that OpenCV {} can read (docs/trust.md says which it can): "
          "{}",
          CV_VERSION, ReasonOf(thrown));
    }
    return network;
  }

  // The numbers that the model gives for a picture.
  Result<std::vector<double>> Run(const Image& frame, const ClassifierSettings& settings) {
    const std::lock_guard lock(mutex_);
    try {
      net_.setInput(InputOf(frame, settings));
      const cv::Mat output = net_.forward();
      if (output.type() != CV_32F || !output.isContinuous()) {
        return Error::Unsupported("the model's output is not of 32-bit floats");
      }
      const float* values = output.ptr<float>();
      return std::vector<double>(values, values + output.total());
    } catch (const std::exception& thrown) {
      return Error::Unsupported(
          "the model does not take R G B pictures of {0}x{0} (side_px must be what it was made "
          "for): {1}",
          settings.side_px, ReasonOf(thrown));
    }
  }

 private:
  std::mutex mutex_;
  cv::dnn::Net net_;
};

OnnxClassifier::OnnxClassifier(ClassifierSettings settings) : settings_(std::move(settings)) {}
OnnxClassifier::~OnnxClassifier() = default;

Result<std::unique_ptr<OnnxClassifier>> OnnxClassifier::Open(const std::filesystem::path& folder) {
  const std::filesystem::path toml_path = folder / kClassifierFileName;
  const std::string toml = TRY(ReadFile(toml_path, kClassifierFileBytesMax));
  const ClassifierSettings settings = TRY(ParseClassifierFile(toml, toml_path.string()));
  const std::string in_toml = fmt::format("{}: file", toml_path.string());
  const std::unique_ptr<MappedFile> file =
      TRY_WITHIN(in_toml, MappedFile::Open(folder / settings.file));
  const Bytes onnx = file->bytes();
  if (onnx.size() > kOnnxBytesMax) {
    return Error::Unsupported("{}: {} has {}, at most {}", in_toml, settings.file,
                              HumanBytes(onnx.size()), HumanBytes(kOnnxBytesMax));
  }
  const std::string sha256 = Sha256Hex({reinterpret_cast<const char*>(onnx.data()), onnx.size()});
  if (!settings.sha256.empty() && settings.sha256 != sha256) {
    return Error::Corrupt("{}: sha256: {} has another, {}: download it again", toml_path.string(),
                          settings.file, sha256);
  }
  const OpenCvOnThisThread guard;
  std::unique_ptr<OnnxClassifier> classifier(new OnnxClassifier(settings));
  classifier->network_ = TRY_WITHIN(file->path().string(), Network::Parse(onnx));
  TRY_WITHIN(file->path().string(),
             classifier->Classify(Image::Black(settings.side_px, settings.side_px)));
  return classifier;
}

Result<std::vector<policy::LabelScore>> OnnxClassifier::Classify(const Image& frame) {
  if (frame.width_px == 0 || frame.height_px == 0) return Error::Invalid("an empty picture");
  std::vector<double> values = TRY(network_->Run(frame, settings_));
  if (values.size() != settings_.labels.size()) {
    return Error::Invalid("the model has {} outputs and {} {} labels: name each, in their order",
                          values.size(), kClassifierFileName, settings_.labels.size());
  }
  const bool are_numbers =
      std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
  if (!are_numbers) return Error::Invalid("the model gave what is no finite number");
  TRY(MakeScores(settings_.outputs, &values));
  std::vector<policy::LabelScore> scores;
  scores.reserve(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    scores.push_back({settings_.labels[i], static_cast<float>(values[i])});
  }
  return scores;
}

}  // namespace aozora
