// SPDX-License-Identifier: Apache-2.0
// The names of the values, and what belongs together.
#include <initializer_list>
#include <span>

#include "base/check.h"
#include "world/scene.h"

namespace aozora::world {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kSettings[] = {
    "calm_sea", "stormy_sea", "beach",     "lake",  "hills",      "mountains", "desert", "city",
    "forest",   "road",       "night_sky", "space", "underwater", "meadow",    "clouds"};
constexpr std::string_view kTimes[] = {"dawn", "morning", "noon", "sunset", "dusk", "night"};
constexpr std::string_view kWeathers[] = {"clear", "cloudy", "rain",  "snow",
                                          "fog",   "storm",  "aurora"};
constexpr std::string_view kSubjects[] = {
    "sailboat", "balloon", "bird",      "whale",      "fish",      "car",         "train",
    "rocket",   "kite",    "butterfly", "lighthouse", "windmill",  "paper_plane", "lantern",
    "ball",     "cube",    "airplane",  "saucer",     "jellyfish", "fireworks",   "tree",
    "house",    "moon",    "sun",       "turtle",     "flower"};
constexpr std::string_view kColours[] = {"red",       "orange", "yellow", "green",
                                         "turquoise", "blue",   "purple", "pink",
                                         "white",     "black",  "brown",  "gold"};
constexpr std::string_view kMotions[] = {"rest",     "left",   "right", "rise",   "fall",
                                         "approach", "recede", "spin",  "bounce", "circle"};
constexpr std::string_view kCameras[] = {"still",     "pan_left", "pan_right", "tilt_up",
                                         "tilt_down", "zoom_in",  "zoom_out"};
constexpr std::string_view kLooks[] = {"soft", "flat", "neon", "ink", "pastel", "vintage"};
constexpr std::string_view kCounts[] = {"one", "two", "three", "many"};
constexpr std::string_view kRelations[] = {"none", "above", "left_of", "right_of", "behind"};
constexpr std::string_view kAttributes[] = {"setting", "time",   "weather", "subject", "colour",
                                            "motion",  "camera", "look",    "count",   "relation"};

Names NamesOf(Attribute attribute) {
  static constexpr Names kNames[kAttributeCount] = {kSettings, kTimes,    kWeathers, kSubjects,
                                                    kColours,  kMotions,  kCameras,  kLooks,
                                                    kCounts,   kRelations};
  return kNames[static_cast<int>(attribute)];
}

template <class Enum>
constexpr uint32_t Mask(std::initializer_list<Enum> values) {
  uint32_t mask = 0;
  for (const Enum value : values) mask |= 1u << static_cast<int>(value);
  return mask;
}

template <class Enum>
bool Has(uint32_t mask, Enum value) {
  return (mask >> static_cast<int>(value) & 1u) != 0;
}

using S = Setting;
constexpr uint32_t kWater = Mask({S::kCalmSea, S::kStormySea, S::kLake});
constexpr uint32_t kLand = Mask(
    {S::kBeach, S::kHills, S::kMountains, S::kDesert, S::kCity, S::kForest, S::kRoad, S::kMeadow});
constexpr uint32_t kOpenAir = kWater | kLand | Mask({S::kNightSky, S::kClouds});

uint32_t SettingsOf(Subject subject) {
  switch (subject) {
    case Subject::kSailboat:
      return kWater;
    case Subject::kBalloon:
      return kOpenAir;
    case Subject::kBird:
      return kOpenAir;
    case Subject::kWhale:
      return Mask({S::kCalmSea, S::kStormySea, S::kUnderwater});
    case Subject::kFish:
      return Mask({S::kUnderwater});
    case Subject::kCar:
      return Mask({S::kRoad, S::kCity, S::kDesert, S::kMountains, S::kForest});
    case Subject::kTrain:
      return kLand & ~Mask({S::kBeach, S::kRoad});
    case Subject::kRocket:
      return Mask({S::kSpace, S::kNightSky, S::kDesert, S::kClouds, S::kCity, S::kMountains});
    case Subject::kKite:
      return kLand & ~Mask({S::kForest, S::kRoad});
    case Subject::kButterfly:
      return Mask({S::kMeadow, S::kForest, S::kHills, S::kLake});
    case Subject::kLighthouse:
      return kWater | Mask({S::kBeach});
    case Subject::kWindmill:
      return Mask({S::kHills, S::kMeadow, S::kMountains, S::kRoad});
    case Subject::kPaperPlane:
      return kOpenAir & ~Mask({S::kStormySea});
    case Subject::kLantern:
      return kOpenAir & ~Mask({S::kStormySea, S::kDesert});
    case Subject::kBall:
      return (kLand | kWater | Mask({S::kSpace})) & ~Mask({S::kStormySea});
    case Subject::kCube:
      return (kLand | kWater | Mask({S::kSpace, S::kClouds}));
    case Subject::kAirplane:
      return kOpenAir & ~Mask({S::kForest});
    case Subject::kSaucer:
      return kOpenAir | Mask({S::kSpace});
    case Subject::kJellyfish:
      return Mask({S::kUnderwater});
    case Subject::kFireworks:
      return Mask({S::kCity, S::kNightSky, S::kLake, S::kCalmSea, S::kBeach, S::kHills});
    case Subject::kTree:
      return kLand & ~Mask({S::kRoad});
    case Subject::kHouse:
      return kLand & ~Mask({S::kCity});
    case Subject::kMoon:
      return (kOpenAir & ~Mask({S::kForest})) | Mask({S::kSpace});
    case Subject::kSun:
      return kOpenAir & ~Mask({S::kNightSky, S::kForest, S::kStormySea});
    case Subject::kTurtle:
      return Mask({S::kUnderwater, S::kBeach});
    case Subject::kFlower:
      return Mask({S::kMeadow, S::kHills, S::kForest, S::kDesert});
  }
  return 0;
}

using M = Motion;
constexpr uint32_t kFloats =
    Mask({M::kRest, M::kLeft, M::kRight, M::kRise, M::kFall, M::kApproach, M::kRecede, M::kCircle});
constexpr uint32_t kRolls = Mask({M::kRest, M::kLeft, M::kRight, M::kApproach, M::kRecede});

uint32_t MotionsOf(Subject subject) {
  switch (subject) {
    case Subject::kSailboat:
      return kRolls;
    case Subject::kCar:
      return Mask({M::kRest, M::kLeft, M::kRight, M::kBounce});
    case Subject::kTrain:
      return Mask({M::kRest, M::kLeft, M::kRight});
    case Subject::kWhale:
      return kRolls | Mask({M::kBounce});
    case Subject::kFish:
    case Subject::kTurtle:
      return kRolls | Mask({M::kCircle});
    case Subject::kRocket:
      return Mask({M::kRise, M::kFall, M::kApproach, M::kRecede, M::kRest});
    case Subject::kLighthouse:
    case Subject::kHouse:
      return Mask({M::kRest});
    case Subject::kTree:
    case Subject::kFlower:
      return Mask({M::kRest});
    case Subject::kWindmill:
      return Mask({M::kRest, M::kSpin});
    case Subject::kBall:
    case Subject::kCube:
      return kFloats | Mask({M::kSpin, M::kBounce});
    case Subject::kSaucer:
      return kFloats | Mask({M::kBounce});
    case Subject::kPaperPlane:
    case Subject::kAirplane:
      return Mask({M::kLeft, M::kRight, M::kRise, M::kFall, M::kApproach, M::kRecede, M::kCircle});
    case Subject::kFireworks:
      return Mask({M::kRest, M::kRise});
    case Subject::kMoon:
    case Subject::kSun:
      return Mask({M::kRest, M::kRise, M::kFall});
    case Subject::kKite:
      return kFloats | Mask({M::kSpin});
    case Subject::kBalloon:
    case Subject::kBird:
    case Subject::kButterfly:
    case Subject::kLantern:
    case Subject::kJellyfish:
      return kFloats;
  }
  return 0;
}

constexpr uint32_t kDark = Mask({TimeOfDay::kDusk, TimeOfDay::kNight});

}  // namespace

