// SPDX-License-Identifier: Apache-2.0
#include "classifiers/onnx/onnx_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <thread>

#include "base/hash.h"
#include "base/random_source.h"
#include "classifiers/onnx/onnx_testonly.h"
#include "policy/picture_testonly.h"

namespace aozora {
namespace {

using policy::Painted;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr policy::Colour kRed = {255, 0, 0}, kBlue = {0, 0, 255}, kOrange = {200, 100, 50};

// Sums of three 32-bit products, and e^x of them: some 10 roundings of values below 4.
constexpr float kTolerance = 10 * 4 * std::numeric_limits<float>::epsilon();

class OnnxClassifierTest : public testing::Test {
 protected:
  std::unique_ptr<OnnxClassifier> Open() {
    Result<std::unique_ptr<OnnxClassifier>> opened = OnnxClassifier::Open(folder_.path());
    EXPECT_TRUE(opened.ok()) << opened.error().message();
    return std::move(opened).value();
  }
  std::string OpenError() {
    const Result<std::unique_ptr<OnnxClassifier>> opened = OnnxClassifier::Open(folder_.path());
    return opened.ok() ? "no error" : opened.error().message();
  }
  static std::vector<float> Scores(OnnxClassifier& classifier, const Image& picture) {
    const Result<std::vector<policy::LabelScore>> scores = classifier.Classify(picture);
    EXPECT_TRUE(scores.ok()) << scores.error().message();
    std::vector<float> values;
    const std::vector<std::string> labels = classifier.labels();
    for (size_t i = 0; i < labels.size(); ++i) {
      EXPECT_EQ(scores.value().at(i).label, labels[i]);
      values.push_back(scores.value()[i].score);
    }
    return values;
  }

