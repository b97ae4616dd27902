// SPDX-License-Identifier: Apache-2.0
#include "api/continuation.h"

#include <nlohmann/json.hpp>

#include "api/create_video.h"

namespace aozora::api {

using nlohmann::json;

namespace {

// Of all extensions of one video together, as the Videos API had it.
constexpr int64_t kExtendedSecondsMax = 120;

// How much of the source stays.
Outcome<uint32_t> ReadKept(const ServedModel& model, const JobRecord& source, const json& body) {
  const auto whole = static_cast<uint32_t>(source.seconds);
  if (!body.contains("keep_seconds")) return whole;
  const uint32_t kept = ReadSeconds(body["keep_seconds"]);
  if (kept == whole || (kept < whole && kept % model.cut_seconds == 0)) return kept;
  return BadParameter(
      "keep_seconds",
      fmt::format("keep_seconds {}: {} can go on after each {} s of the {} that the "
                  "video has",
                  kept, model.name, model.cut_seconds, source.seconds));
}

// What a loop goes back from: as much as the model can go on from.
Outcome<uint32_t> ReadLoop(const ServedModel& model, const JobRecord& source, const json& body,
                           uint32_t added) {
  if (!model.bridges) {
    return BadParameter("loop", fmt::format("{} cannot end where a video begins", model.name));
  }
  if (body.contains("keep_seconds")) {
    return BadParameter("keep_seconds", "keep_seconds: a loop keeps all of the video");
  }
  if (added > model.bridge_seconds_max || added % model.cut_seconds != 0) {
    return BadParameter(
        "seconds", fmt::format("seconds {}: {} makes ways back of multiples of {} "
                               "up to {}",
                               added, model.name, model.cut_seconds, model.bridge_seconds_max));
  }
  const auto whole = static_cast<uint32_t>(source.seconds);
  const uint32_t kept = whole / model.cut_seconds * model.cut_seconds;
  if (kept > 0) return kept;
  return BadParameter("video", fmt::format("video {} has {} s: {} needs {} to go on from",
                                           source.id, whole, model.name, model.cut_seconds));
}

}  // namespace

Outcome<Continuation> ReadContinuation(const ServedModel& model, const JobRecord& source,
                                       const json& body) {
  if (!model.extends) {
    return BadParameter("video", fmt::format("{} cannot go on where a video ends: it starts from "
                                             "text alone",
                                             model.name));
  }
  Continuation way;
  way.added_seconds = body.contains("seconds") ? ReadSeconds(body["seconds"]) : kSecondsDefault;
  way.loops = body.value("loop", false);
  way.kept_seconds = TRY(way.loops ? ReadLoop(model, source, body, way.added_seconds)
                                   : ReadKept(model, source, body));
  if (way.seconds() > kExtendedSecondsMax) {
    return BadParameter("seconds",
                        fmt::format("seconds {}: there are {} before, and {} is the most",
                                    way.added_seconds, way.kept_seconds, kExtendedSecondsMax));
  }
  return way;
}

}  // namespace aozora::api
