// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_store.h"

#include <algorithm>

#include "provenance/c2pa_names.h"

namespace aozora {
namespace {

Malformed Bad(std::string_view code, std::string explanation) {
  return {std::string(code), std::move(explanation)};
}

// The children of that kind.
std::vector<const JumbfBox*> Of(const JumbfBox& box, std::string_view kind) {
  std::vector<const JumbfBox*> found;
  for (const JumbfBox& child : box.children) {
    if (child.Is(kind)) found.push_back(&child);
  }
  return found;
}

}  // namespace

std::string Manifest::uri() const {
  return fmt::format("{}/{}/{}", kUriHead, kStoreLabel, label());
}

std::optional<HashedUri> ParseHashedUri(const CborValue* value) {
  if (value == nullptr) return std::nullopt;
  const CborValue* hash = value->Find("hash");
  HashedUri uri = {value->TextAt("url"), "", value->TextAt("alg")};
  if (uri.url.empty() || hash == nullptr || hash->AsBytes() == nullptr) return std::nullopt;
  uri.hash = *hash->AsBytes();
  return uri;
}

const JumbfBox* Resolve(std::string_view uri, const JumbfBox& store, const JumbfBox& manifest) {
  if (!uri.starts_with(kUriHead)) return nullptr;
  std::string_view path = uri.substr(kUriHead.size());
  const JumbfBox* box = &manifest;
  if (path.starts_with('/')) {
    path.remove_prefix(1);
    if (!path.starts_with(kStoreLabel) || path.substr(kStoreLabel.size(), 1) != "/") return nullptr;
    path.remove_prefix(kStoreLabel.size() + 1);
    box = &store;
  }
  while (box != nullptr && !path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    box = box->Child(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return box;
}

std::variant<Manifest, Malformed> OpenManifest(const JumbfBox& box, bool strict) {
  if (!box.Is(kJumbfManifest)) {
    return Bad("general.error", "a manifest of a kind that is not read here");
  }
  const auto claims = Of(box, kJumbfClaim);
  const auto signatures = Of(box, kJumbfSignature);
  const auto stores = Of(box, kJumbfAssertionStore);
  if (claims.empty()) return Bad("claim.missing", "no claim");
  if (claims.size() > 1) return Bad("claim.multiple", "more than one claim");
  if (signatures.size() != 1 || signatures[0]->label != kSignatureLabel) {
    return Bad("claimSignature.missing", "not one signature");
  }
  if (stores.size() != 1 || stores[0]->label != kAssertionsLabel || !stores[0]->content.empty()) {
    return Bad("claim.malformed", "not one assertion store");
  }
  if (!box.content.empty() || (strict && box.children.size() != 3)) {
    return Bad("general.error", "a box that nothing vouches for");
  }
  const bool is_old = claims[0]->label == kOldClaimLabel;
  if (!is_old && claims[0]->label != kClaimLabel) {
    return Bad("claim.malformed", "a claim of an unknown version");
  }
  const std::string_view* claim_bytes = claims[0]->OnlyContent(kJumbfCbor);
  if (claim_bytes == nullptr) return Bad("claim.cbor.invalid", "a claim that is no CBOR");
  Result<CborValue> claim = DecodeCbor(*claim_bytes);
  if (!claim.ok()) return Bad("claim.cbor.invalid", claim.error().message());
  if (claim->AsMap() == nullptr) return Bad("claim.malformed", "a claim that is no map");
  return Manifest{
      &box, stores[0], claims[0], signatures[0], *claim_bytes, std::move(claim).value(), is_old};
}

std::optional<std::vector<HashedUri>> AssertionsOf(const Manifest& manifest) {
  std::vector<HashedUri> all;
  const auto lists =
      manifest.is_old ? std::vector<std::string_view>{"assertions"}
                      : std::vector<std::string_view>{"created_assertions", "gathered_assertions"};
  for (const std::string_view name : lists) {
    const CborValue* list = manifest.claim.Find(name);
    if (list == nullptr && name != lists[0]) continue;
    if (list == nullptr || list->AsArray() == nullptr) return std::nullopt;
    for (const CborValue& item : *list->AsArray()) {
      const std::optional<HashedUri> uri = ParseHashedUri(&item);
      if (!uri.has_value()) return std::nullopt;
      all.push_back(*uri);
    }
  }
  return all;
}

std::string_view WithoutNumber(std::string_view label) {
  const size_t at = label.rfind("__");
  const bool numbered = at != std::string_view::npos && at + 2 < label.size() &&
                        label.find_first_not_of("0123456789", at + 2) == std::string_view::npos;
  return numbered ? label.substr(0, at) : label;
}

}  // namespace aozora
