// SPDX-License-Identifier: Apache-2.0
#include "api/continuation.h"

#include <nlohmann/json.hpp>

#include "api/create_video.h"

namespace aozora::api {

using nlohmann::json;

namespace {

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

// What goes back to the video's beginning or into another one begins where the model can go on
// from.
Outcome<uint32_t> ReadBridge(const ServedModel& model, const JobRecord& source, const json& body,
                             uint32_t added) {
  if (!model.bridges) {
    return BadParameter("video", fmt::format("{} cannot end where a video begins", model.name));
  }
  if (body.contains("keep_seconds")) {
    return BadParameter("keep_seconds", "keep_seconds: with loop or into, all of the video stays");
  }
  if (added > model.bridge_seconds_max || added % model.cut_seconds != 0) {
    return BadParameter(
        "seconds", fmt::format("seconds {}: {} makes ways to where a video begins "
                               "of multiples of {} up to {}",
                               added, model.name, model.cut_seconds, model.bridge_seconds_max));
  }
  const auto whole = static_cast<uint32_t>(source.seconds);
  const uint32_t kept = whole / model.cut_seconds * model.cut_seconds;
  if (kept > 0) return kept;
  return BadParameter("video", fmt::format("video {} has {} s: {} needs {} to go on from",
                                           source.id, whole, model.name, model.cut_seconds));
}

Status CheckTarget(const JobRecord& source, const JobRecord& target, bool loops) {
  if (loops)
    return Error::Invalid("into: a loop leads back to its own video; leave one of them out");
  if (target.model == source.model && target.width == source.width &&
      target.height == source.height) {
    return Ok();
  }
  return Error::Invalid("into: {} is of {}, {}x{}, and {} of {}, {}x{}: both must be alike",
                        target.id, target.model_asked, target.width, target.height, source.id,
                        source.model_asked, source.width, source.height);
}

}  // namespace

Outcome<Continuation> ReadContinuation(const ServedModel& model, const JobRecord& source,
                                       const JobRecord* target, const json& body) {
  if (!model.extends) {
    return BadParameter("video", fmt::format("{} cannot go on where a video ends: it starts from "
                                             "text alone",
                                             model.name));
  }
  Continuation way;
  way.added_seconds = body.contains("seconds") ? ReadSeconds(body["seconds"]) : kSecondsDefault;
  way.loops = body.value("loop", false);
  if (target != nullptr) {
    if (const Status alike = CheckTarget(source, *target, way.loops); !alike.ok()) {
      return BadParameter("into", alike.error().message());
    }
    way.target_id = target->id;
    way.target_seconds = static_cast<uint32_t>(target->seconds);
  }
  const bool bridges = way.loops || target != nullptr;
  way.kept_seconds = TRY(bridges ? ReadBridge(model, source, body, way.added_seconds)
                                 : ReadKept(model, source, body));
  if (way.seconds() > kJoinedSecondsMax) {
    return BadParameter("seconds",
                        fmt::format("seconds {}: with what is there already that makes "
                                    "{}, and {} is the most",
                                    way.added_seconds, way.seconds(), kJoinedSecondsMax));
  }
  return way;
}

}  // namespace aozora::api
