// SPDX-License-Identifier: Apache-2.0
#include "pipeline/settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/clean.h"

namespace aozora {
namespace {

using nlohmann::json;

constexpr size_t kExpertsMax = 8;
constexpr size_t kHashBytesMax = 128;
constexpr size_t kShownBytesMax = 60;

// A JSON object whose values are asked for by key, with what they may be.
class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {}

  template <class T = double>
  Result<T> Number(const char* key, double low, double high) const {
    const json* value = Find(key);
    if (value == nullptr || !Fits(*value, low, high)) {
      return Wrong(key, value, fmt::format("a number from {} to {}", low, high));
    }
    return static_cast<T>(value->get<double>());
  }
  Result<uint64_t> Seed(const char* key) const {
    const json* value = Find(key);
    if (value == nullptr || !value->is_number_unsigned()) {
      return Wrong(key, value, "a whole number of 64 bits");
    }
    return value->get<uint64_t>();
  }
  template <class T>
  Result<std::vector<T>> Numbers(const char* key, double low, double high, size_t most) const {
    const json* value = Find(key);
    std::vector<T> numbers;
    const bool list = value != nullptr && value->is_array() && value->size() <= most;
    if (!list || !std::all_of(value->begin(), value->end(),
                              [&](const json& item) { return Fits(item, low, high); })) {
      return Wrong(key, value, fmt::format("at most {} numbers from {} to {}", most, low, high));
    }
    for (const json& item : *value) numbers.push_back(static_cast<T>(item.get<double>()));
    return numbers;
  }
  Result<std::string> Text(const char* key, size_t bytes_max) const {
    const json* value = Find(key);
    if (value == nullptr || !value->is_string() ||
        value->get_ref<const std::string&>().size() > bytes_max) {
      return Wrong(key, value, fmt::format("text of at most {} bytes", bytes_max));
    }
    return value->get<std::string>();
  }
  Result<bool> Flag(const char* key) const {
    const json* value = Find(key);
    if (value == nullptr || !value->is_boolean()) return Wrong(key, value, "true or false");
    return value->get<bool>();
  }
  // A name of a few, by the function that knows them.
  template <class Parse>
  auto Named(const char* key, Parse parse) const
      -> Result<typename decltype(parse(std::string_view()))::value_type> {
    const auto found = parse(TRY(Text(key, kShownBytesMax)));
    if (!found) return Wrong(key, Find(key), "a name that this program knows");
    return *found;
  }

 private:
  static bool Fits(const json& value, double low, double high) {
    return value.is_number() && value.get<double>() >= low && value.get<double>() <= high;
  }
  const json* Find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  static Error Wrong(const char* key, const json* value, std::string_view wanted) {
    std::string shown = "missing";
    if (value != nullptr) shown = value->dump(-1, ' ', true, json::error_handler_t::replace);
    if (shown.size() > kShownBytesMax) shown = shown.substr(0, kShownBytesMax) + "...";
    return Error::Corrupt("{}: is {} and must be {}", key, shown, wanted);
  }

