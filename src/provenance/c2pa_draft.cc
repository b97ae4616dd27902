// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_draft.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <ctime>
#include <set>

#include "base/encoding.h"
#include "base/hash.h"
#include "provenance/c2pa_digest.h"
#include "provenance/c2pa_names.h"
#include "provenance/jumbf_box.h"

namespace aozora {
namespace {

constexpr int kDateTag = 0;  // RFC 8949, section 3.4.1
constexpr size_t kJumbfHeaderBytes = 8;

// RFC 9562, version 4.
std::string NewUuid(RandomSource& random) {
  uint8_t bytes[16];
  random.Fill(std::as_writable_bytes(std::span(bytes)));
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string uuid = HexEncode(std::string_view(reinterpret_cast<const char*>(bytes), 16));
  for (const size_t at : {8, 13, 18, 23}) uuid.insert(at, "-");
  return uuid;
}

std::string HashOfBox(std::string_view box) { return Sha256(box.substr(kJumbfHeaderBytes)); }

CborValue UriWithHash(const std::string& path, std::string_view box) {
  return CborMap{{"url", std::string(kUriHead) + path}, {"hash", CborValue::Bytes(HashOfBox(box))}};
}

// A file named by its hash (RFC 6920).
std::string NameByHash(std::string_view sha256) {
  std::string text = Base64Encode(sha256);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return "ni:///sha-256;" + text;
}

CborMap AgentOf(const SoftwareAgent& agent) {
  return {{"name", agent.name}, {"version", agent.version}};
}

CborValue SoftBindingOf(const SoftBinding& binding) {
  const CborMap block = {{"scope", CborMap{}}, {"value", CborValue::Bytes(binding.value)}};
  return CborMap{{"alg", binding.algorithm}, {"blocks", CborArray{block}}};
}

CborValue GenerationOf(const ManifestContent& content) {
  CborMap settings;
  for (const auto& [name, value] : content.settings) {
    settings.emplace_back(name, std::visit([](const auto& v) { return CborValue(v); }, value));
  }
  CborMap generation = {{"settings", std::move(settings)}};
  if (content.prompt.has_value()) generation.emplace_back("prompt", *content.prompt);
  return generation;
}

// Those about the manifest that this ingredient assertion leads to; "": about the active one.
CborArray StatusesOf(const std::vector<C2paStatus>& statuses, std::string_view ingredient) {
  CborArray list;
  for (const C2paStatus& status : statuses) {
    if (status.ingredient != ingredient) continue;
    CborMap map = {{"code", status.code}};
    if (!status.url.empty()) map.emplace_back("url", status.url);
    list.push_back(std::move(map));
  }
  return list;
}

CborMap StatusMapOf(const Ingredient& found, std::string_view ingredient) {
  return {{"success", StatusesOf(found.successes, ingredient)},
          {"informational", StatusesOf(found.notes, ingredient)},
          {"failure", StatusesOf(found.failures, ingredient)}};
}

// What validation found (section 18.16): of the parent's manifest, and of those further up.
CborValue ResultsOf(const Ingredient& found) {
  std::set<std::string> further;
  for (const auto* statuses : {&found.notes, &found.failures}) {
    for (const C2paStatus& status : *statuses) {
      if (!status.ingredient.empty()) further.insert(status.ingredient);
    }
  }
  CborMap results = {{"activeManifest", StatusMapOf(found, "")}};
  CborArray deltas;
  for (const std::string& ingredient : further) {
    deltas.push_back(CborMap{{"ingredientAssertionURI", ingredient},
                             {"validationDeltas", StatusMapOf(found, ingredient)}});
  }
  if (!deltas.empty()) results.emplace_back("ingredientDeltas", std::move(deltas));
  return results;
}

// Labels of one kind are told apart by a number, from the second on (section 6.4).
std::string Numbered(std::string_view label, size_t index) {
  return index == 0 ? std::string(label) : fmt::format("{}__{}", label, index);
}

}  // namespace

std::string Rfc3339(int64_t unix_s) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(unix_s)));
}

ManifestDraft::ManifestDraft(const ManifestContent& content,
                             std::span<const Ingredient> ingredients, const Clock& clock,
                             RandomSource& random)
    : label_("urn:c2pa:" + NewUuid(random)),
      instance_id_("xmp:iid:" + NewUuid(random)),
      when_(Rfc3339(std::chrono::duration_cast<std::chrono::seconds>(clock.Now().time_since_epoch())
                        .count())),
      title_(content.title),
      generator_(content.generator) {
  std::set<std::string_view> carried;  // two sources may have come from one
  for (size_t i = 0; i < ingredients.size(); ++i) {
    for (const Ingredient::Carried& manifest : ingredients[i].manifests) {
      if (carried.insert(manifest.label).second) carried_manifests_ += manifest.box;
    }
    Add(Numbered(kIngredientLabel, i), IngredientOf(ingredients[i]));
  }
  Add(kActionsLabel, ActionsOf(content, ingredients));
  for (size_t i = 0; i < content.soft_bindings.size(); ++i) {
    Add(Numbered(kSoftBindingLabel, i), SoftBindingOf(content.soft_bindings[i]));
  }
  if (!content.settings.empty() || content.prompt.has_value()) {
    Add(kGenerationLabel, GenerationOf(content));
  }
}

