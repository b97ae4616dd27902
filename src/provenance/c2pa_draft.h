// SPDX-License-Identifier: Apache-2.0
// A manifest on its way: all of it but the hash of the file, which is known last.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random_source.h"
#include "provenance/c2pa_content.h"
#include "provenance/c2pa_cose.h"
#include "provenance/c2pa_report.h"

namespace aozora {

// A source as a manifest names it.
struct Ingredient {
  // A manifest of its store.
  struct Carried {
    std::string label;
    std::string box;  // JUMBF superbox
  };
  bool is_parent = true;  // else it was put beside one
  std::string title;
  std::string format;
  std::string sha256;  // of the whole file, 32 bytes
  // The rest only where the source's own manifest held.
  std::vector<Carried> manifests;  // its active one last
  std::string active_label;
  // What was found about its manifests. Who reads ours compares: what is not listed here and found
  // then counts as a change.
  std::vector<C2paStatus> successes;
  std::vector<C2paStatus> failures;  // an unknown signer is one
  std::vector<C2paStatus> notes;
};

// How the file is bound: the assertion's label and its value.
struct HardBinding {
  std::string_view label;
  CborValue value;
};

class ManifestDraft {
 public:
  // Labels and times are drawn here, so that every store of a draft has the same size.
  ManifestDraft(const ManifestContent& content, std::span<const Ingredient> ingredients,
                const Clock& clock, RandomSource& random);

  // The bytes of the whole store.
  Result<std::string> Sign(const HardBinding& binding, const SigningIdentity& identity,
                           const Timestamper& timestamper) const;
  // How many bytes Sign gives without a time stamp, for a binding of the same size.
  size_t SizeWithoutTimestamp(const HardBinding& binding, const SigningIdentity& identity) const;

 private:
  struct Assertion {
    std::string label;
    std::string box;  // JUMBF superbox
  };
  struct Unsigned {
    std::string claim;       // CBOR
    std::string assertions;  // the assertion store
  };
  void Add(std::string_view label, const CborValue& value);
  CborValue IngredientOf(const Ingredient& ingredient) const;
  CborArray OpeningsOf(const ManifestContent& content,
                       std::span<const Ingredient> ingredients) const;
  CborValue ActionsOf(const ManifestContent& content,
                      std::span<const Ingredient> ingredients) const;
  CborMap Action(const ManifestContent& content, std::string_view name) const;
  CborValue ReferenceTo(const Assertion& assertion) const;
  Unsigned Claim(const HardBinding& binding) const;
  std::string Store(const Unsigned& parts, std::string_view signature) const;

  std::string label_;  // urn:c2pa:<uuid>
  std::string instance_id_;
  std::string when_;  // RFC 3339
  std::string title_;
  SoftwareAgent generator_;
  std::string carried_manifests_;  // JUMBF superboxes
  std::vector<Assertion> assertions_;
};

std::string Rfc3339(int64_t unix_s);

}  // namespace aozora
