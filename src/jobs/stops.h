// SPDX-License-Identifier: Apache-2.0
// Stops are settings, so they hold for all processes and after a restart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "store/store.h"

namespace aozora {

enum class StopScope { kAll, kPerson, kModel, kKey, kFeature };
template <>
struct EnumNames<StopScope> {
  static constexpr std::array<std::string_view, 5> kNames{"all", "person", "model", "key",
                                                          "feature"};
};

// What becomes of renders that a stop finds running.
enum class StopRunning { kPark, kCancel, kFinish };
template <>
struct EnumNames<StopRunning> {
  static constexpr std::array<std::string_view, 3> kNames{"park", "cancel", "finish"};
};

// How much a stop of scope kAll stops: its subject. Each is a stop of its own, so that setting a
// weaker one never replaces a stronger one.
inline constexpr std::string_view kStopGeneration = "generation";    // nothing new is rendered
inline constexpr std::string_view kStopMaintenance = "maintenance";  // and nothing can be changed
inline constexpr std::string_view kStopEverything = "everything";    // and nothing can be read

struct Stop {
  StopScope scope = StopScope::kAll;
  std::string subject = {};  // an id, a model's name, a feature, or of kAll one of the three above
  StopRunning running = StopRunning::kPark;
  std::string reason = {};
  std::string set_by = {};
  int64_t set_ms = 0;
  // An admin who wants it released, where a second one has to agree.
  std::string release_asked_by = {};
  int64_t release_asked_ms = 0;
};

// A release that was asked for and not agreed to is forgotten after so long.
inline constexpr int64_t kReleaseAskedMs = kHourMs;

// What a stop without a subject means: of kAll, generation. Of the others nothing (CheckStop).
std::string SubjectOr(StopScope scope, std::string subject);

// kInvalid says what is wrong with the subject: the first three of kAll, else it must not be empty.
Status CheckStop(const Stop& stop);

// Of kAll, all but maintenance, which is planned work, need two.
bool NeedsTwoAdmins(StopScope scope, std::string_view subject);

// "stop:all:everything", "stop:person:ID" ...: the name of its setting.
std::string StopName(StopScope scope, std::string_view subject);

Status WriteStop(Transaction& transaction, const Stop& stop);
Result<bool> EraseStop(Transaction& transaction, StopScope scope, std::string_view subject);
Result<std::vector<Stop>> ReadStops(Transaction& transaction);

// The first that holds for such a job.
const Stop* FindStop(const std::vector<Stop>& stops, std::string_view person_id,
                     std::string_view model, std::string_view key_id);

// A request as a stop sees it.
struct StoppedRequest {
  std::string_view person_id = {};  // empty: nobody known
  std::string_view key_id = {};
  std::string_view operation = {};  // "remixVideo"
  std::string_view group = {};      // "videos"
  bool writes = false;
  bool administers = false;  // else nobody could release anything
};
// The first that forbids it before anything else is looked at. Stops of generation and of models
// are found by FindStop, at the creation of a job.
const Stop* FindStop(const std::vector<Stop>& stops, const StoppedRequest& request);

// What is told to those whom it stops.
std::string StopMessage(const Stop& stop);

}  // namespace aozora
