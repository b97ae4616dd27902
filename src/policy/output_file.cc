// SPDX-License-Identifier: Apache-2.0
#include "policy/output_file.h"

#include <fmt/format.h>

#include <charconv>

#include "policy/policy_file.h"

namespace aozora::policy {
namespace {

constexpr size_t kHashDigits = 16;

Status ReadBlockedPicture(const TomlTable& table, BlockedPicture* picture) {
  TRY(table.OnlyKeys({"id", "hash"}));
  picture->id = TRY(table.Required("id"));
  const std::string digits = TRY(table.Required("hash"));
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, picture->hash, 16);
  if (digits.size() != kHashDigits || parsed.ec != std::errc() || parsed.ptr != end) {
    return table.Wrong("hash", "must be 16 hexadecimal digits");
  }
  return Ok();
}

Status ReadLabel(const TomlTable& table, LabelRule* rule) {
  TRY(table.OnlyKeys({"label", "category", "severity", "score_min"}));
  rule->label = TRY(table.Required("label"));
  TRY(ReadCategory(table, &rule->category, &rule->severity));
  return table.Read("score_min", 0.0, 1.0, &rule->score_min);
}

Status ReadThresholds(const TomlTable& table, OutputRules* rules) {
  TRY(table.Read("flashes_per_second_max", 1u, 60u, &rules->flashes_per_second_max));
  TRY(table.Read("strobe_per_second_min", 1u, 60u, &rules->strobe_per_second_min));
  TRY(table.Read("flash_area_min", 0.01, 1.0, &rules->flash_area_min));
  TRY(table.Read("black_luminance_max", 0.0, 1.0, &rules->black_luminance_max));
  TRY(table.Read("black_share_min", 0.0, 1.0, &rules->black_share_min));
  TRY(table.Read("frozen_difference_max", 0.0, 255.0, &rules->frozen_difference_max));
  TRY(table.Read("frozen_share_min", 0.0, 1.0, &rules->frozen_share_min));
  TRY(table.Read("skin_share_min", 0.0, 1.0, &rules->skin_share_min));
  TRY(table.Read("skin_sample_share_min", 0.0, 1.0, &rules->skin_sample_share_min));
  return table.Read("picture_distance_max", 0u, 32u, &rules->picture_distance_max);
}

}  // namespace

Status ReadAction(const TomlTable& table, std::string_view key, Action* action) {
  std::string name(NameOf(*action));
  TRY(table.Read(key, &name));
  const std::optional<Action> read = FromName<Action>(name);
  if (!read) return table.Wrong(key, "must be \"allow\", \"review\" or \"block\"");
  *action = *read;
  return Ok();
}

Status ReadCategory(const TomlTable& table, Category* category, Severity* severity) {
  const std::string name = TRY(table.Required("category"));
  const std::optional<Category> known = FromName<Category>(name);
  if (!known) {
    return table.Wrong("category", fmt::format("\"{}\" is none of {}", name,
                                               fmt::join(Names<Category>::kAll, ", ")));
  }
  *category = *known;
  const std::string degree = TRY(table.Required("severity"));
  const std::optional<Severity> read = FromName<Severity>(degree);
  if (!read) return table.Wrong("severity", "must be \"low\", \"medium\" or \"high\"");
  *severity = *read;
  return Ok();
}

Status ReadOutputRules(const TomlTable& table, OutputRules* rules) {
  TRY(table.OnlyKeys({"actions", "flashes_per_second_max", "strobe_per_second_min",
                      "flash_area_min", "black_luminance_max", "black_share_min",
                      "frozen_difference_max", "frozen_share_min", "skin_share_min",
                      "skin_sample_share_min", "picture_distance_max", "labels",
                      "blocked_pictures"}));
  const TomlTable actions = TRY(table.Table("actions"));
  for (const std::string& key : actions.Keys()) {
    const std::optional<OutputFinding> finding = FromName<OutputFinding>(key);
    if (!finding) return actions.Wrong(key, "is no finding of the output checks");
    Action& action = rules->actions[static_cast<size_t>(*finding)];
    TRY(ReadAction(actions, key, &action));
    // Most pictures with much skin in them are faces.
    if (*finding == OutputFinding::kSkin && action == Action::kBlock) {
      return actions.Wrong(key, "must be \"allow\" or \"review\": only people can judge this");
    }
  }
  TRY(ReadThresholds(table, rules));
  const std::vector<TomlTable> labels = TRY(table.Tables("labels", kLabelCountMax));
  for (const TomlTable& label : labels) TRY(ReadLabel(label, &rules->labels.emplace_back()));
  const std::vector<TomlTable> pictures =
      TRY(table.Tables("blocked_pictures", kBlockedPictureCountMax));
  for (const TomlTable& picture : pictures) {
    TRY(ReadBlockedPicture(picture, &rules->blocked_pictures.emplace_back()));
  }
  return Ok();
}

}  // namespace aozora::policy
