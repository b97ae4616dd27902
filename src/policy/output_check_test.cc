// SPDX-License-Identifier: Apache-2.0
#include "policy/output_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/clock.h"
#include "policy/picture_testonly.h"
#include "policy/policy_file.h"

namespace aozora::policy {
namespace {

constexpr FrameRate kRate = {24, 1};

class CountingSink : public FrameSink {
 public:
  Status Write(const Image& frame) override {
    ++frame_count;
    last = frame;
    return Ok();
  }
  Status Finish() override {
    finished = true;
    return Ok();
  }
  uint64_t frame_count = 0;
  bool finished = false;
  Image last;
};

class LabelClassifier : public FrameClassifier {
 public:
  explicit LabelClassifier(float score) : score_(score) {}
  std::string_view name() const override { return "labels"; }
  std::vector<std::string> labels() const override { return {"nsfw", "other"}; }
  Result<std::vector<LabelScore>> Classify(const Image&) override {
    ++call_count;
    if (score_ < 0) return Error::Io("model file is gone");
    return std::vector<LabelScore>{{"nsfw", score_}, {"other", 1}};
  }
  int call_count = 0;

 private:
  float score_;
};

std::shared_ptr<const Policy> PolicyOf(std::string_view output) {
  return ParsePolicy("format = 1\nrevision = \"r\"\n" + std::string(output), "test").value();
}

OutputDecision DecisionOf(const std::shared_ptr<const Policy>& policy, int frame_count,
                          const std::function<Image(int)>& picture, Role role = Role::kArtist,
                          FrameClassifier* classifier = nullptr) {
  OutputCheck check(policy, kRate, classifier);
  for (int i = 0; i < frame_count; ++i) check.Add(picture(i));
  return check.Decide(role);
}

std::vector<std::string> Ids(const OutputDecision& decision) {
  std::vector<std::string> ids;
  for (const OutputReason& reason : decision.reasons) ids.push_back(reason.id);
  return ids;
}

// Ever more of a scene to the right.
Image Moving(int i) { return Scene(3, static_cast<uint32_t>(128 + i), 72, 128); }

TEST(OutputCheck, AQuietClipHasNoReasons) {
  const OutputDecision decision = DecisionOf(DefaultPolicy(), 96, Moving);
  EXPECT_THAT(Ids(decision), testing::IsEmpty());
  EXPECT_EQ(decision.action, Action::kAllow);
  EXPECT_EQ(decision.policy_version, DefaultPolicy()->version);
  EXPECT_EQ(DecisionOf(DefaultPolicy(), 0, nullptr).action, Action::kAllow);
}

TEST(OutputCheck, FlashesAreForReviewAndNameTheirFrame) {
  const OutputDecision decision = DecisionOf(DefaultPolicy(), 96, [](int i) {
    return Painted(i % 4 < 2 ? kBlackColour : kWhiteColour);  // six a second
  });
  EXPECT_THAT(Ids(decision), testing::ElementsAre("flash"));
  EXPECT_EQ(decision.action, Action::kReview);
  EXPECT_EQ(decision.reasons[0].frame_index, 14u);  // the seventh change
  const OutputDecision fast = DecisionOf(
      DefaultPolicy(), 48, [](int i) { return Painted(i % 2 == 0 ? kRedColour : kBlackColour); });
  EXPECT_THAT(Ids(fast), testing::ElementsAre("flash", "red_flash", "strobe"));
}

TEST(OutputCheck, BlackAndFrozenClipsAreFound) {
  EXPECT_THAT(Ids(DecisionOf(DefaultPolicy(), 96, [](int) { return Painted(GreyOf(0.005)); })),
              testing::ElementsAre("black", "frozen"));
  EXPECT_THAT(Ids(DecisionOf(DefaultPolicy(), 96, [](int) { return Scene(5, 64, 36); })),
              testing::ElementsAre("frozen"));
  EXPECT_THAT(Ids(DecisionOf(DefaultPolicy(), 1, [](int) { return Scene(5, 64, 36); })),
              testing::IsEmpty());
}

TEST(OutputCheck, SkinOfAnyToneIsAReasonToLook) {
  for (const Colour tone : {Colour{255, 219, 172}, {224, 172, 105}, {141, 85, 36}, {92, 58, 33}}) {
    const OutputDecision decision = DecisionOf(DefaultPolicy(), 30, [&](int i) {
      Image image = Painted(tone, 0.7);
      image.rgb[0] = static_cast<uint8_t>(i);
      return image;
    });
    EXPECT_THAT(Ids(decision), testing::Contains("skin"));
    EXPECT_EQ(decision.action, Action::kReview);
  }
  // Blue, and the warm greys of a sea and a sky at dusk.
  for (const Colour tone : {Colour{40, 90, 200}, {120, 108, 98}, {130, 104, 108}}) {
    EXPECT_THAT(Ids(DecisionOf(DefaultPolicy(), 30, [&](int) { return Painted(tone); })),
                testing::Not(testing::Contains("skin")));
  }
}

TEST(OutputCheck, ABlockedPictureIsFoundInOneSecondOfTheClip) {
  const auto policy = PolicyOf(
      fmt::format("[output.actions]\nblocked_picture = \"block\"\n[[output.blocked_pictures]]\n"
                  "id = \"case-1\"\nhash = \"{:016x}\"\n",
                  HashPicture(Scene(9))->bits));
  const auto with = [&](uint64_t seed) {
    const Image other = Scene(2), scene = Scene(seed);
    return DecisionOf(policy, 72, [&](int i) { return i / 24 == 1 ? scene : other; });
  };
  EXPECT_THAT(Ids(with(9)), testing::ElementsAre("blocked_picture:case-1"));
  EXPECT_EQ(with(9).action, Action::kBlock);
  EXPECT_EQ(with(9).reasons[0].frame_index, 24u);
  EXPECT_THAT(Ids(with(7)), testing::IsEmpty());
}

TEST(OutputCheck, LabelsOfAClassifierMeanWhatThePolicySaysForTheRole) {
  const auto policy = PolicyOf(
      "[actions.default]\n\"sexual\" = { high = \"block\" }\n"
      "[actions.red_team]\n\"sexual\" = { high = \"review\" }\n"
      "[[output.labels]]\nlabel = \"nsfw\"\ncategory = \"sexual\"\nseverity = \"high\"\n"
      "score_min = 0.8\n");
  const auto with = [&](float score, Role role) {
    LabelClassifier classifier(score);
    const auto decision = DecisionOf(policy, 48, Moving, role, &classifier);
    EXPECT_EQ(classifier.call_count, 2);
    return decision;
  };
  EXPECT_EQ(with(0.7f, Role::kArtist).action, Action::kAllow);
  EXPECT_EQ(with(0.9f, Role::kArtist).action, Action::kBlock);
  EXPECT_EQ(with(0.9f, Role::kArtist).reasons[0].category, Category::kSexual);
  EXPECT_EQ(with(0.9f, Role::kRedTeam).action, Action::kReview);
  EXPECT_THAT(Ids(with(-1, Role::kArtist)), testing::ElementsAre("classifier_error"));
  EXPECT_EQ(with(-1, Role::kArtist).action, Action::kReview);
}

TEST(OutputCheck, LooksOnceASecondAndAfterCuts) {
  OutputCheck check(DefaultPolicy(), {30000, 1001}, nullptr);
  const Image dark = Painted(GreyOf(0.05)), light = Painted(GreyOf(0.7));
  for (int i = 0; i < 90; ++i) check.Add(i < 40 ? dark : light);  // 3.003 seconds, one cut
  EXPECT_EQ(check.sample_count(), 4u);
}

TEST(OutputCheckSink, PassesFramesOnUnchanged) {
  CountingSink next;
  OutputCheckSink sink(next, DefaultPolicy(), kRate, Role::kArtist);
  const Image scene = Scene(1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(sink.Write(scene).ok());
  EXPECT_EQ(next.frame_count, 5u);
  EXPECT_EQ(next.last.rgb, scene.rgb);
  EXPECT_TRUE(sink.Finish().ok());
  EXPECT_TRUE(next.finished);
}

TEST(OutputCheckSink, ABlockedClipIsNeverFinishedUnlessOnADryRun) {
  for (const bool is_dry_run : {false, true}) {
    const auto policy = ParsePolicy(fmt::format("format = 1\nrevision = \"r\"\ndry_run = {}\n"
                                                "[output.actions]\nflash = \"block\"\n",
                                                is_dry_run),
                                    "test")
                            .value();
    CountingSink next;
    OutputCheckSink sink(next, policy, kRate, Role::kArtist);
    for (int i = 0; i < 48; ++i) {
      ASSERT_TRUE(sink.Write(Painted(i % 4 < 2 ? kBlackColour : kWhiteColour)).ok());
    }
    const Status finished = sink.Finish();
    EXPECT_EQ(finished.ok(), is_dry_run);
    EXPECT_EQ(next.finished, is_dry_run);
    EXPECT_EQ(sink.Decide().verdict, Action::kBlock);
    if (!is_dry_run) {
      EXPECT_EQ(finished.error().message(), "content_filter: flash");
    }
  }
}

TEST(OutputCheckTime, AFullHdFrameCostsLittle) {
  const Image frame = Painted({130, 90, 60}, 0.5, 1920, 1080);
  constexpr int kFrames = 72;
  const auto milliseconds = [&](const std::shared_ptr<const Policy>& policy) {
    OutputCheck check(policy, kRate, nullptr);
    const double start = SystemClock().Seconds();
    for (int i = 0; i < kFrames; ++i) check.Add(frame);
    return 1e3 * (SystemClock().Seconds() - start) / kFrames;
  };
  const auto with_pictures =
      PolicyOf("[[output.blocked_pictures]]\nid = \"a\"\nhash = \"0123456789abcdef\"\n");
  const double plain = milliseconds(DefaultPolicy());
  fmt::print("  {:.2f} ms a frame of 1080p, {:.2f} ms with blocked pictures\n", plain,
             milliseconds(with_pictures));
  EXPECT_LT(plain, 20);  // generous: tests run beside others, and with sanitizers
}

}  // namespace
}  // namespace aozora::policy