void ManifestDraft::Add(std::string_view label, const CborValue& value) {
  assertions_.push_back(
      {std::string(label), MakeJumbf(kJumbfCbor, label, MakeBox("cbor", value.Encode()))});
}

CborValue ManifestDraft::ReferenceTo(const Assertion& assertion) const {
  return UriWithHash(fmt::format("{}/{}", kAssertionsLabel, assertion.label), assertion.box);
}

CborValue ManifestDraft::IngredientOf(const Ingredient& ingredient) const {
  CborMap map = {{"relationship", ingredient.is_parent ? "parentOf" : "componentOf"},
                 {"dc:format", ingredient.format},
                 {"instanceID", NameByHash(ingredient.sha256)}};
  if (!ingredient.title.empty()) map.emplace_back("dc:title", ingredient.title);
  if (ingredient.manifests.empty()) return map;
  const std::string& active = ingredient.manifests.back().box;
  const Result<JumbfBox> parsed = ParseJumbf(active);
  CHECK(parsed.ok());  // it was verified
  const JumbfBox* signature = parsed->Child(kSignatureLabel);
  CHECK(signature != nullptr);
  const std::string path = fmt::format("/{}/{}", kStoreLabel, ingredient.active_label);
  map.emplace_back("activeManifest", UriWithHash(path, active));
  map.emplace_back("claimSignature",
                   UriWithHash(fmt::format("{}/{}", path, kSignatureLabel), signature->whole));
  map.emplace_back("validationResults", ResultsOf(ingredient));
  return map;
}

CborMap ManifestDraft::Action(const ManifestContent& content, std::string_view name) const {
  return {{"action", std::string(name)},
          {"when", CborValue::Tagged(kDateTag, when_)},
          {"softwareAgent", AgentOf(content.generator)}};
}

// The ingredients' assertions are the first, in their order.
CborArray ManifestDraft::OpeningsOf(const ManifestContent& content,
                                    std::span<const Ingredient> ingredients) const {
  CborArray actions;
  for (size_t i = 0; i < ingredients.size(); ++i) {
    CborMap action = Action(content, ingredients[i].is_parent ? "c2pa.opened" : "c2pa.placed");
    action.emplace_back("parameters",
                        CborMap{{"ingredients", CborArray{ReferenceTo(assertions_[i])}}});
    actions.push_back(std::move(action));
  }
  return actions;
}

CborValue ManifestDraft::ActionsOf(const ManifestContent& content,
                                   std::span<const Ingredient> ingredients) const {
  const bool has_parent = !ingredients.empty() && ingredients[0].is_parent;
  CborMap made = Action(content, has_parent ? "c2pa.edited" : "c2pa.created");
  made.emplace_back("digitalSourceType", std::string(kTrainedAlgorithmicMedia));
  CborArray actions = OpeningsOf(content, ingredients);
  actions.insert(has_parent ? actions.end() : actions.begin(), std::move(made));
  if (!content.soft_bindings.empty()) {
    actions.push_back(Action(content, "c2pa.watermarked.bound"));
  }
  return CborMap{{"actions", std::move(actions)}};
}

ManifestDraft::Unsigned ManifestDraft::Claim(const HardBinding& binding) const {
  std::vector<Assertion> all = assertions_;
  all.push_back({std::string(binding.label),
                 MakeJumbf(kJumbfCbor, binding.label, MakeBox("cbor", binding.value.Encode()))});
  CborArray references;
  std::string boxes;
  for (const Assertion& assertion : all) {
    references.push_back(ReferenceTo(assertion));
    boxes += assertion.box;
  }
  // The whole path to the signature, so that the manifest's label cannot be changed unseen.
  CborMap claim = {
      {"instanceID", instance_id_},
      {"claim_generator_info", AgentOf(generator_)},
      {"signature", fmt::format("{}/{}/{}/{}", kUriHead, kStoreLabel, label_, kSignatureLabel)},
      {"created_assertions", std::move(references)},
      {"alg", std::string(kC2paDigest)}};
  if (!title_.empty()) claim.emplace_back("dc:title", title_);
  return {CborValue(std::move(claim)).Encode(),
          MakeJumbf(kJumbfAssertionStore, kAssertionsLabel, boxes)};
}

std::string ManifestDraft::Store(const Unsigned& parts, std::string_view signature) const {
  const std::string manifest =
      parts.assertions + MakeJumbf(kJumbfClaim, kClaimLabel, MakeBox("cbor", parts.claim)) +
      MakeJumbf(kJumbfSignature, kSignatureLabel, MakeBox("cbor", signature));
  return MakeJumbf(kJumbfStore, kStoreLabel,
                   carried_manifests_ + MakeJumbf(kJumbfManifest, label_, manifest));
}

Result<std::string> ManifestDraft::Sign(const HardBinding& binding, const SigningIdentity& identity,
                                        const Timestamper& timestamper) const {
  const Unsigned parts = Claim(binding);
  const std::string signature = TRY(SignClaim(parts.claim, identity, timestamper));
  return Store(parts, signature);
}

size_t ManifestDraft::SizeWithoutTimestamp(const HardBinding& binding,
                                           const SigningIdentity& identity) const {
  return Store(Claim(binding), UnsignedClaimSignature(identity)).size();
}

}  // namespace aozora
