// SPDX-License-Identifier: Apache-2.0
#include "models/mini/config.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "diffusion/sampler.h"
#include "models/mini/positions.h"

namespace aozora::mini {
namespace {

using nlohmann::json;

constexpr std::string_view kFamily = "aozora-mini";
constexpr int64_t kVersion = 3;
constexpr int64_t kChannelsMax = 256;
constexpr int64_t kGridSideMax = 64;
constexpr int64_t kTimeStrideMax = 480;  // pictures of one latent frame
constexpr int64_t kHeadWidthMax = 1024;
constexpr int64_t kTextTokensMax = 4096;
constexpr int64_t kFramesMax = 4096;
constexpr int64_t kContinuedMax = 16;
constexpr int64_t kSidePxMin = 16, kSidePxMax = 4096;
constexpr int64_t kStepsMax = 1000;
constexpr size_t kTextBytesMax = 4096;

// A JSON object whose values are asked for by key, with what they may be.
class Section {
 public:
  Section(const json& object, std::string path) : object_(object), path_(std::move(path)) {}

  Result<int64_t> Integer(const char* key, int64_t low, int64_t high) const {
    const json* value = Find(key);
    if (value == nullptr) return Error::NotFound("{}: is missing", PathOf(key));
    const bool fits = value->is_number_integer() && low <= value->get<int64_t>() &&
                      value->get<int64_t>() <= high &&
                      !(value->is_number_unsigned() && value->get<uint64_t>() > kLargest);
    if (fits) return value->get<int64_t>();
    return Wrong(key, *value, fmt::format("a whole number from {} to {}", low, high));
  }
  Result<int64_t> Integer(const char* key, int64_t low, int64_t high, int64_t otherwise) const {
    if (Find(key) == nullptr) return otherwise;
    return Integer(key, low, high);
  }
  Result<double> Number(const char* key, double low, double high, double otherwise) const {
    const json* value = Find(key);
    if (value == nullptr) return otherwise;
    if (value->is_number() && low <= value->get<double>() && value->get<double>() <= high) {
      return value->get<double>();
    }
    return Wrong(key, *value, fmt::format("a number from {} to {}", low, high));
  }
  Result<std::string> Text(const char* key, std::string otherwise) const {
    const json* value = Find(key);
    if (value == nullptr) return otherwise;
    if (value->is_string() && value->get_ref<const std::string&>().size() <= kTextBytesMax) {
      return value->get<std::string>();
    }
    return Wrong(key, *value, fmt::format("text of at most {} bytes", kTextBytesMax));
  }
  Result<bool> Flag(const char* key, bool otherwise) const {
    const json* value = Find(key);
    if (value == nullptr) return otherwise;
    if (value->is_boolean()) return value->get<bool>();
    return Wrong(key, *value, "true or false");
  }
  // An object within; one that is missing is empty.
  Result<Section> Inner(const char* key) const {
    static const json kEmpty = json::object();
    const json* value = Find(key);
    if (value == nullptr) return Section(kEmpty, PathOf(key));
    if (value->is_object()) return Section(*value, PathOf(key));
    return Wrong(key, *value, "an object");
  }

 private:
  static constexpr uint64_t kLargest = INT64_MAX;
  static constexpr size_t kShownBytesMax = 60;

  const json* Find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  std::string PathOf(const char* key) const {
    return path_.empty() ? key : fmt::format("{}.{}", path_, key);
  }
  Error Wrong(const char* key, const json& value, std::string_view wanted) const {
    std::string shown = value.dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
    if (shown.size() > kShownBytesMax) shown = shown.substr(0, kShownBytesMax) + "...";
    return Error::Invalid("{}: is {} and must be {}", PathOf(key), shown, wanted);
  }

