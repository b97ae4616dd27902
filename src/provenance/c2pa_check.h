// SPDX-License-Identifier: Apache-2.0
// The checks of one manifest and of those that it refers to. Only for the .cc files of this folder.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "provenance/c2pa_certificate.h"
#include "provenance/c2pa_cose.h"
#include "provenance/c2pa_names.h"
#include "provenance/c2pa_report.h"
#include "provenance/c2pa_store.h"

namespace aozora {

// A store may refer to its boxes many times; beyond this no reference matches any more.
inline constexpr uint64_t kHashedBytesMax = 16 * kStoreBytesMax;

struct CheckContext {
  const JumbfBox& store;
  const Certificates& roots;
  const Certificates& timestamp_roots;
  int64_t now_unix_s;
};

// Fills the statuses of a report. An ingredient's manifest has to be whole like the active one, but
// whether its signer is known and still valid is a note only: the one who signed the active
// manifest vouches for having looked.
class ManifestChecker {
 public:
  ManifestChecker(const CheckContext& context, ManifestReport* report)
      : context_(context), report_(*report) {}

  // All but the hash of the file. Null if it could not be opened. The pointer lives as long as
  // this.
  const Manifest* CheckActive(const JumbfBox& box);
  bool signer_is_trusted() const { return signer_is_trusted_; }
  size_t manifests_seen() const { return seen_.size(); }

 private:
  void Check(const Manifest& manifest, bool active);
  void CheckSignature(const Manifest& manifest, bool active);
  void CheckCredential(const Manifest& manifest, const CoseSign1& cose, bool active);
  int64_t SigningTime(const Manifest& manifest, const CoseSign1& cose, bool active);
  void CheckAssertions(const Manifest& manifest, bool active);
  // `is_first`: of the manifest's lists of actions.
  void CheckActions(const Manifest& manifest, const CborValue& actions, bool is_first);
  void CheckAction(const Manifest& manifest, const CborValue& action);
  void CheckIngredient(const Manifest& manifest, const JumbfBox& box);
  bool HashMatches(const Manifest& manifest, const HashedUri& uri, const JumbfBox& box);

  void Succeed(std::string_view code, std::string url, bool active);
  void Fail(std::string_view code, std::string url, std::string explanation);
  void Note(std::string_view code, std::string url, std::string explanation);

  const CheckContext context_;
  ManifestReport& report_;
  std::set<std::string_view> seen_;  // labels of manifests
  Manifest active_;
  bool signer_is_trusted_ = false;
  std::string ingredient_;  // the assertion that leads to the manifest being checked
  uint64_t hashed_bytes_left_ = kHashedBytesMax;
};

// The CBOR of an assertion box, or nothing.
std::optional<CborValue> CborOf(const JumbfBox& assertion);

}  // namespace aozora
