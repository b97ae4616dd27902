// SPDX-License-Identifier: Apache-2.0
#include "classifiers/onnx/classifier_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kGood = R"(name = "nsfw-small"
file = "model.onnx"
sha256 = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"
side_px = 224
mean = [0.485, 0.456, 0.406]
deviation = [0.229, 0.224, 0.225]
labels = ["safe", "nsfw"]
scores = "softmax"
)";

TEST(ClassifierFile, SaysHowTheModelIsUsed) {
  const ClassifierSettings settings = ParseClassifierFile(kGood, "c.toml").value();
  EXPECT_EQ(settings.name, "nsfw-small");
  EXPECT_EQ(settings.file, "model.onnx");
  EXPECT_EQ(settings.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(settings.side_px, 224u);
  EXPECT_THAT(settings.mean, ElementsAre(0.485f, 0.456f, 0.406f));
  EXPECT_THAT(settings.deviation, ElementsAre(0.229f, 0.224f, 0.225f));
  EXPECT_THAT(settings.labels, ElementsAre("safe", "nsfw"));
  EXPECT_EQ(settings.outputs, OutputKind::kSoftmax);
}

// The good file with the line of `key` replaced; "" takes it out.
std::string ErrorWith(const std::string& key, const std::string& line) {
  std::string toml = kGood;
  const size_t begin = toml.find(key + " =");
  EXPECT_NE(begin, std::string::npos) << key;
  toml.replace(begin, toml.find('\n', begin) - begin, line);
  const Result<ClassifierSettings> read = ParseClassifierFile(toml, "c.toml");
  return read.ok() ? "no error" : read.error().message();
}

TEST(ClassifierFile, TakesWhatIsOnTheEdgeOfTheLimits) {
  EXPECT_EQ(ErrorWith("sha256", ""), "no error");
  EXPECT_EQ(ErrorWith("side_px", "side_px = 2"), "no error");
  EXPECT_EQ(ErrorWith("side_px", "side_px = 2048"), "no error");
  EXPECT_EQ(ErrorWith("mean", "mean = [0, 1, 0.5]"), "no error");
  EXPECT_EQ(ErrorWith("deviation", "deviation = [0.001, 10, 1]"), "no error");
  EXPECT_EQ(ErrorWith("scores", "scores = \"sigmoid\""), "no error");
  EXPECT_EQ(ErrorWith("scores", "scores = \"probabilities\""), "no error");
  EXPECT_EQ(ErrorWith("file", "file = \"..model.onnx\""), "no error");
}

TEST(ClassifierFile, NamesTheKeyThatIsMissing) {
  for (const std::string key :
       {"name", "file", "side_px", "mean", "deviation", "labels", "scores"}) {
    EXPECT_THAT(ErrorWith(key, ""), StartsWith("c.toml:"));
    EXPECT_THAT(ErrorWith(key, ""), HasSubstr(key + ": is missing"));
  }
}

TEST(ClassifierFile, NamesTheKeyThatIsWrong) {
  struct Case {
    std::string key, line, error;
  };
  const std::string zeros = "mean = [0, 0, ";
  const std::string hex_but_one(63, 'a');
  for (const Case& c : {
           Case{"name", "nmae = \"x\"", "nmae: is no key here; known are name, file"},
           {"name", "name = 3", "name: must be a string"},
           {"name", "name = \"" + std::string(65, 'n') + "\"", "name: is longer than 64 bytes"},
           {"name", "name = [[", "Error while parsing"},
           {"file", "file = \"\"", "file: is empty"},
           {"file", "file = \"../model.onnx\"", "file: \"../model.onnx\" must be the name"},
           {"file", "file = \"/etc/passwd\"", "without a path"},
           {"file", "file = \"models/m.onnx\"", "without a path"},
           {"file", "file = \"..\"", "without a path"},
           {"file", "file = \".\"", "without a path"},
           {"file", "file = \"model/\"", "without a path"},
           {"sha256", "sha256 = \"\"", "sha256: is empty"},
           {"sha256", "sha256 = \"" + hex_but_one + "\"", "sha256: must be 64 hexadecimal"},
           {"sha256", "sha256 = \"" + hex_but_one + "g\"", "sha256: must be 64 hexadecimal"},
           {"side_px", "side_px = 1", "side_px: must be a whole number from 2 to 2048"},
           {"side_px", "side_px = 2049", "side_px: must be a whole number from 2 to 2048"},
           {"side_px", "side_px = 224.0", "side_px: must be a whole number from 2 to 2048"},
           {"mean", "mean = 0.5", "mean: must be an array of 3 numbers from 0 to 1"},
           {"mean", "mean = [0.5, 0.5]", "mean: must be an array of 3 numbers from 0 to 1"},
           {"mean", zeros + "123.7]", "mean: must be an array of 3 numbers from 0 to 1"},
           {"mean", zeros + "nan]", "mean: must be an array of 3 numbers from 0 to 1"},
           {"mean", zeros + "\"1\"]", "mean: must be an array of 3 numbers from 0 to 1"},
           {"deviation", "deviation = [1, 1, 0]", "deviation: must be an array of 3 numbers from "},
           {"deviation", "deviation = [1, 1, inf]", "deviation: must be an array of 3 numbers"},
           {"labels", "labels = []", "labels: is empty"},
           {"labels", "labels = \"nsfw\"", "labels: must be an array of strings"},
           {"labels", "labels = [\"a\", 1]", "labels: must be an array of strings"},
           {"labels", "labels = [\"a\", \"\"]", "labels: a label has 1 to 256 bytes"},
           {"labels", "labels = [\"a\", \"b\", \"a\"]", "labels: \"a\" is there twice"},
           {"labels", "labels = [\"nsfw\"]", "scores: a single label needs \"sigmoid\""},
           {"scores", "scores = \"logits\"", "scores: must be \"softmax\", \"sigmoid\" or"},
       }) {
    EXPECT_THAT(ErrorWith(c.key, c.line), HasSubstr(c.error)) << c.line;
    EXPECT_THAT(ErrorWith(c.key, c.line), StartsWith("c.toml:")) << c.line;
  }
}

TEST(ClassifierFile, HasNoMoreLabelsThanTheLimit) {
  std::string labels = "labels = [";
  for (size_t i = 0; i <= kClassifierLabelCountMax; ++i) labels += fmt::format("\"l{}\", ", i);
  EXPECT_THAT(ErrorWith("labels", labels + "]"), HasSubstr("labels: has more than 32768"));
}

}  // namespace
}  // namespace aozora