  const json& object_;
  const std::string path_;
};

Status ReadLatent(const Section& latent, MiniConfig* config) {
  config->latent.channel_count =
      static_cast<uint32_t>(TRY(latent.Integer("channels", 1, kChannelsMax)));
  config->latent.time_stride =
      static_cast<uint32_t>(TRY(latent.Integer("time_stride", 1, kTimeStrideMax)));
  config->latent.patch = MiniConfig::kPatch;
  FixedGrid grid;
  grid.height = static_cast<uint32_t>(TRY(latent.Integer("height", 1, kGridSideMax)));
  grid.width = static_cast<uint32_t>(TRY(latent.Integer("width", 1, kGridSideMax)));
  if (grid.height % MiniConfig::kPatch != 0 || grid.width % MiniConfig::kPatch != 0) {
    return Error::Invalid("latent: is {} x {}, and the denoiser's tokens have {} x {} cells",
                          grid.height, grid.width, MiniConfig::kPatch, MiniConfig::kPatch);
  }
  config->latent.fixed_grid = grid;
  return Ok();
}

Status ReadPreset(const Section& from, Preset* preset) {
  preset->name = TRY(from.Text("name", "as trained"));
  preset->sampler = TRY(from.Text("sampler", "euler"));
  const SamplerKind sampler = TRY_WITHIN("preset.sampler", ParseSamplerKind(preset->sampler));
  preset->step_count = static_cast<uint32_t>(TRY(from.Integer("steps", 1, kStepsMax, 8)));
  preset->shift = TRY(from.Number("shift", 0.01, 100, 3));
  TRY_WITHIN("preset",
             MakeDefaultSchedule(sampler, static_cast<int>(preset->step_count), preset->shift));
  preset->guidance = {TRY(from.Number("guidance", 1, 100, 3))};
  preset->frame_rate = TRY(from.Number("frame_rate", 1, 120, 24));
  const auto side = [&](const char* key, int64_t otherwise) {
    return from.Integer(key, kSidePxMin, kSidePxMax, otherwise);
  };
  preset->clip.width_px = static_cast<uint32_t>(TRY(side("width", 1920)));
  preset->clip.height_px = static_cast<uint32_t>(TRY(side("height", 1080)));
  preset->clip.frame_count = static_cast<uint32_t>(TRY(from.Integer("frames", 1, kFramesMax, 240)));
  preset->negative_prompt = TRY(from.Text("negative_prompt", ""));
  preset->distilled = TRY(from.Flag("distilled", false));
  return Ok();
}

Status ReadDenoiser(const Section& denoiser, MiniConfig* config) {
  config->head_width = TRY(denoiser.Integer("head_width", 1, kHeadWidthMax, config->head_width));
  config->text_token_count =
      TRY(denoiser.Integer("text_token_count", 1, kTextTokensMax, config->text_token_count));
  config->position_channels =
      TRY(denoiser.Integer("position_channels", 0, kChannelsMax, config->position_channels));
  if (config->position_channels == 0 || config->position_channels == kPositionChannels) return Ok();
  return Error::Unsupported("denoiser.position_channels: is {}, and this program knows {} or none",
                            config->position_channels, kPositionChannels);
}

Result<MiniConfig> ReadAll(const Section& all) {
  const int64_t version = TRY(all.Integer("version", 1, INT64_MAX));
  if (version > kVersion) {
    return Error::Unsupported("version: is {}, and this program knows up to {}: update it", version,
                              kVersion);
  }
  MiniConfig config;
  config.name = TRY(all.Text("name", config.name));
  const std::string prediction = TRY(all.Text("prediction", "clean"));
  if (prediction != "clean" && prediction != "velocity") {
    return Error::Unsupported("prediction: is '{}'; there are clean and velocity", prediction);
  }
  config.prediction = prediction == "clean" ? Prediction::kClean : Prediction::kVelocity;
  const Section latent = TRY(all.Inner("latent"));
  TRY(ReadLatent(latent, &config));
  const Section denoiser = TRY(all.Inner("denoiser"));
  TRY(ReadDenoiser(denoiser, &config));
  config.trained_frame_count = static_cast<uint32_t>(
      TRY(all.Integer("trained_frame_count", 1, kFramesMax, config.trained_frame_count)));
  config.continued_latent_count =
      static_cast<uint32_t>(TRY(all.Integer("continued_latent_count", 0, kContinuedMax, 0)));
  config.side_px_min = static_cast<uint32_t>(
      TRY(all.Integer("side_px_min", kSidePxMin, kSidePxMax, config.side_px_min)));
  const Section preset = TRY(all.Inner("preset"));
  TRY(ReadPreset(preset, &config.preset));
  return config;
}

}  // namespace

bool IsMiniConfig(std::string_view text) {
  const json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return false;
  const auto family = parsed.find("family");
  return family != parsed.end() && family->is_string() &&
         family->get_ref<const std::string&>() == kFamily;
}

Result<MiniConfig> ReadMiniConfig(std::string_view text) {
  const json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return Error::Corrupt("is no JSON object");
  return ReadAll(Section(parsed, ""));
}

}  // namespace aozora::mini
