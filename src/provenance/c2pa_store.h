// SPDX-License-Identifier: Apache-2.0
// A manifest store, taken apart and looked up by URI.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "provenance/cbor_value.h"
#include "provenance/jumbf_box.h"

namespace aozora {

// One manifest of a store. Views look into the store's bytes, pointers into its boxes.
struct Manifest {
  const JumbfBox* box;
  const JumbfBox* assertions;
  const JumbfBox* claim_box;
  const JumbfBox* signature_box;
  std::string_view claim_bytes;
  CborValue claim;
  bool is_old;  // a claim of version 1
  std::string_view label() const { return box->label; }
  std::string uri() const;  // "self#jumbf=/c2pa/LABEL"
};

struct HashedUri {
  std::string url;
  std::string hash;
  std::string algorithm;  // "" is the claim's
};

// Nothing if it is no map with url and hash.
std::optional<HashedUri> ParseHashedUri(const CborValue* value);

// The box that a URI names: from the store down if its path begins with "/c2pa/", else from the
// manifest. Null if there is none.
const JumbfBox* Resolve(std::string_view uri, const JumbfBox& store, const JumbfBox& manifest);

// What is wrong, as a code and words.
struct Malformed {
  std::string code;
  std::string explanation;
};

// The parts of a manifest, each exactly once and of the right kind. `strict`: nothing else beside.
std::variant<Manifest, Malformed> OpenManifest(const JumbfBox& box, bool strict);

// The lists of assertions of a claim, together (created, gathered; or version 1's only one).
// Nothing if one of them is no list of hashed URIs.
std::optional<std::vector<HashedUri>> AssertionsOf(const Manifest& manifest);

// "c2pa.soft-binding" of "c2pa.soft-binding__2".
std::string_view WithoutNumber(std::string_view label);

}  // namespace aozora