int ValueCount(Attribute attribute) { return static_cast<int>(NamesOf(attribute).size()); }

std::string_view AttributeName(Attribute attribute) {
  return kAttributes[static_cast<int>(attribute)];
}

std::string_view ValueName(Attribute attribute, int value) {
  const Names names = NamesOf(attribute);
  CHECK(value >= 0 && static_cast<size_t>(value) < names.size());
  return names[static_cast<size_t>(value)];
}

std::optional<int> ParseValue(Attribute attribute, std::string_view name) {
  const Names names = NamesOf(attribute);
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<int>(i);
  }
  return std::nullopt;
}

int Scene::ValueOf(Attribute attribute) const {
  switch (attribute) {
    case Attribute::kSetting:
      return static_cast<int>(setting);
    case Attribute::kTime:
      return static_cast<int>(time);
    case Attribute::kWeather:
      return static_cast<int>(weather);
    case Attribute::kSubject:
      return static_cast<int>(first.subject);
    case Attribute::kColour:
      return static_cast<int>(first.colour);
    case Attribute::kMotion:
      return static_cast<int>(first.motion);
    case Attribute::kCamera:
      return static_cast<int>(camera);
    case Attribute::kLook:
      return static_cast<int>(look);
    case Attribute::kCount:
      return static_cast<int>(count);
    case Attribute::kRelation:
      return static_cast<int>(relation);
  }
  return 0;
}

