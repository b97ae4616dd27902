// SPDX-License-Identifier: Apache-2.0
#include "world/scene.h"

#include <gtest/gtest.h>

#include <set>

namespace aozora::world {
namespace {

constexpr int kSceneCount = 4000;

bool Same(const Scene& a, const Scene& b) {
  for (int i = 0; i < kAttributeCount; ++i) {
    const Attribute attribute = static_cast<Attribute>(i);
    if (a.ValueOf(attribute) != b.ValueOf(attribute)) return false;
  }
  return a.seed == b.seed && a.coverage == b.coverage && a.place_x == b.place_x &&
         a.second.has_value() == b.second.has_value();
}

TEST(Scene, IsTheSameForTheSameSeed) {
  int different = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    EXPECT_TRUE(Same(SampleScene(seed), SampleScene(seed)));
    different += Same(SampleScene(seed), SampleScene(seed + 1)) ? 0 : 1;
  }
  EXPECT_EQ(different, 200);
}

TEST(Scene, ShowsEveryValueOfEveryAttribute) {
  std::set<int> seen[kAttributeCount];
  for (uint64_t seed = 0; seed < kSceneCount; ++seed) {
    const Scene scene = SampleScene(seed);
    for (int i = 0; i < kAttributeCount; ++i) {
      seen[i].insert(scene.ValueOf(static_cast<Attribute>(i)));
    }
  }
  for (int i = 0; i < kAttributeCount; ++i) {
    const Attribute attribute = static_cast<Attribute>(i);
    EXPECT_EQ(static_cast<int>(seen[i].size()), ValueCount(attribute)) << AttributeName(attribute);
  }
}

TEST(Scene, IsAlwaysPlausible) {
  for (uint64_t seed = 0; seed < kSceneCount; ++seed) {
    for (const Split split : {Split::kTrain, Split::kHeldOut}) {
      EXPECT_TRUE(IsPlausible(SampleScene(seed, WorldSubset::Full(), split))) << seed;
    }
  }
}

TEST(Plausibility, KnowsWhatBelongsWhere) {
  EXPECT_FALSE(Fits(Setting::kSpace, Subject::kCar));
  EXPECT_FALSE(Fits(Setting::kRoad, Subject::kWhale));
  EXPECT_FALSE(Fits(Setting::kUnderwater, Weather::kSnow));
  EXPECT_FALSE(Fits(TimeOfDay::kNoon, Weather::kAurora));
  EXPECT_FALSE(Fits(Subject::kMoon, TimeOfDay::kNoon));
  EXPECT_FALSE(Fits(Subject::kHouse, Motion::kLeft));
  EXPECT_FALSE(Fits(Subject::kSun, Count::kTwo));
  EXPECT_TRUE(Fits(Setting::kUnderwater, Subject::kWhale));
  EXPECT_TRUE(Fits(Setting::kCalmSea, Subject::kSailboat));
  Scene scene;  // a rest ball on a calm sea at noon
  EXPECT_TRUE(IsPlausible(scene));
  scene.first.motion = Motion::kApproach;
  scene.camera = Camera::kZoomIn;
  EXPECT_FALSE(IsPlausible(scene)) << "a zoom hides an approach";
  scene.camera = Camera::kStill;
  scene.first.motion = Motion::kRise;
  EXPECT_FALSE(IsPlausible(scene)) << "what lies on the water does not fly";
  scene.first.motion = Motion::kRest;
  scene.relation = Relation::kAbove;
  EXPECT_FALSE(IsPlausible(scene)) << "above what?";
}

TEST(Split, NeverShowsHeldOutCombinationsInTraining) {
  const auto held_out = [](const Scene& scene, const Actor& actor) {
    return IsHeldOut(scene.setting, actor.subject, actor.colour);
  };
  for (uint64_t seed = 0; seed < kSceneCount; ++seed) {
    const Scene train = SampleScene(seed, WorldSubset::Full(), Split::kTrain);
    EXPECT_FALSE(held_out(train, train.first));
    if (train.second) {
      EXPECT_FALSE(held_out(train, *train.second));
    }
    const Scene test = SampleScene(seed, WorldSubset::Full(), Split::kHeldOut);
    EXPECT_TRUE(held_out(test, test.first));
  }
}

// A share of 5 % of 15 * 26 * 12 = 4680 combinations: four standard deviations are 1.3 %.
TEST(Split, HoldsOutAboutOneInTwenty) {
  int held_out = 0, all = 0;
  for (int s = 0; s < ValueCount(Attribute::kSetting); ++s) {
    for (int u = 0; u < ValueCount(Attribute::kSubject); ++u) {
      for (int c = 0; c < ValueCount(Attribute::kColour); ++c, ++all) {
        held_out +=
            IsHeldOut(static_cast<Setting>(s), static_cast<Subject>(u), static_cast<Colour>(c));
      }
    }
  }
  EXPECT_NEAR(static_cast<double>(held_out) / all, 0.05, 0.013);
}

TEST(Subset, IsKeptTo) {
  const WorldSubset plain = WorldSubset::Plain();
  std::set<int> settings, subjects;
  for (uint64_t seed = 0; seed < kSceneCount; ++seed) {
    const Scene scene = SampleScene(seed, plain);
    for (int i = 0; i < kAttributeCount; ++i) {
      const Attribute attribute = static_cast<Attribute>(i);
      if (attribute == Attribute::kRelation) continue;
      EXPECT_TRUE(plain.Allows(attribute, scene.ValueOf(attribute))) << AttributeName(attribute);
    }
    EXPECT_FALSE(scene.second.has_value());
    settings.insert(scene.ValueOf(Attribute::kSetting));
    subjects.insert(scene.ValueOf(Attribute::kSubject));
  }
  EXPECT_EQ(settings.size(), 15u);
  EXPECT_EQ(subjects.size(), 26u);
}

TEST(Names, AreReadBack) {
  for (int i = 0; i < kAttributeCount; ++i) {
    const Attribute attribute = static_cast<Attribute>(i);
    for (int value = 0; value < ValueCount(attribute); ++value) {
      EXPECT_EQ(ParseValue(attribute, ValueName(attribute, value)), value);
    }
    EXPECT_EQ(ParseValue(attribute, "nonsense"), std::nullopt);
  }
}

}  // namespace
}  // namespace aozora::world
