// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "provenance/verification.h"

namespace aozora {
namespace {

using nlohmann::json;

json ChecksJson(const std::vector<C2paStatus>& checks) {
  json list = json::array();
  for (const C2paStatus& check : checks) {
    list.push_back({{"code", check.code}, {"url", check.url}, {"explanation", check.explanation}});
  }
  return list;
}

json SignerJson(const ManifestReport& report) {
  if (!report.signer) return nullptr;
  return {{"name", report.signer->common_name},
          {"organization", report.signer->organization},
          {"issuer", report.signer->issuer},
          {"valid_from", report.signer->not_before_unix_s},
          {"valid_until", report.signer->not_after_unix_s}};
}

json ManifestJson(const ManifestReport& report) {
  json shown{{"state", ProvenanceStateName(report.state)},
             {"failures", ChecksJson(report.failures)},
             {"notes", ChecksJson(report.notes)}};
  if (report.state == ProvenanceState::kNone) return shown;
  shown["title"] = report.title;
  shown["generator"] = {{"name", report.generator.name}, {"version", report.generator.version}};
  shown["signer"] = SignerJson(report);
  shown["time_stamp"] = report.stamped_unix_s ? json(*report.stamped_unix_s) : json(nullptr);
  shown["manifest_count"] = report.manifest_count;
  shown["actions"] = json::array();
  for (const ManifestAction& action : report.actions) {
    shown["actions"].push_back({{"action", action.action},
                                {"digital_source_type", action.digital_source_type},
                                {"agent", action.agent.name}});
  }
  shown["ingredients"] = json::array();
  for (const ManifestIngredient& ingredient : report.ingredients) {
    shown["ingredients"].push_back({{"title", ingredient.title},
                                    {"format", ingredient.format},
                                    {"relationship", ingredient.relationship},
                                    {"has_manifest", !ingredient.active_manifest.empty()}});
  }
  shown["settings"] = json::object();
  for (const auto& [name, value] : report.settings) {
    shown["settings"][name] = std::visit([](const auto& v) { return json(v); }, value);
  }
  if (report.prompt) shown["prompt"] = *report.prompt;
  return shown;
}

json MarkJson(const Verification& verification) {
  json shown{{"found", verification.mark.has_value()}};
  if (const auto& mark = verification.mark) {
    shown["id"] = fmt::format("{:08x}", mark->id);
    shown["z"] = mark->z;
    shown["fit"] = mark->fit;
    shown["scale"] = mark->scale;
    shown["rotation_degrees"] = mark->rotation_degrees;
    shown["flipped"] = mark->flipped;
    shown["frames"] = mark->frame_count;
  }
  if (verification.mark_is_that_of_manifest) {
    shown["is_that_of_manifest"] = *verification.mark_is_that_of_manifest;
  }
  if (!verification.pictures_error.empty()) shown["error"] = verification.pictures_error;
  return shown;
}

}  // namespace

json ToJson(const Verification& verification) {
  return {{"object", "verification"},
          {"made_here", verification.signed_here || verification.mark.has_value()},
          {"signed_here", verification.signed_here},
          {"manifest", ManifestJson(verification.manifest)},
          {"mark", MarkJson(verification)}};
}

}  // namespace aozora
