// SPDX-License-Identifier: Apache-2.0
#include "diffusion/golden.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/units.h"
#include "diffusion/sampler.h"

namespace aozora {
namespace {

using Json = nlohmann::json;

constexpr size_t kTextBytesMax = 16_MiB;

// Sigmas are floats that went through two or three roundings; timesteps are whole, or a thousand
// times a sigma; a trajectory adds the roundings of up to fifty steps to those of the reference,
// which is itself 1.1e-6 from its own double-precision run.
constexpr double kSigmaTolerance = 1e-6;
constexpr double kWholeTimestepTolerance = 0;
constexpr double kTimestepTolerance = 1000 * kSigmaTolerance;
constexpr double kStateTolerance = 1e-5;

struct Stand {  // the stand-in for a model
  double a, b, c;
};

// What a name in the file means here; matched by prefix, the first that fits.
struct Meaning {
  std::string_view prefix;
  SamplerKind sampler;
  std::optional<SigmaTable> table;
  FewStepTimes times = FewStepTimes::kAsListed;
  bool whole_timesteps = true;
};
constexpr std::array<Meaning, 7> kMeanings = {{
    {"unipc_diffusers", SamplerKind::kUniPc, SigmaTable::kUniPcDiffusers},
    {"unipc", SamplerKind::kUniPc, SigmaTable::kUniPcTruncated},
    {"dpmpp", SamplerKind::kDpmPlus, SigmaTable::kLinearTruncated},
    {"euler_diffusers", SamplerKind::kEuler, SigmaTable::kLinearLowEndShiftedTwice,
     FewStepTimes::kAsListed, false},
    {"euler", SamplerKind::kEuler, SigmaTable::kLinear, FewStepTimes::kAsListed, false},
    {"dmd_warped", SamplerKind::kLcm, std::nullopt, FewStepTimes::kWarped, false},
    {"dmd", SamplerKind::kDmd, std::nullopt, FewStepTimes::kAsListed, true},
}};

using Rows = std::vector<std::vector<double>>;

class RecordedNoise final : public StepNoise {
 public:
  explicit RecordedNoise(Rows rows) : rows_(std::move(rows)) {}
  void Fill(int step_index, std::span<float> out) override {
    const std::vector<double>& row = rows_[static_cast<size_t>(step_index)];
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(row[i]);
  }

 private:
  Rows rows_;
};

Result<double> Number(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at != object.end() && at->is_number()) return at->get<double>();
  return Error::Corrupt("golden samplers: \"{}\" is not a number", key);
}

Result<std::vector<double>> Numbers(const Json& array, std::string_view what) {
  std::vector<double> values;
  if (!array.is_array()) return Error::Corrupt("golden samplers: \"{}\" is not a list", what);
  for (const Json& value : array) {
    if (!value.is_number()) return Error::Corrupt("golden samplers: \"{}\" has no numbers", what);
    values.push_back(value.get<double>());
  }
  return values;
}

Result<std::vector<double>> NumbersAt(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end()) return Error::Corrupt("golden samplers: there is no \"{}\"", key);
  return Numbers(*at, key);
}

// `count` rows of `width` numbers.
Result<Rows> RowsAt(const Json& object, const char* key, size_t count, size_t width) {
  const auto at = object.find(key);
  if (at == object.end() || !at->is_array() || at->size() != count) {
    return Error::Corrupt("golden samplers: \"{}\" is not a list of {} rows", key, count);
  }
  Rows rows;
  for (const Json& row : *at) {
    rows.push_back(TRY(Numbers(row, key)));
    if (rows.back().size() != width) {
      return Error::Corrupt("golden samplers: a row of \"{}\" has not {} values", key, width);
    }
  }
  return rows;
}

struct Case {
  std::string name;
  const Meaning* meaning = nullptr;
  double shift = 0;
  std::vector<double> sigmas, timesteps;
  std::vector<int> list;  // few-step cases only
  Rows states;            // N + 1
  Rows noise;             // N - 1, few-step cases only
};