  const json& object_;
};

std::optional<SourceUse> ParseSourceUse(std::string_view name) {
  for (const SourceUse use :
       {SourceUse::kNone, SourceUse::kRemix, SourceUse::kExtension, SourceUse::kBridge}) {
    if (Name(use) == name) return use;
  }
  return std::nullopt;
}

Status ReadSampling(const Reader& from, Settings* s) {
  const auto sampler = [](std::string_view name) -> std::optional<SamplerKind> {
    const Result<SamplerKind> kind = ParseSamplerKind(name);
    return kind.ok() ? std::optional(*kind) : std::nullopt;
  };
  s->seed = TRY(from.Seed("seed"));
  s->noise = TRY(from.Named("noise", ParseNormalKind));
  s->sampler = TRY(from.Named("sampler", sampler));
  s->step_count = TRY(from.Number<int>("steps", 1, kStepsMax));
  s->first_step = TRY(from.Number<int>("first_step", 0, s->step_count - 1));
  s->shift = TRY(from.Number("shift", kShiftMin, kShiftMax));
  s->timesteps = TRY(from.Numbers<double>("timesteps", 1, 1000, kStepsMax));
  s->guidance = TRY(from.Numbers<float>("guidance", 1, kGuidanceMax, kExpertsMax));
  s->boundary = TRY(from.Number("boundary", 0, 1));
  s->cache_threshold = TRY(from.Number<float>("cache_threshold", 0, 1));
  return Ok();
}

Result<std::vector<SceneStart>> ReadScenes(const json& settings, uint32_t frame_count) {
  std::vector<SceneStart> scenes;
  const auto found = settings.find("scenes");
  if (found == settings.end()) return scenes;
  if (!found->is_array() || found->size() >= kScenesMax) {
    return Error::Corrupt("scenes: must be a list of less than {}", kScenesMax);
  }
  for (const json& item : *found) {
    if (!item.is_object()) return Error::Corrupt("scenes: must be objects");
    const Reader from(item);
    const double after = scenes.empty() ? 1 : scenes.back().first_frame + 1.0;
    SceneStart scene;
    scene.first_frame =
        TRY_WITHIN("scenes", from.Number<uint32_t>("from_frame", after, frame_count - 1.0));
    scene.prompt = TRY_WITHIN("scenes", from.Text("prompt", kCleanPromptBytesMax));
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

}  // namespace

std::string_view Name(SourceUse use) {
  switch (use) {
    case SourceUse::kNone:
      return "none";
    case SourceUse::kRemix:
      return "remix";
    case SourceUse::kExtension:
      return "extension";
    case SourceUse::kBridge:
      return "bridge";
  }
  return "none";
}

Result<Schedule> ScheduleOf(const Settings& settings) {
  const auto whole = [&]() -> Result<Schedule> {
    if (settings.timesteps.empty()) {
      return MakeDefaultSchedule(settings.sampler, settings.step_count, settings.shift);
    }
    const std::vector<int> list(settings.timesteps.begin(), settings.timesteps.end());
    const FewStepTimes times =
        settings.sampler == SamplerKind::kDmd ? FewStepTimes::kAsListed : FewStepTimes::kWarped;
    return MakeFewStepSchedule(times, list, settings.shift);
  };
  Schedule schedule = TRY(whole());
  CHECK_LE(0, settings.first_step);
  CHECK_LT(settings.first_step, schedule.step_count());
  schedule.sigmas.erase(schedule.sigmas.begin(), schedule.sigmas.begin() + settings.first_step);
  schedule.timesteps.erase(schedule.timesteps.begin(),
                           schedule.timesteps.begin() + settings.first_step);
  return schedule;
}

std::string SettingsJson(const Settings& s) {
  json all = {
      {"prompt", s.prompt},
      {"negative_prompt", s.negative_prompt},
      {"width", s.clip.width_px},
      {"height", s.clip.height_px},
      {"frames", s.clip.frame_count},
      {"frame_rate", s.frame_rate},
      {"seed", s.seed},
      {"noise", Name(s.noise)},
      {"sampler", Name(s.sampler)},
      {"steps", s.step_count},
      {"first_step", s.first_step},
      {"shift", s.shift},
      {"timesteps", s.timesteps},
      {"guidance", s.guidance},
      {"boundary", s.boundary},
      {"decoder", Name(s.decoder)},
      {"cache_threshold", s.cache_threshold},
      {"image", s.has_image},
      {"source", Name(s.source_use)},
      {"source_hash", s.source_hash},
      {"source_frames", s.source_frame_count},
  };
  for (const SceneStart& scene : s.further_scenes) {
    all["scenes"].push_back({{"from_frame", scene.first_frame}, {"prompt", scene.prompt}});
  }
  if (s.source_use == SourceUse::kBridge) {
    all["target_hash"] = s.target_hash;
    all["target_frames"] = s.target_frame_count;
  }
  return all.dump();
}

Result<Settings> ParseSettings(std::string_view text) {
  const json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return Error::Corrupt("is no JSON object");
  const Reader from(parsed);
  Settings s;
  s.prompt = TRY(from.Text("prompt", kCleanPromptBytesMax));
  s.negative_prompt = TRY(from.Text("negative_prompt", kCleanPromptBytesMax));
  s.clip.width_px = TRY(from.Number<uint32_t>("width", kSidePxMin, kSidePxMax));
  s.clip.height_px = TRY(from.Number<uint32_t>("height", kSidePxMin, kSidePxMax));
  s.clip.frame_count = TRY(from.Number<uint32_t>("frames", 1, kFrameCountMax));
  s.frame_rate = TRY(from.Number("frame_rate", 1e-3, kClipFrameRateMax));
  s.further_scenes = TRY(ReadScenes(parsed, s.clip.frame_count));
  TRY(ReadSampling(from, &s));
  s.decoder = TRY(from.Named("decoder", ParseDecoderKind));
  s.has_image = TRY(from.Flag("image"));
  s.source_use = TRY(from.Named("source", ParseSourceUse));
  s.source_hash = TRY(from.Text("source_hash", kHashBytesMax));
  s.source_frame_count = TRY(from.Number<uint32_t>("source_frames", 0, kFrameCountMax));
  if (s.source_use == SourceUse::kBridge) {
    s.target_hash = TRY(from.Text("target_hash", kHashBytesMax));
    s.target_frame_count = TRY(from.Number<uint32_t>("target_frames", 0, kFrameCountMax));
  }
  return s;
}

}  // namespace aozora
