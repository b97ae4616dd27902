// SPDX-License-Identifier: Apache-2.0
// What a short clip of the procedural world shows, as exact attributes. The renderer (render.h)
// turns a Scene into pictures, the grammar (caption.h) into sentences; nothing else is needed to
// make as many captioned clips as a training run wants.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aozora::world {

enum class Setting : uint8_t {
  kCalmSea,
  kStormySea,
  kBeach,
  kLake,
  kHills,
  kMountains,
  kDesert,
  kCity,
  kForest,
  kRoad,
  kNightSky,
  kSpace,
  kUnderwater,
  kMeadow,
  kClouds,
};
enum class TimeOfDay : uint8_t { kDawn, kMorning, kNoon, kSunset, kDusk, kNight };
enum class Weather : uint8_t { kClear, kCloudy, kRain, kSnow, kFog, kStorm, kAurora };
enum class Subject : uint8_t {
  kSailboat,
  kBalloon,
  kBird,
  kWhale,
  kFish,
  kCar,
  kTrain,
  kRocket,
  kKite,
  kButterfly,
  kLighthouse,
  kWindmill,
  kPaperPlane,
  kLantern,
  kBall,
  kCube,
  kAirplane,
  kSaucer,
  kJellyfish,
  kFireworks,
  kTree,
  kHouse,
  kMoon,
  kSun,
  kTurtle,
  kFlower,
};
enum class Colour : uint8_t {
  kRed,
  kOrange,
  kYellow,
  kGreen,
  kTurquoise,
  kBlue,
  kPurple,
  kPink,
  kWhite,
  kBlack,
  kBrown,
  kGold,
};
enum class Motion : uint8_t {
  kRest,
  kLeft,
  kRight,
  kRise,
  kFall,
  kApproach,
  kRecede,
  kSpin,
  kBounce,
  kCircle,
};
enum class Camera : uint8_t {
  kStill,
  kPanLeft,
  kPanRight,
  kTiltUp,
  kTiltDown,
  kZoomIn,
  kZoomOut,
};
enum class Look : uint8_t { kSoft, kFlat, kNeon, kInk, kPastel, kVintage };
enum class Count : uint8_t { kOne, kTwo, kThree, kMany };
// Where the first subject is, seen from the second.
enum class Relation : uint8_t { kNone, kAbove, kLeftOf, kRightOf, kBehind };

// The attributes by number, for tables, auxiliary losses and the judge.
enum class Attribute : uint8_t {
  kSetting,
  kTime,
  kWeather,
  kSubject,
  kColour,
  kMotion,
  kCamera,
  kLook,
  kCount,
  kRelation,
};
inline constexpr int kAttributeCount = 10;
inline constexpr int kManyCount = 6;  // pictures drawn for Count::kMany

int ValueCount(Attribute attribute);
std::string_view AttributeName(Attribute attribute);         // "setting"
std::string_view ValueName(Attribute attribute, int value);  // "calm_sea"; keys of the data files
std::optional<int> ParseValue(Attribute attribute, std::string_view name);

struct Actor {
  Subject subject = Subject::kBall;
  Colour colour = Colour::kRed;
  Motion motion = Motion::kRest;
};

// Everything that the pictures depend on. Lengths are in units of sqrt(width * height * 9 / 16),
// which is the height of a 16:9 picture, so that a scene fills every shape of picture alike.
struct Scene {
  uint64_t seed = 0;  // of details: where clouds, stars and buildings are
  Setting setting = Setting::kCalmSea;
  TimeOfDay time = TimeOfDay::kNoon;
  Weather weather = Weather::kClear;
  Camera camera = Camera::kStill;
  Look look = Look::kSoft;
  Count count = Count::kOne;  // of the first subject
  Actor first;
  std::optional<Actor> second;
  Relation relation = Relation::kNone;

  double duration_s = 10;    // motions and camera moves take this long; they go on beyond it
  float coverage = 0.12f;    // share of the picture that the first subject fills in mid-clip
  float place_x = 0;         // of the first subject in mid-clip, from the middle of the picture
  float place_y = 0;         // of what floats freely, -1 low .. 1 high
  float speed = 1;           // of the motions, 0.8 .. 1.2
  float wander = 0;          // where along its world the camera stands, world units
  bool sun_on_left = false;  // where low suns and moons stand

  int ValueOf(Attribute attribute) const;  // of the first subject
};

// Which values may be drawn: bit v of values[attribute] allows value v.
struct WorldSubset {
  std::array<uint32_t, kAttributeCount> values;
  bool two_subjects = true;

  static WorldSubset Full();
  // Every setting and subject, but one kind of subject at a time and up to three of it, one look
  // and no lightning: what some CPU-hours of training can learn.
  static WorldSubset Plain();
  bool Allows(Attribute attribute, int value) const;
};

// About one in twenty combinations of setting, subject and colour never occurs in training, so that
// a model can be asked for something that it has not seen. The rule is a hash: it never changes.
enum class Split { kTrain, kHeldOut };
bool IsHeldOut(Setting setting, Subject subject, Colour colour);

// The scene that `seed` stands for: the same on every machine. Every scene is plausible (below) and
// inside of the subset; those of kTrain hold no held-out combination, those of kHeldOut have one as
// their first subject. A subset that leaves no such scene is a bug of the caller (CHECK).
Scene SampleScene(uint64_t seed, const WorldSubset& subset = WorldSubset::Full(),
                  Split split = Split::kTrain);

// What belongs together. No car in space, no whale on a road, no aurora at noon.
bool Fits(Setting setting, TimeOfDay time);
bool Fits(Setting setting, Weather weather);
bool Fits(TimeOfDay time, Weather weather);
bool Fits(Setting setting, Subject subject);
bool Fits(Subject subject, TimeOfDay time);
bool Fits(Subject subject, Colour colour);
bool Fits(Subject subject, Motion motion);
bool Fits(Subject subject, Count count);
bool IsPlausible(const Scene& scene);

// How a subject is placed: with its foot on ground or water, freely in air, water or space, or far
// away in the sky.
enum class Anchor { kFoot, kFree, kSky };
Anchor AnchorOf(Subject subject, Setting setting);
bool HasHorizon(Setting setting);
bool IsWater(Setting setting);  // what lies below the horizon mirrors

}  // namespace aozora::world
