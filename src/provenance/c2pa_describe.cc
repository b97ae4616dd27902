// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_describe.h"

#include "provenance/c2pa_check.h"
#include "provenance/c2pa_names.h"

namespace aozora {
namespace {

SoftwareAgent AgentOf(const CborValue* value) {
  if (value == nullptr) return {};
  if (value->AsText() != nullptr) return {*value->AsText(), ""};  // as version 1 had it
  return {value->TextAt("name"), value->TextAt("version")};
}

std::string DateAt(const CborValue& map, std::string_view key) {
  const CborValue* value = map.Find(key);
  if (value != nullptr && value->AsTagged() != nullptr) value = &value->AsTagged()->content.front();
  return value == nullptr || value->AsText() == nullptr ? std::string() : *value->AsText();
}

const CborArray& ArrayAt(const CborValue& map, std::string_view key) {
  static const CborArray empty;
  const CborValue* value = map.Find(key);
  return value == nullptr || value->AsArray() == nullptr ? empty : *value->AsArray();
}

void AddActions(const CborValue& assertion, ManifestReport* report) {
  for (const CborValue& action : ArrayAt(assertion, "actions")) {
    report->actions.push_back({action.TextAt("action"), action.TextAt("digitalSourceType"),
                               AgentOf(action.Find("softwareAgent")), DateAt(action, "when")});
  }
}

// "LABEL" of "self#jumbf=/c2pa/LABEL".
std::string ManifestLabel(std::string_view url) {
  const std::string head = fmt::format("{}/{}/", kUriHead, kStoreLabel);
  return url.starts_with(head) ? std::string(url.substr(head.size())) : std::string();
}

void AddIngredient(const CborValue& assertion, ManifestReport* report) {
  const CborValue* manifest = assertion.Find("activeManifest");
  if (manifest == nullptr) manifest = assertion.Find("c2pa_manifest");
  report->ingredients.push_back(
      {assertion.TextAt("dc:title"), assertion.TextAt("dc:format"),
       assertion.TextAt("relationship"), assertion.TextAt("instanceID"),
       manifest == nullptr ? std::string() : ManifestLabel(manifest->TextAt("url"))});
}

void AddSoftBinding(const CborValue& assertion, ManifestReport* report) {
  for (const CborValue& block : ArrayAt(assertion, "blocks")) {
    const CborValue* value = block.Find("value");
    if (value == nullptr) continue;
    const std::string* bytes = value->AsBytes() != nullptr ? value->AsBytes() : value->AsText();
    report->soft_bindings.push_back(
        {assertion.TextAt("alg"), bytes == nullptr ? std::string() : *bytes});
  }
}

void AddGeneration(const CborValue& assertion, ManifestReport* report) {
  const CborValue* prompt = assertion.Find("prompt");
  if (prompt != nullptr && prompt->AsText() != nullptr) report->prompt = *prompt->AsText();
  const CborValue* settings = assertion.Find("settings");
  if (settings == nullptr || settings->AsMap() == nullptr) return;
  for (const auto& [name, value] : *settings->AsMap()) {
    if (name.AsText() == nullptr) continue;
    if (value.AsBool() != nullptr) report->settings.emplace_back(*name.AsText(), *value.AsBool());
    if (value.AsInteger() != nullptr) {
      report->settings.emplace_back(*name.AsText(), *value.AsInteger());
    }
    if (value.AsDouble() != nullptr) {
      report->settings.emplace_back(*name.AsText(), *value.AsDouble());
    }
    if (value.AsText() != nullptr) report->settings.emplace_back(*name.AsText(), *value.AsText());
  }
}

}  // namespace

void Describe(const Manifest& manifest, ManifestReport* report) {
  report->label = manifest.label();
  report->instance_id = manifest.claim.TextAt("instanceID");
  report->title = manifest.claim.TextAt("dc:title");
  const CborValue* generator = manifest.claim.Find("claim_generator_info");
  if (generator != nullptr && generator->AsArray() != nullptr && !generator->AsArray()->empty()) {
    generator = &generator->AsArray()->front();  // version 1 has a list
  }
  report->generator = AgentOf(generator);
  for (const JumbfBox& box : manifest.assertions->children) {
    const std::optional<CborValue> assertion = CborOf(box);
    if (!assertion.has_value()) continue;
    const std::string_view kind = WithoutNumber(box.label);
    if (kind.starts_with("c2pa.actions")) AddActions(*assertion, report);
    if (kind == kIngredientLabel || kind == "c2pa.ingredient.v2" || kind == "c2pa.ingredient") {
      AddIngredient(*assertion, report);
    }
    if (kind == kSoftBindingLabel) AddSoftBinding(*assertion, report);
    if (kind == kGenerationLabel) AddGeneration(*assertion, report);
  }
}

}  // namespace aozora
