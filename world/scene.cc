// SPDX-License-Identifier: Apache-2.0
#include "world/scene.h"

#include "base/check.h"
#include "base/rng.h"
#include "world/dice.h"

namespace aozora::world {
namespace {

constexpr uint32_t kHeldOutOneIn = 20;
constexpr int kSceneTriesMax = 100'000;  // of drawing a plausible scene; a few dozen are usual

constexpr int kTriesOfPair = 2000;

constexpr uint32_t AllBits(int count) { return (1u << count) - 1; }

uint32_t& Values(WorldSubset& subset, Attribute attribute) {
  return subset.values[static_cast<size_t>(attribute)];
}

template <class Enum>
Enum Draw(Dice& dice, const WorldSubset& subset, Attribute attribute) {
  const uint32_t mask = subset.values[static_cast<size_t>(attribute)];
  CHECK(mask != 0);
  for (;;) {
    const uint32_t value = dice.Below(static_cast<uint32_t>(ValueCount(attribute)));
    if ((mask >> value & 1u) != 0) return static_cast<Enum>(value);
  }
}

Actor DrawActor(Dice& dice, const WorldSubset& subset) {
  Actor actor;
  actor.subject = Draw<Subject>(dice, subset, Attribute::kSubject);
  actor.colour = Draw<Colour>(dice, subset, Attribute::kColour);
  actor.motion = Draw<Motion>(dice, subset, Attribute::kMotion);
  return actor;
}

void DrawPair(Dice& dice, const WorldSubset& subset, Scene& scene) {
  scene.count = Count::kOne;
  scene.second = DrawActor(dice, subset);
  scene.second->motion = Motion::kRest;
  scene.relation = static_cast<Relation>(1 + dice.Below(4));
}

struct Pair {
  Setting setting;
  Subject subject;
};

// Half of the time the setting comes first, else the subject: so neither settings where little is
// plausible nor subjects that fit few settings are rare.
Pair DrawPairing(Dice& dice, const WorldSubset& subset) {
  const bool setting_first = dice.Chance(0.5f);
  Pair pair{Draw<Setting>(dice, subset, Attribute::kSetting),
            Draw<Subject>(dice, subset, Attribute::kSubject)};
  for (int tries = 0; tries < kSceneTriesMax && !Fits(pair.setting, pair.subject); ++tries) {
    if (setting_first) {
      pair.subject = Draw<Subject>(dice, subset, Attribute::kSubject);
    } else {
      pair.setting = Draw<Setting>(dice, subset, Attribute::kSetting);
    }
  }
  return pair;
}

Scene DrawScene(Dice& dice, const WorldSubset& subset, const Pair& pair) {
  Scene scene;
  scene.setting = pair.setting;
  scene.time = Draw<TimeOfDay>(dice, subset, Attribute::kTime);
  // Many skies are clear: they show the time of day best.
  scene.weather = subset.Allows(Attribute::kWeather, 0) && dice.Chance(0.4f)
                      ? Weather::kClear
                      : Draw<Weather>(dice, subset, Attribute::kWeather);
  scene.camera = Draw<Camera>(dice, subset, Attribute::kCamera);
  scene.look = subset.Allows(Attribute::kLook, 0) && dice.Chance(0.5f)
                   ? Look::kSoft
                   : Draw<Look>(dice, subset, Attribute::kLook);
  scene.first = DrawActor(dice, subset);
  scene.first.subject = pair.subject;
  const bool several = dice.Chance(0.25f);
  scene.count = several ? Draw<Count>(dice, subset, Attribute::kCount) : Count::kOne;
  if (subset.two_subjects && dice.Chance(0.5f)) DrawPair(dice, subset, scene);
  return scene;
}

bool BelongsTo(const Scene& scene, Split split) {
  const bool first = IsHeldOut(scene.setting, scene.first.subject, scene.first.colour);
  const bool second =
      scene.second && IsHeldOut(scene.setting, scene.second->subject, scene.second->colour);
  return split == Split::kHeldOut ? first : !first && !second;
}

void DrawPlace(Dice& dice, Scene& scene) {
  scene.coverage = dice.Between(0.105f, 0.15f);
  scene.place_x = dice.Between(-0.22f, 0.22f);
  scene.place_y = dice.Between(-1, 1);
  scene.speed = dice.Between(0.8f, 1.2f);
  scene.sun_on_left = dice.Chance(0.5f);
  scene.wander = dice.Between(-0.6f, 0.6f);
}

}  // namespace

WorldSubset WorldSubset::Full() {
  WorldSubset subset;
  for (int i = 0; i < kAttributeCount; ++i) {
    subset.values[static_cast<size_t>(i)] = AllBits(ValueCount(static_cast<Attribute>(i)));
  }
  return subset;
}

WorldSubset WorldSubset::Plain() {
  WorldSubset subset = Full();
  const auto bit = [](auto value) { return 1u << static_cast<int>(value); };
  Values(subset, Attribute::kWeather) &= ~bit(Weather::kStorm);
  Values(subset, Attribute::kLook) = bit(Look::kSoft);
  Values(subset, Attribute::kCount) &= ~bit(Count::kMany);
  subset.two_subjects = false;
  return subset;
}

bool WorldSubset::Allows(Attribute attribute, int value) const {
  return (values[static_cast<size_t>(attribute)] >> value & 1u) != 0;
}

bool IsHeldOut(Setting setting, Subject subject, Colour colour) {
  const std::array<uint32_t, 4> words =
      Philox4x32({static_cast<uint32_t>(setting), static_cast<uint32_t>(subject),
                  static_cast<uint32_t>(colour), 0x68656c64u},
                 {0x61u, 0x6fu});
  return words[0] % kHeldOutOneIn == 0;
}

Scene SampleScene(uint64_t seed, const WorldSubset& subset, Split split) {
  Dice dice(SplitSeed(seed, split == Split::kTrain ? 1 : 2));
  // Setting and subject are kept until something plausible comes of them, or nothing seems to.
  Pair pair = {};
  for (int tries = 0; tries < kSceneTriesMax; ++tries) {
    if (tries % kTriesOfPair == 0) pair = DrawPairing(dice, subset);
    Scene scene = DrawScene(dice, subset, pair);
    if (!IsPlausible(scene) || !BelongsTo(scene, split)) continue;
    DrawPlace(dice, scene);
    scene.seed = SplitSeed(seed, 3);
    return scene;
  }
  CHECK(false);  // no scene of this subset is plausible
  return {};
}

}  // namespace aozora::world
