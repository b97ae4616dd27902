// SPDX-License-Identifier: Apache-2.0
// An image classifier that somebody installed, and the policy's rules for its labels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "classifiers/onnx/onnx_testonly.h"
#include "process_testonly.h"

namespace aozora {
namespace {

using testing::HasSubstr;
using testing::Not;

class Classifier : public testing::Test {
 protected:
  Classifier() { folder_.WriteSureOfAlways(); }
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }

  ProcessResult GenerateWithRule(const std::string& label, const std::vector<std::string>& more) {
    std::ofstream(Path("policy.toml")) << PolicyAgainst(label, "test");
    std::vector<std::string> argv = {AOZORA_BINARY,
                                     "generate",
                                     "a red balloon",
                                     "--size",
                                     "64x64",
                                     "--seed",
                                     "5",
                                     "--seconds",
                                     "0.5",
                                     "--policy",
                                     Path("policy.toml"),
                                     "-o",
                                     Path("out.mp4")};
    argv.insert(argv.end(), more.begin(), more.end());
    return RunProcess(argv, scratch_.path());
  }
  bool HasVideo() const { return std::filesystem::exists(Path("out.mp4")); }

  ScratchFolder scratch_;
  ClassifierFolder folder_;
};

TEST_F(Classifier, ALabelThatThePolicyBlocksLeavesNoFile) {
  const ProcessResult result = GenerateWithRule("always", {"--classifier", folder_.path()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("content_filter: label:always"));
  EXPECT_FALSE(HasVideo());
}

TEST_F(Classifier, ALabelBelowTheRulesScoreLetsTheVideoThrough) {
  const ProcessResult result = GenerateWithRule("never", {"--classifier", folder_.path()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, Not(HasSubstr("classifier_error")));
  EXPECT_TRUE(HasVideo());
}

TEST_F(Classifier, WhatDoesNotFitIsOneLineAtTheStart) {
  const ProcessResult misspelt = GenerateWithRule("alwyas", {"--classifier", folder_.path()});
  EXPECT_EQ(misspelt.exit_code, 2);
  EXPECT_THAT(misspelt.err, HasSubstr("gives no label \"alwyas\"; it gives always, never"));
  const ProcessResult none = GenerateWithRule("always", {});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("no classifier is installed that could give \"always\""));
  folder_.WriteFile("tiny.onnx", "this is no model");
  const ProcessResult broken = GenerateWithRule("always", {"--classifier", folder_.path()});
  EXPECT_EQ(broken.exit_code, 4);
  EXPECT_THAT(broken.err, HasSubstr("tiny.onnx: is no ONNX model"));
  for (const ProcessResult& result : {misspelt, none, broken}) {
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  }
  EXPECT_FALSE(HasVideo());
}

}  // namespace
}  // namespace aozora