bool Fits(Setting setting, TimeOfDay time) {
  // In space it is always night, and below water the light of some hours is all the same.
  if (setting == Setting::kSpace) return time == TimeOfDay::kNight;
  if (setting == Setting::kNightSky) return Has(kDark, time);
  return true;
}

bool Fits(Setting setting, Weather weather) {
  switch (setting) {
    case Setting::kSpace:
    case Setting::kUnderwater:
      return weather == Weather::kClear;
    case Setting::kNightSky:
      return weather == Weather::kClear || weather == Weather::kAurora;
    case Setting::kClouds:
      return weather == Weather::kClear || weather == Weather::kAurora;
    case Setting::kStormySea:
      return weather == Weather::kCloudy || weather == Weather::kRain || weather == Weather::kStorm;
    case Setting::kCalmSea:
      return weather != Weather::kStorm;
    case Setting::kDesert:
      return weather != Weather::kSnow && weather != Weather::kAurora;
    case Setting::kMountains:
      return weather != Weather::kRain;
    default:
      return true;
  }
}

bool Fits(TimeOfDay time, Weather weather) {
  return weather != Weather::kAurora || Has(kDark, time);
}

bool Fits(Setting setting, Subject subject) { return Has(SettingsOf(subject), setting); }

bool Fits(Subject subject, TimeOfDay time) {
  if (subject == Subject::kFireworks || subject == Subject::kMoon || subject == Subject::kLantern) {
    return Has(kDark, time);
  }
  return subject != Subject::kSun || !Has(kDark, time);
}

bool Fits(Subject subject, Colour colour) {
  using C = Colour;
  switch (subject) {
    case Subject::kSun:
      return Has(Mask({C::kYellow, C::kOrange, C::kRed, C::kGold}), colour);
    case Subject::kMoon:
      return Has(Mask({C::kWhite, C::kYellow, C::kRed, C::kOrange, C::kBlue, C::kGold}), colour);
    case Subject::kTree:
      return Has(Mask({C::kGreen, C::kRed, C::kOrange, C::kYellow, C::kPink, C::kWhite, C::kGold}),
                 colour);
    case Subject::kFireworks:
    case Subject::kLantern:
      return colour != C::kBlack && colour != C::kBrown;
    case Subject::kJellyfish:
    case Subject::kFlower:
      return colour != C::kBlack && colour != C::kBrown && colour != C::kGreen;
    default:
      return true;
  }
}

bool Fits(Subject subject, Motion motion) { return Has(MotionsOf(subject), motion); }

