// SPDX-License-Identifier: Apache-2.0
// What was found in a file's manifest: what it claims, and whether that holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "provenance/c2pa_content.h"

namespace aozora {

enum class ProvenanceState {
  kNone,     // no manifest
  kInvalid,  // there is one, and it or the file was changed, or it is not as it must be
  kValid,    // whole, signed by somebody whom none of the given roots vouches for
  kTrusted,  // whole, and a given root vouches for the signer
};
std::string_view ProvenanceStateName(ProvenanceState state);  // "none", "invalid" ...

// One check, by the names of C2PA 2.2, section 15.2.
struct C2paStatus {
  std::string code;         // "claimSignature.validated", "assertion.bmffHash.mismatch"
  std::string url;          // of the box that it is about; may be empty
  std::string explanation;  // for people; empty where all is well
  std::string
      ingredient;  // URI of the assertion that leads to that manifest; empty: the active one
};

struct ManifestSigner {
  std::string common_name;
  std::string organization;
  std::string issuer;  // common name
  int64_t not_before_unix_s = 0;
  int64_t not_after_unix_s = 0;
};

struct ManifestAction {
  std::string action;  // "c2pa.created"
  std::string digital_source_type;
  SoftwareAgent agent;
  std::string when;  // RFC 3339, as claimed; may be empty
};

struct ManifestIngredient {
  std::string title;
  std::string format;
  std::string relationship;     // "parentOf"
  std::string instance_id;      // "ni:///sha-256;..." where we wrote it: the hash of the file
  std::string active_manifest;  // label of its manifest in the same store; may be empty
};

// All texts were written by whoever made the manifest. They mean something only where the state is
// valid or trusted.
struct ManifestReport {
  ProvenanceState state = ProvenanceState::kNone;
  std::vector<C2paStatus> successes;
  std::vector<C2paStatus> failures;  // the first one explains an invalid state
  std::vector<C2paStatus> notes;     // neither: an unknown signer, a stamp by an unknown authority

  std::string label;  // of the active manifest
  std::string instance_id;
  std::string title;
  SoftwareAgent generator;
  std::vector<ManifestAction> actions;
  std::vector<ManifestIngredient> ingredients;
  std::vector<SoftBinding> soft_bindings;
  std::vector<std::pair<std::string, SettingValue>> settings;  // our own assertion's
  std::optional<std::string> prompt;
  std::optional<ManifestSigner> signer;
  std::optional<int64_t> stamped_unix_s;  // by a time stamping authority that is trusted
  size_t manifest_count = 0;              // in the store, those of ingredients among them
};

}  // namespace aozora