Result<Case> ReadCase(const Json& json) {
  const auto sampler = json.find("sampler");
  if (sampler == json.end() || !sampler->is_string()) {
    return Error::Corrupt("golden samplers: a case names no sampler");
  }
  Case one;
  const std::string& name = sampler->get_ref<const std::string&>();
  for (const Meaning& meaning : kMeanings) {
    if (one.meaning == nullptr && name.starts_with(meaning.prefix)) one.meaning = &meaning;
  }
  if (one.meaning == nullptr) {
    return Error::Unsupported("golden samplers: the sampler \"{}\" is not known", name);
  }
  one.shift = TRY(Number(json, "shift"));
  one.sigmas = TRY(NumbersAt(json, "sigmas"));
  one.timesteps = TRY(NumbersAt(json, "timesteps"));
  const size_t steps = one.timesteps.size();
  if (steps == 0 || steps > kStepsMax) return Error::Corrupt("golden samplers: {} steps", steps);
  one.name = fmt::format("{}, shift {}, {} steps", name, one.shift, steps);

  const auto states = json.find("x");
  const bool has_start = states != json.end() && states->is_array() && !states->empty();
  const size_t width = has_start ? (*states)[0].size() : 0;
  one.states = TRY(RowsAt(json, "x", steps + 1, width));
  if (one.meaning->table.has_value()) return one;

  one.noise = TRY(RowsAt(json, "noise", steps - 1, width));
  for (const double time : TRY(NumbersAt(json, "list"))) {
    if (!(time >= 1 && time <= 1000)) return Error::Corrupt("golden samplers: timestep {}", time);
    one.list.push_back(static_cast<int>(time));
  }
  one.sigmas.push_back(0);  // the references stop at the last level
  return one;
}

Result<Schedule> ScheduleOf(const Case& one) {
  if (!one.meaning->table.has_value()) {
    return MakeFewStepSchedule(one.meaning->times, one.list, one.shift);
  }
  return MakeSchedule(*one.meaning->table, static_cast<int>(one.timesteps.size()), one.shift);
}

// A NaN on either side, or another length, is the largest difference.
template <class T>
double MaxAbs(const std::vector<T>& got, const std::vector<double>& want) {
  if (got.size() != want.size()) return INFINITY;
  double most = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double difference = std::fabs(double{got[i]} - want[i]);
    most = std::isnan(difference) ? INFINITY : std::max(most, difference);
  }
  return most;
}

double WalkDifference(const Case& one, const Schedule& schedule, const Stand& stand) {
  std::vector<float> x(one.states[0].begin(), one.states[0].end()), velocity(x.size());
  const auto sampler = MakeSampler(one.meaning->sampler, schedule, x.size(),
                                   std::make_unique<RecordedNoise>(one.noise));
  double most = 0;
  while (!sampler->done()) {
    const StepInput input = sampler->Next();
    for (size_t i = 0; i < x.size(); ++i) {
      const double bias = stand.b * input.timestep / 1000 + stand.c;
      velocity[i] = static_cast<float>(stand.a * x[i] + bias);
    }
    sampler->Advance(velocity, x);
    most = std::max(most, MaxAbs(x, one.states[static_cast<size_t>(sampler->step_index())]));
  }
  return most;
}

void AppendRow(const Case& one, std::string quantity, double max_abs, double tolerance,
               std::vector<SamplerGoldenRow>* rows) {
  rows->push_back({one.name, std::move(quantity), max_abs, tolerance, max_abs <= tolerance});
}

}  // namespace

Result<std::vector<SamplerGoldenRow>> CompareSamplersWithGolden(std::string_view json_text) {
  if (json_text.size() > kTextBytesMax) {
    return Error::Exhausted("golden samplers: {} of JSON, at most {} are read",
                            HumanBytes(json_text.size()), HumanBytes(kTextBytesMax));
  }
  const Json file = Json::parse(json_text, nullptr, /*allow_exceptions=*/false);
  if (!file.is_object() || !file.contains("cases") || !file["cases"].is_array() ||
      !file.contains("fake_model") || !file["fake_model"].is_object()) {
    return Error::Corrupt(
        "golden samplers: the text is not JSON with \"cases\" and \"fake_model\"");
  }
  const Json& model = file["fake_model"];
  const Stand stand = {TRY(Number(model, "a")), TRY(Number(model, "b")), TRY(Number(model, "c"))};
  std::vector<SamplerGoldenRow> rows;
  for (const Json& json : file["cases"]) {
    const Case one = TRY(ReadCase(json));
    const Schedule schedule = TRY_WITHIN(one.name, ScheduleOf(one));
    AppendRow(one, "sigmas", MaxAbs(schedule.sigmas, one.sigmas), kSigmaTolerance, &rows);
    AppendRow(one, "timesteps", MaxAbs(schedule.timesteps, one.timesteps),
              one.meaning->whole_timesteps ? kWholeTimestepTolerance : kTimestepTolerance, &rows);
    if (schedule.timesteps.size() != one.timesteps.size()) continue;  // already reported
    AppendRow(one, "x", WalkDifference(one, schedule, stand), kStateTolerance, &rows);
  }
  return rows;
}

}  // namespace aozora