  ClassifierFolder folder_;
};

const std::string kTwo = R"(["red", "blue"])", kThree = R"(["a", "b", "c"])";

TinyModel ThreeSums() {
  TinyModel model;
  model.weights = {1, 2, 3, -1, 0.5, 0.25, 0.5, -2, 1};
  model.bias = {0.1f, 0.2f, -0.3f};
  return model;
}
const std::string kNumbers = "mean = [0.5, 0.4, 0.3]\ndeviation = [0.2, 0.25, 0.5]\n";

// R G B = 200 100 50 of 255 become (0.784314 - 0.5) / 0.2 = 1.421569, (0.392157 - 0.4) / 0.25 =
// -0.031373 and (0.196078 - 0.3) / 0.5 = -0.207843; the three sums are then 0.835294, -1.289216 and
// 0.265686. (With B before R the first score would be 0.342415.)
TEST_F(OnnxClassifierTest, SoftmaxIsAsComputedByHand) {
  folder_.Write(ThreeSums(), kThree, "softmax", kNumbers);
  const std::unique_ptr<OnnxClassifier> classifier = Open();
  EXPECT_EQ(classifier->name(), "tiny");
  EXPECT_THAT(Scores(*classifier, Painted(kOrange)),
              ElementsAre(testing::FloatNear(0.593387720f, kTolerance),
                          testing::FloatNear(0.070904805f, kTolerance),
                          testing::FloatNear(0.335707475f, kTolerance)));
}

TEST_F(OnnxClassifierTest, SigmoidIsAsComputedByHand) {
  folder_.Write(ThreeSums(), kThree, "sigmoid", kNumbers);
  EXPECT_THAT(Scores(*Open(), Painted(kOrange)),
              ElementsAre(testing::FloatNear(0.697473178f, kTolerance),
                          testing::FloatNear(0.215985594f, kTolerance),
                          testing::FloatNear(0.566033587f, kTolerance)));
}

TEST_F(OnnxClassifierTest, ProbabilitiesOfTheModelStayAsTheyAre) {
  TinyModel model = ThreeSums();
  model.has_softmax = true;
  folder_.Write(model, kThree, "probabilities", kNumbers);
  EXPECT_THAT(Scores(*Open(), Painted(kOrange)),
              ElementsAre(testing::FloatNear(0.593387720f, kTolerance),
                          testing::FloatNear(0.070904805f, kTolerance),
                          testing::FloatNear(0.335707475f, kTolerance)));
}

TEST_F(OnnxClassifierTest, TellsRedFromBlueAtAnySize) {
  folder_.Write(RedOrBlue(3), kTwo, "softmax");
  const std::unique_ptr<OnnxClassifier> classifier = Open();
  for (const auto& [width_px, height_px] : {std::pair{1, 1}, {8, 8}, {5, 31}, {640, 360}}) {
    const Image red = Painted(kRed, 1, width_px, height_px);
    const Image blue = Painted(kBlue, 1, width_px, height_px);
    EXPECT_GT(Scores(*classifier, red)[0], 0.99f) << width_px;
    EXPECT_LT(Scores(*classifier, blue)[0], 0.01f) << width_px;
  }
}

// Each output is one value of the input.
TinyModel Input(uint32_t side_px) {
  TinyModel model;
  model.side_px = side_px;
  model.averages = false;
  const size_t count = size_t{3} * side_px * side_px;
  model.weights.resize(count * count);
  for (size_t i = 0; i < count; ++i) model.weights[i * count + i] = 1;
  model.bias.resize(count);
  return model;
}
const std::string kTwelve = R"(["0","1","2","3","4","5","6","7","8","9","10","11"])";

// 2x2 pixels with R = 10 20 30 40, G = 50 60 70 80, B = 90 100 110 120 of 255, each as a square of
// `repeat_x` by `repeat_y`.
Image FourPixels(uint32_t repeat_x, uint32_t repeat_y) {
  Image image = Image::Black(2 * repeat_x, 2 * repeat_y);
  for (uint32_t y = 0; y < image.height_px; ++y) {
    for (uint32_t x = 0; x < image.width_px; ++x) {
      const uint32_t pixel = 2 * (y / repeat_y) + x / repeat_x;
      for (uint32_t channel = 0; channel < 3; ++channel) {
        image.rgb[3 * (size_t{y} * image.width_px + x) + channel] =
            static_cast<uint8_t>(10 * (1 + 4 * channel + pixel));
      }
    }
  }
  return image;
}

TEST_F(OnnxClassifierTest, TheModelGetsChannelsOfRowsAndTheWholePicture) {
  folder_.Write(Input(2), kTwelve, "probabilities");
  const std::unique_ptr<OnnxClassifier> classifier = Open();
  for (const Image& picture : {FourPixels(1, 1), FourPixels(8, 3), FourPixels(100, 40)}) {
    const std::vector<float> scores = Scores(*classifier, picture);
    ASSERT_EQ(scores.size(), 12u);
    for (size_t i = 0; i < 12; ++i) {
      EXPECT_NEAR(scores[i], 10 * static_cast<float>(i + 1) / 255, kTolerance) << i;
    }
  }
}

TEST_F(OnnxClassifierTest, FineStripesBecomeTheirMean) {
  folder_.Write(Input(2), kTwelve, "probabilities");
  Image stripes = Image::Black(32, 16);
  for (size_t i = 0; i < stripes.rgb.size(); ++i) stripes.rgb[i] = i / 3 % 2 == 0 ? 100 : 200;
  for (const float score : Scores(*Open(), stripes)) EXPECT_NEAR(score, 150.0f / 255, kTolerance);
}

TEST_F(OnnxClassifierTest, ScoresDoNotDependOnThreads) {
  SeededRandom random(3);
  const auto some = [&](size_t count) {
    std::vector<float> values(count);
    for (float& v : values) v = static_cast<float>(random.Below(2001)) / 1000 - 1;
    return values;
  };
  TinyModel model;
  model.side_px = 64;
  model.convolution = some(81);
  model.averages = false;
  model.weights = some(size_t{3} * 3 * 64 * 64);
  model.bias = some(3);
  folder_.Write(model, kThree, "sigmoid", "mean = [0, 0, 0]\ndeviation = [10, 10, 10]\n");
  const std::unique_ptr<OnnxClassifier> classifier = Open();
  const int threads_before = cv::getNumThreads();
  cv::setNumThreads(1);
  const std::vector<float> one = Scores(*classifier, policy::Scene(1));
  cv::setNumThreads(2);
  const std::vector<float> two = Scores(*classifier, policy::Scene(1));
  cv::setNumThreads(threads_before);
  EXPECT_EQ(one, two);
  for (const float score : one) EXPECT_TRUE(score > 0 && score < 1) << score;
}

TEST_F(OnnxClassifierTest, LeavesTheNumberOfThreadsAsItWas) {
  folder_.Write(RedOrBlue(1), kTwo, "softmax");
  const int threads_before = cv::getNumThreads();
  cv::setNumThreads(2);
  Open();
  EXPECT_EQ(cv::getNumThreads(), 2);
  cv::setNumThreads(threads_before);
}

TEST_F(OnnxClassifierTest, ServesRendersSideBySide) {
  TinyModel model = RedOrBlue(3);
  model.side_px = 96;  // large enough for two to meet
  folder_.Write(model, kTwo, "softmax");
  const std::unique_ptr<OnnxClassifier> classifier = Open();
  const auto classify = [&](policy::Colour colour, size_t label) {
    int right_count = 0;
    for (int i = 0; i < 300; ++i)
      right_count += Scores(*classifier, Painted(colour))[label] > 0.99f;
    EXPECT_EQ(right_count, 300);
  };
  std::thread other([&] { classify(kBlue, 1); });
  classify(kRed, 0);
  other.join();
}

TEST_F(OnnxClassifierTest, AnEmptyPictureIsNotJudged) {
  folder_.Write(RedOrBlue(1), kTwo, "softmax");
  EXPECT_FALSE(Open()->Classify(Image()).ok());
}

TEST_F(OnnxClassifierTest, WhatIsNoScoreIsAnErrorOfThatPictureAlone) {
  // 0 for a black picture, and more than a float can hold for a red one.
  folder_.Write(RedOrBlue(3e38f), kTwo, "softmax",
                "mean = [0, 0, 0]\ndeviation = [0.001, 1, 0.001]\n");
  const std::unique_ptr<OnnxClassifier> infinite = Open();
  EXPECT_THAT(infinite->Classify(Painted(kRed)).error().message(), HasSubstr("no finite number"));
  EXPECT_EQ(Scores(*infinite, Painted({0, 255, 0})), (std::vector<float>{0.5f, 0.5f}));
  folder_.Write(RedOrBlue(2), kTwo, "probabilities");
  const std::unique_ptr<OnnxClassifier> sums = Open();
  EXPECT_THAT(sums->Classify(Painted(kRed)).error().message(), HasSubstr("is no probability"));
  EXPECT_EQ(Scores(*sums, Painted({0, 255, 0})), (std::vector<float>{0, 0}));
}

TEST_F(OnnxClassifierTest, RefusesAFolderWithoutItsFiles) {
  EXPECT_THAT(OpenError(), HasSubstr("classifier.toml: No such file"));
  folder_.Write(RedOrBlue(1), kTwo, "softmax");
  std::filesystem::remove(folder_.path() / "tiny.onnx");
  EXPECT_THAT(OpenError(), HasSubstr("classifier.toml: file: cannot open"));
  std::filesystem::create_directory(folder_.path() / "tiny.onnx");
  EXPECT_THAT(OpenError(), HasSubstr("tiny.onnx is not a file"));
}

TEST_F(OnnxClassifierTest, RefusesAFileThatIsBadOrLeadsElsewhere) {
  folder_.WriteFile("classifier.toml", "name = 3\n");
  EXPECT_THAT(OpenError(), HasSubstr("classifier.toml:1: name: must be a string"));
  folder_.WriteFile("classifier.toml", "name = \"x\"\nfile = \"../tiny.onnx\"\n");
  EXPECT_THAT(OpenError(), HasSubstr("classifier.toml:2: file: \"../tiny.onnx\" must be the name"));
}

TEST_F(OnnxClassifierTest, RefusesWhatIsNoOnnx) {
  folder_.Write(RedOrBlue(1), kTwo, "softmax");
  for (const std::string content : {"", "this is no model", "<html></html>"}) {
    folder_.WriteFile("tiny.onnx", content);
    EXPECT_THAT(OpenError(), HasSubstr("tiny.onnx: is no ONNX model that OpenCV")) << content;
    EXPECT_EQ(OpenError().find('\n'), std::string::npos) << OpenError();
  }
}

TEST_F(OnnxClassifierTest, RefusesOnnxThatWasCutOff) {
  const std::string whole = OnnxOf(RedOrBlue(1));
  folder_.Write(RedOrBlue(1), kTwo, "softmax");
  ASSERT_EQ(OpenError(), "no error");
  for (size_t bytes = 1; bytes < whole.size(); bytes += 7) {
    folder_.WriteFile("tiny.onnx", whole.substr(0, bytes));
    EXPECT_THAT(OpenError(), HasSubstr("tiny.onnx: is no ONNX model that OpenCV")) << bytes;
  }
}

TEST_F(OnnxClassifierTest, RefusesAModelThatDoesNotFitItsFile) {
  folder_.Write(RedOrBlue(1), kThree, "softmax");
  EXPECT_THAT(OpenError(), HasSubstr("tiny.onnx: the model has 2 outputs and classifier.toml 3"));
  folder_.Write(Input(2), kTwelve, "softmax");
  ASSERT_EQ(OpenError(), "no error");
  folder_.Write(Input(3), kTwelve, "softmax");
  folder_.WriteFile("tiny.onnx", OnnxOf(Input(2)));  // side_px is 3 in classifier.toml alone
  EXPECT_THAT(OpenError(), HasSubstr("tiny.onnx: the model does not take R G B pictures of 3x3"));
  TinyModel two = RedOrBlue(1);
  two.has_second_output = true;
  folder_.Write(two, kTwo, "softmax");
  EXPECT_THAT(OpenError(), HasSubstr("tiny.onnx: it has 2 outputs"));
  TinyModel wild = RedOrBlue(1);
  wild.bias[1] = std::numeric_limits<float>::quiet_NaN();
  folder_.Write(wild, kTwo, "softmax");
  EXPECT_THAT(OpenError(), HasSubstr("tiny.onnx: the model gave what is no finite number"));
}

TEST_F(OnnxClassifierTest, TakesTheModelWhoseSha256IsNamedAlone) {
  const std::string numbers = "mean = [0, 0, 0]\ndeviation = [1, 1, 1]\n";
  const std::string sha256 = Sha256Hex(OnnxOf(RedOrBlue(1)));
  folder_.Write(RedOrBlue(1), kTwo, "softmax", numbers + "sha256 = \"" + sha256 + "\"\n");
  EXPECT_EQ(OpenError(), "no error");
  folder_.WriteFile("tiny.onnx", OnnxOf(RedOrBlue(2)));
  EXPECT_THAT(OpenError(), HasSubstr("classifier.toml: sha256: tiny.onnx has another"));
}

}  // namespace
}  // namespace aozora
