// SPDX-License-Identifier: Apache-2.0
#include "served.h"

#include <algorithm>
#include <cmath>

#include "base/log.h"
#include "pipeline/plan.h"
#include "pipeline/segments.h"

namespace aozora::app {
namespace {

// OpenAI's names, model page of 2026: apps have them written in.
constexpr std::string_view kClosedNames[] = {"sora-2", "sora-2-pro", "sora-2-2025-10-06",
                                             "sora-2-2025-12-08", "sora-2-pro-2025-10-06"};
constexpr uint32_t kSecondsPerCutMax = 60;
// What people ask for, the shape first.
constexpr std::string_view kUsualSizes[] = {"1280x720",  "720x1280",  "1920x1080", "1080x1920",
                                            "1024x1792", "1792x1024", "1024x1024"};

// The shortest time in whole seconds that is one in whole cuts too.
uint32_t SecondsPerCut(const Model& model) {
  const double step_s = FramesPerCut(model.capabilities()) / model.preset().frame_rate;
  const auto is_whole = [](double value) { return std::abs(value - std::round(value)) < 1e-6; };
  uint32_t seconds = 1;
  while (!is_whole(seconds / step_s) && seconds < kSecondsPerCutMax) ++seconds;
  return seconds;
}

api::ServedModel Describe(const std::string& name, const Model& model,
                          const ServerOptions& options) {
  const Capabilities& can = model.capabilities();
  api::ServedModel served;
  served.name = name;
  served.engine = name;
  served.family = fmt::format("{} {}", can.family, can.variant);
  served.takes_image = can.image_conditioning != ImageConditioning::kNone && can.has_encoder;
  served.remixes = true;  // finished videos keep their latents, whatever the model
  served.extends = can.continued_latent_count > 0 || served.takes_image;
  served.side_px_min = std::max(kSidePxMin, can.side_px_min);
  served.side_px_max = kSidePxMax;
  served.pixels_max = options.pixels_max;
  // What cannot be continued ends where the model was trained to.
  served.seconds_max = options.seconds_max;
  if (!served.extends) {
    const double most = can.trained_frame_count / model.preset().frame_rate;
    served.seconds_max =
        std::min(options.seconds_max, std::max(static_cast<uint32_t>(most), uint32_t{1}));
  }
  served.cut_seconds = SecondsPerCut(model);
  served.bridges = can.bridges;
  served.bridge_seconds_max = std::min(
      served.seconds_max, static_cast<uint32_t>(BridgeFramesMax(can) / model.preset().frame_rate));
  served.step_count = model.preset().step_count;
  served.guidance = model.preset().guidance.front();
  served.vocabulary = can.vocabulary;
  served.sizes.assign(std::begin(kUsualSizes), std::end(kUsualSizes));
  return served;
}

}  // namespace

Result<std::vector<api::ServedModel>> ServeModels(ModelShelf& shelf, const ServerOptions& options) {
  std::vector<api::ServedModel> served;
  for (const std::string& name : shelf.Names()) {
    const Result<const Model*> model = shelf.Find(name);
    if (model.ok()) {
      served.push_back(Describe(name, **model, options));
    } else {
      Log(LogLevel::kWarning, "model {} is not served: {}", name, model.error().message());
    }
  }
  const auto find = [&](std::string_view name) {
    return std::find_if(served.begin(), served.end(),
                        [&](const api::ServedModel& model) { return model.name == name; });
  };
  const auto add_alias = [&](std::string_view alias, std::string_view name) -> Status {
    const auto model = find(name);
    if (model == served.end()) {
      return Error::NotFound(
          "there is no model {} to serve: `aozora models` lists those that are "
          "installed",
          name);
    }
    api::ServedModel copy = *model;
    copy.name = alias;
    if (const auto before = find(alias); before != served.end()) {
      *before = std::move(copy);
    } else {
      served.push_back(std::move(copy));
    }
    return Ok();
  };
  for (const std::string_view closed : kClosedNames) {
    TRY(add_alias(closed, options.default_model));
  }
  for (const std::string& alias : options.aliases) {
    const size_t equal = alias.find('=');
    if (equal == 0 || equal == std::string::npos || equal + 1 == alias.size()) {
      return Error::Invalid("--alias {}: write it as NAME=MODEL", alias);
    }
    TRY(add_alias(alias.substr(0, equal), alias.substr(equal + 1)));
  }
  return served;
}

}  // namespace aozora::app