bool Fits(Subject subject, Count count) {
  constexpr uint32_t kAlone =
      Mask({Subject::kMoon, Subject::kSun, Subject::kLighthouse, Subject::kTrain});
  constexpr uint32_t kFlocks = Mask(
      {Subject::kBalloon, Subject::kBird, Subject::kFish, Subject::kButterfly, Subject::kLantern,
       Subject::kJellyfish, Subject::kKite, Subject::kPaperPlane, Subject::kFlower,
       Subject::kFireworks, Subject::kSaucer, Subject::kTree, Subject::kBall});
  if (Has(kAlone, subject)) return count == Count::kOne;
  return count != Count::kMany || Has(kFlocks, subject);
}

Anchor AnchorOf(Subject subject, Setting setting) {
  if (subject == Subject::kMoon || subject == Subject::kSun) return Anchor::kSky;
  if (!HasHorizon(setting)) return Anchor::kFree;
  constexpr uint32_t kStand =
      Mask({Subject::kSailboat, Subject::kWhale, Subject::kCar, Subject::kTrain,
            Subject::kLighthouse, Subject::kWindmill, Subject::kBall, Subject::kCube,
            Subject::kTree, Subject::kHouse, Subject::kTurtle, Subject::kFlower});
  if (subject == Subject::kCube && setting == Setting::kClouds) return Anchor::kFree;
  return Has(kStand, subject) ? Anchor::kFoot : Anchor::kFree;
}

bool HasHorizon(Setting setting) {
  return setting != Setting::kSpace && setting != Setting::kUnderwater;
}

bool IsWater(Setting setting) { return Has(kWater, setting); }

namespace {

bool FitsActor(const Scene& scene, const Actor& actor) {
  return Fits(scene.setting, actor.subject) && Fits(actor.subject, scene.time) &&
         Fits(actor.subject, actor.colour) && Fits(actor.subject, actor.motion) &&
         // What stands on the ground neither sinks into it nor flies away.
         (AnchorOf(actor.subject, scene.setting) != Anchor::kFoot ||
          !Has(Mask({M::kRise, M::kFall, M::kCircle}), actor.motion));
}

bool FitsPair(const Scene& scene) {
  const Anchor first = AnchorOf(scene.first.subject, scene.setting);
  const Anchor second = AnchorOf(scene.second->subject, scene.setting);
  if (scene.first.subject == scene.second->subject || scene.count != Count::kOne) return false;
  if (second == Anchor::kSky || scene.relation == Relation::kNone) return false;
  switch (scene.relation) {
    case Relation::kAbove:
      return first == Anchor::kFree && scene.first.motion != M::kFall;
    case Relation::kLeftOf:
      return first != Anchor::kSky && scene.first.motion != M::kRight;
    case Relation::kRightOf:
      return first != Anchor::kSky && scene.first.motion != M::kLeft;
    case Relation::kBehind:
      return first == second && scene.first.motion == M::kRest;
    case Relation::kNone:
      return false;
  }
  return false;
}

}  // namespace

bool IsPlausible(const Scene& scene) {
  if (!Fits(scene.setting, scene.time) || !Fits(scene.setting, scene.weather) ||
      !Fits(scene.time, scene.weather) || !FitsActor(scene, scene.first) ||
      !Fits(scene.first.subject, scene.count)) {
    return false;
  }
  // A sun or moon is seen only where the sky lets it through.
  if (AnchorOf(scene.first.subject, scene.setting) == Anchor::kSky &&
      scene.weather != Weather::kClear && scene.weather != Weather::kAurora) {
    return false;
  }
  const bool zooms = scene.camera == Camera::kZoomIn || scene.camera == Camera::kZoomOut;
  const bool grows = scene.first.motion == M::kApproach || scene.first.motion == M::kRecede;
  if (zooms && grows) return false;  // one would hide the other
  if (!scene.second) return scene.relation == Relation::kNone;
  return FitsActor(scene, *scene.second) && scene.second->motion == M::kRest && FitsPair(scene);
}

}  // namespace aozora::world
