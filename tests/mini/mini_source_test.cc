// SPDX-License-Identifier: Apache-2.0
// Clips that start from another clip or from a picture.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "mini_fixture.h"
#include "pipeline/latent_frames.h"

namespace aozora {
namespace {

using testing::HasSubstr;

struct Made {
  std::vector<Image> frames;
  std::shared_ptr<const ClipLatent> latent;
};

class MiniSource : public Mini {
 protected:
  Made Make(const GenerateRequest& request, const GeneratorOptions& with = {},
            uint32_t thread_count = 2) {
    mini::TestDevice device(thread_count);
    const Plan plan = MakePlan(*model_, request, SomeMachine()).value();
    KeepingSink sink;
    GeneratorOptions options = with;
    options.latent_path = Path("clip.latent");
    const Image* image = request.image ? &*request.image : nullptr;
    const Status made = Generate(*model_, *device, plan, image, SystemClock(), options, sink);
    EXPECT_TRUE(made.ok()) << made.error().message();
    EXPECT_EQ(sink.frames.size(), plan.frames_delivered());
    return {std::move(sink.frames),
            std::make_shared<const ClipLatent>(ClipLatent::Load(options.latent_path).value())};
  }
  std::string PlanError(const GenerateRequest& request) {
    const Result<Plan> plan = MakePlan(*model_, request, SomeMachine());
    return plan.ok() ? "planned" : plan.error().message();
  }
  Made Source(uint32_t frame_count) {
    GenerateRequest request = SomeRequest();
    request.frame_count = frame_count;
    return Make(request);
  }
};

GenerateRequest RemixOf(const Made& source, double strength) {
  GenerateRequest request;
  request.prompt = "a blue house";
  request.remix = Remix{source.latent, strength};
  return request;
}

GenerateRequest ExtensionOf(const Made& source, uint32_t frame_count) {
  GenerateRequest request;
  request.prompt = "a red boat";
  request.extension.emplace().source = source.latent;
  request.frame_count = frame_count;
  return request;
}

void ExpectSame(const std::vector<Image>& a, size_t a_from, const std::vector<Image>& b,
                size_t b_from, size_t count) {
  ASSERT_LE(a_from + count, a.size());
  ASSERT_LE(b_from + count, b.size());
  for (size_t i = 0; i < count; ++i) EXPECT_EQ(a[a_from + i].rgb, b[b_from + i].rgb) << i;
}

TEST_F(MiniSource, ARemixOfAllStepsIsAFreshRun) {
  const Made source = Source(30);
  GenerateRequest fresh = SomeRequest();
  fresh.prompt = "a blue house";
  fresh.frame_count = 30;
  const Made made = Make(fresh), remixed = Make(RemixOf(source, 1));
  EXPECT_EQ(remixed.latent->pieces[0].values, made.latent->pieces[0].values);
  EXPECT_EQ(remixed.latent->settings.seed, fresh.seed);
  ExpectSame(remixed.frames, 0, made.frames, 0, 30);
}

TEST_F(MiniSource, TheStrengthIsTheShareOfStepsThatAreMadeAgain) {
  GenerateRequest request = SomeRequest();
  request.step_count = 10;
  const Made source = Make(request);
  for (const auto& [strength, first_step] : {std::pair{0.01, 9}, {0.5, 5}, {0.74, 3}, {1.0, 0}}) {
    const Plan plan = MakePlan(*model_, RemixOf(source, strength), SomeMachine()).value();
    EXPECT_EQ(plan.settings.step_count, 10);
    EXPECT_EQ(plan.settings.first_step, first_step);
  }
}

// What is left of a source depends on the strength alone: at 1 nothing.
TEST_F(MiniSource, ARemixStartsFromItsSource) {
  const Made a = Source(3);
  GenerateRequest other = SomeRequest();
  other.prompt = "many odd things";
  other.frame_count = 3;
  const Made b = Make(other);
  const auto latent = [&](const Made& source, double strength) {
    return Make(RemixOf(source, strength)).latent->pieces[0].values;
  };
  EXPECT_NE(latent(a, 0.5), latent(b, 0.5));
  EXPECT_EQ(latent(a, 0.5), latent(a, 0.5));
  EXPECT_EQ(latent(a, 1), latent(b, 1));
}

TEST_F(MiniSource, AnExtensionShowsItsSourceAndGoesOn) {
  const Made source = Source(100);
  const Made whole = Make(ExtensionOf(source, 60));
  ASSERT_EQ(whole.frames.size(), 160u);
  EXPECT_EQ(whole.latent->settings.clip.frame_count, 160u);
  // What is given is kept to the bit; the last half second of a clip looks at what comes behind it.
  const auto& made = whole.latent->pieces[0];
  const auto& given = source.latent->pieces[0];
  for (size_t channel = 0; channel < 18; ++channel) {
    for (size_t i = 0; i < given.size.frame_count * size_t{16}; ++i) {
      EXPECT_EQ(made.values[channel * made.size.frame_count * 16 + i],
                given.values[channel * given.size.frame_count * 16 + i]);
    }
  }
  ExpectSame(whole.frames, 0, source.frames, 0, 100);
  GenerateRequest only_new = ExtensionOf(source, 60);
  only_new.extension->deliver_source = false;
  const Made part = Make(only_new);
  ASSERT_EQ(part.frames.size(), 60u);
  ExpectSame(part.frames, 0, whole.frames, 100, 60);
  EXPECT_EQ(part.latent->Hash(), whole.latent->Hash());
}

double Change(const Image& a, const Image& b) {
  double sum = 0;
  for (size_t i = 0; i < a.rgb.size(); ++i) sum += std::abs(a.rgb[i] - b.rgb[i]);
  return sum / static_cast<double>(a.rgb.size());
}

// Between pictures seam - 1 and seam no more changes than between other neighbours.
void ExpectNoSeam(std::span<const Image> frames, size_t seam) {
  double most = 0;
  for (size_t at = 1; at < frames.size(); ++at) {
    if (at != seam) most = std::max(most, Change(frames[at - 1], frames[at]));
  }
  EXPECT_LE(Change(frames[seam - 1], frames[seam]), 1.25 * most + 0.05);
}

TEST_F(MiniSource, AnExtensionHasNoSeam) {
  const Made source = Source(97);  // all that its latent stands for
  const Made whole = Make(ExtensionOf(source, 48));
  ExpectNoSeam(std::span(whole.frames).subspan(90, 14), 97 - 90);
}

// Played again, its first picture follows its last one as all others follow theirs.
TEST_F(MiniSource, ALoopHasNoSeam) {
  const Made source = Source(110);
  GenerateRequest request;
  request.prompt = "a red boat";
  request.bridge = Bridge{source.latent, nullptr};
  request.frame_count = 96;
  const Made loop = Make(request);
  ASSERT_EQ(loop.frames.size(), 96u + 96u);  // what the source has beyond a whole latent frame goes
  ExpectSame(loop.frames, 0, source.frames, 0, 72);
  // Seen from its middle, where the last picture and the first are neighbours.
  std::vector<Image> around(loop.frames.end() - 8, loop.frames.end());
  around.insert(around.end(), loop.frames.begin(), loop.frames.begin() + 8);
  ExpectNoSeam(around, 8);
}

TEST_F(MiniSource, ABlendShowsBothClipsAndNoJump) {
  const Made source = Source(96);
  GenerateRequest other = SomeRequest();
  other.prompt = "many odd things";
  other.frame_count = 60;
  const Made target = Make(other);
  GenerateRequest request;
  request.prompt = "over";
  request.bridge = Bridge{source.latent, target.latent};
  request.frame_count = 48;
  const Made blend = Make(request);
  ASSERT_EQ(blend.frames.size(), 96u + 48u + 60u);
  ExpectSame(blend.frames, 0, source.frames, 0, 72);
  const auto& made = blend.latent->pieces[0];
  const auto& given = target.latent->pieces[0];
  EXPECT_EQ(LatentFramesOf(made.values, made.size, made.size.frame_count - 2, 2),
            LatentFramesOf(given.values, given.size, given.size.frame_count - 2, 2));
  double most_inside = 0, most_at_ends = 0;
  for (size_t at = 92; at < 149; ++at) {
    const double change = Change(blend.frames[at - 1], blend.frames[at]);
    (at < 100 || at > 140 ? most_at_ends : most_inside) =
        std::max(at < 100 || at > 140 ? most_at_ends : most_inside, change);
  }
  EXPECT_LE(most_at_ends, most_inside);
}

TEST_F(MiniSource, ABridgeSaysWhatItCannotBe) {
  const Made source = Source(96);
  GenerateRequest request;
  request.prompt = "a red boat";
  request.bridge = Bridge{source.latent, nullptr};
  request.frame_count = 50;
  EXPECT_THAT(PlanError(request), HasSubstr("multiples of 2"));
  request.frame_count = 48;
  EXPECT_EQ(PlanError(request), "planned");
  request.extension.emplace().source = source.latent;
  EXPECT_THAT(PlanError(request), HasSubstr("one of them"));
  request.extension.reset();
  request.bridge->source = Source(30).latent;
  EXPECT_THAT(PlanError(request), HasSubstr("needs 2 to go on from"));
}

// The first scene is what it would be alone; the second follows its own words from there.
TEST_F(MiniSource, ScenesFollowOneAnother) {
  GenerateRequest request = SomeRequest();
  request.frame_count = 96;
  const Made alone = Make(request);
  request.further_scenes = {{"many odd things", 3}};
  const Made one = Make(request);
  ASSERT_EQ(one.frames.size(), 96u + 72u);
  ExpectSame(one.frames, 0, alone.frames, 0, 72);
  request.further_scenes[0].prompt = "a blue house";
  EXPECT_NE(Make(request).latent->Hash(), one.latent->Hash());
  request.frame_count = 50;
  EXPECT_THAT(PlanError(request), HasSubstr("goes on after each 2"));
  request.frame_count = 48;
  request.further_scenes[0].prompt = " ";
  EXPECT_THAT(PlanError(request), HasSubstr("scene 2 is empty"));
}

TEST_F(MiniSource, LongClipsAreMadeInPiecesThatAreOneForTheDecoder) {
  GenerateRequest request = SomeRequest();
  request.frame_count = 600;  // 25 seconds, of which 10 are made at once
  request.width_px = 64, request.height_px = 64;
  const Plan plan = MakePlan(*model_, request, SomeMachine()).value();
  EXPECT_EQ(plan.segments.size(), 3u);
  EXPECT_TRUE(plan.joined);
  const Made made = Make(request);
  EXPECT_EQ(made.frames.size(), 600u);
  EXPECT_EQ(made.latent->pieces.size(), 1u);
}

TEST_F(MiniSource, ThreadsDoNotChangeWhatFollowsFromASource) {
  const Made source = Source(60);
  for (const GenerateRequest& request : {RemixOf(source, 0.5), ExtensionOf(source, 50)}) {
    const Made one = Make(request, {}, 1), two = Make(request, {}, 2);
    EXPECT_EQ(one.latent->Hash(), two.latent->Hash());
    ExpectSame(one.frames, 0, two.frames, 0, one.frames.size());
  }
}

// Stopped after its first segment, a run goes on and ends with the same bytes.
TEST_F(MiniSource, AnExtensionResumes) {
  const Made source = Source(60);
  GenerateRequest request = ExtensionOf(source, 500);
  request.width_px = 64, request.height_px = 64;
  const Made whole = Make(request);
  const Plan plan = MakePlan(*model_, request, SomeMachine()).value();
  ASSERT_GE(plan.segments.size(), 2u);
  const RunFolder folder =
      RunFolder::Open(Path("run"), RunIdentity(*model_, plan.settings, nullptr)).value();
  GeneratorOptions options;
  options.run_folder = &folder;
  mini::TestDevice stopped;
  GeneratorOptions stopping = options;
  stopping.progress = [&](const Progress& progress) {
    if (progress.segment_index == 1) stopped.cancel().Cancel();
  };
  KeepingSink sink;
  EXPECT_FALSE(Generate(*model_, *stopped, plan, nullptr, SystemClock(), stopping, sink).ok());
  EXPECT_TRUE(folder.Load(0).value().has_value());
  const Made resumed = Make(request, options);
  EXPECT_EQ(resumed.latent->Hash(), whole.latent->Hash());
  ExpectSame(resumed.frames, 0, whole.frames, 0, whole.frames.size());
}

TEST_F(MiniSource, AClipStartsFromAPicture) {
  const Made source = Source(30);
  GenerateRequest request = SomeRequest();
  request.frame_count = 30;
  request.image = source.frames[10];
  const Plan plan = MakePlan(*model_, request, SomeMachine()).value();
  EXPECT_THAT(plan.notes, testing::Contains(HasSubstr("nearest scene")));
  const Made made = Make(request);
  mini::TestDevice device;
  const auto encoder = model_->OpenEncoder(*device).value();
  ASSERT_TRUE(encoder->Begin(*device, 72, 128).ok());
  std::vector<float> picture;
  for (const uint8_t byte : request.image->rgb) {
    picture.push_back(static_cast<float>(byte) / 255 * 2 - 1);
  }
  const std::vector<float> read = encoder->Encode(*device, picture).value();
  const auto& piece = made.latent->pieces[0];
  for (size_t channel = 0; channel < 18; ++channel) {
    for (size_t cell = 0; cell < 16; ++cell) {
      EXPECT_EQ(piece.values[channel * piece.size.frame_count * 16 + cell],
                read[channel * 16 + cell]);
    }
  }
}

TEST_F(MiniSource, SaysWhatDoesNotGoTogether) {
  const Made source = Source(30);
  GenerateRequest request = RemixOf(source, 0);
  EXPECT_THAT(PlanError(request), HasSubstr("strength of 0"));
  request.remix->strength = 0.5;
  EXPECT_EQ(PlanError(request), "planned");
  request.frame_count = 90;
  EXPECT_THAT(PlanError(request), HasSubstr("18x2x2x8"));
  request.extension.emplace().source = source.latent;
  EXPECT_THAT(PlanError(request), HasSubstr("one of them"));
  request.remix.reset();
  EXPECT_EQ(PlanError(request), "planned");
  request.frame_rate = 12;
  EXPECT_THAT(PlanError(request), HasSubstr("its own 24"));
  request.frame_rate.reset();
  request.image = Image::Black(128, 72);
  EXPECT_THAT(PlanError(request), HasSubstr("no picture"));
  request.image.reset();
  request.frame_count = 4090;
  EXPECT_THAT(PlanError(request), HasSubstr("at most 4096"));
}

}  // namespace
}  // namespace aozora
