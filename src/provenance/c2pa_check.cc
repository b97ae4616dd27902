// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_check.h"

#include <algorithm>

#include "provenance/c2pa_digest.h"
#include "provenance/c2pa_names.h"
#include "provenance/c2pa_timestamp.h"

namespace aozora {

std::optional<CborValue> CborOf(const JumbfBox& assertion) {
  const std::string_view* bytes = assertion.OnlyContent(kJumbfCbor);
  if (!assertion.Is(kJumbfCbor) || bytes == nullptr) return std::nullopt;
  Result<CborValue> value = DecodeCbor(*bytes);
  if (!value.ok()) return std::nullopt;
  return std::move(value).value();
}

void ManifestChecker::Succeed(std::string_view code, std::string url, bool active) {
  // What an ingredient's manifest succeeds in says nothing about the file.
  if (active) report_.successes.push_back({std::string(code), std::move(url), "", ""});
}

void ManifestChecker::Fail(std::string_view code, std::string url, std::string explanation) {
  report_.failures.push_back(
      {std::string(code), std::move(url), std::move(explanation), ingredient_});
}

void ManifestChecker::Note(std::string_view code, std::string url, std::string explanation) {
  report_.notes.push_back({std::string(code), std::move(url), std::move(explanation), ingredient_});
}

const Manifest* ManifestChecker::CheckActive(const JumbfBox& box) {
  std::variant<Manifest, Malformed> opened = OpenManifest(box, true);
  if (const Malformed* bad = std::get_if<Malformed>(&opened)) {
    Fail(bad->code, std::string(box.label), bad->explanation);
    return nullptr;
  }
  active_ = std::move(std::get<Manifest>(opened));
  seen_.insert(box.label);
  Check(active_, true);
  return &active_;
}

void ManifestChecker::Check(const Manifest& manifest, bool active) {
  CheckSignature(manifest, active);
  CheckAssertions(manifest, active);
}

void ManifestChecker::CheckSignature(const Manifest& manifest, bool active) {
  const std::string url = fmt::format("{}/{}", manifest.uri(), kSignatureLabel);
  if (Resolve(manifest.claim.TextAt("signature"), context_.store, *manifest.box) !=
      manifest.signature_box) {
    return Fail("claimSignature.missing", url, "the claim refers to another signature");
  }
  const std::string_view* bytes = manifest.signature_box->OnlyContent(kJumbfCbor);
  const Result<CoseSign1> cose =
      bytes == nullptr ? Result<CoseSign1>(Error::Corrupt("no CBOR")) : ParseCoseSign1(*bytes);
  if (!cose.ok()) return Fail("claimSignature.mismatch", url, cose.error().message());
  if (!VerifyClaimSignature(*cose, manifest.claim_bytes)) {
    return Fail("claimSignature.mismatch", url, "the claim was changed after it was signed");
  }
  Succeed("claimSignature.validated", url, active);
  CheckCredential(manifest, *cose, active);
}

// A stamp that cannot be read, or is one of something else, was changed or put there afterwards.
int64_t ManifestChecker::SigningTime(const Manifest& manifest, const CoseSign1& cose, bool active) {
  if (cose.timestamp_token.empty()) return context_.now_unix_s;
  const std::string url = fmt::format("{}/{}", manifest.uri(), kSignatureLabel);
  const StampCheck check =
      CheckTimestamp(cose.timestamp_token, StampedBytes(cose.protected_header, cose.signature),
                     context_.timestamp_roots);
  switch (check.outcome) {
    case StampOutcome::kMalformed:
      Fail("timeStamp.malformed", url, "a time stamp that cannot be read");
      break;
    case StampOutcome::kMismatch:
      Fail("timeStamp.mismatch", url, "a time stamp of something else");
      break;
    case StampOutcome::kUntrusted:
      Note("timeStamp.untrusted", url, "a time stamp by an authority that is not known");
      break;
    case StampOutcome::kTrusted:
      Succeed("timeStamp.validated", url, active);
      Succeed("timeStamp.trusted", url, active);
      if (active) report_.stamped_unix_s = check.unix_s;
      return check.unix_s;
  }
  return context_.now_unix_s;
}

void ManifestChecker::CheckCredential(const Manifest& manifest, const CoseSign1& cose,
                                      bool active) {
  const std::string url = fmt::format("{}/{}", manifest.uri(), kSignatureLabel);
  Certificates chain;
  for (const std::string& der : cose.chain_der) {
    openssl::X509Ptr certificate = ParseDerCertificate(der);
    if (certificate == nullptr) {
      return Fail("signingCredential.invalid", url, "a certificate that cannot be read");
    }
    chain.push_back(std::move(certificate));
  }
  X509* const signer = chain[0].get();
  if (const std::optional<std::string> why = WhyUnfitForClaims(signer)) {
    return Fail("signingCredential.invalid", url, "the signer's certificate " + *why);
  }
  if (active) {
    report_.signer = ManifestSigner{CommonNameOf(X509_get_subject_name(signer)),
                                    OrganizationOf(X509_get_subject_name(signer)),
                                    CommonNameOf(X509_get_issuer_name(signer)),
                                    NotBeforeUnixS(*signer), NotAfterUnixS(*signer)};
  }
  const int64_t signed_unix_s = SigningTime(manifest, cose, active);
  if (signed_unix_s < NotBeforeUnixS(*signer) || signed_unix_s > NotAfterUnixS(*signer)) {
    const std::string why = "the signer's certificate has ended, or has not begun";
    return active ? Fail("signingCredential.expired", url, why)
                  : Note("signingCredential.expired", url, why);
  }
  Succeed("claimSignature.insideValidity", url, active);
  const bool trusted = LeadsToRoot(chain, context_.roots, signed_unix_s);
  if (active) signer_is_trusted_ = trusted;
  if (trusted) {
    Succeed("signingCredential.trusted", url, active);
  } else {
    Note("signingCredential.untrusted", url, "no known root vouches for the signer");
  }
}

bool ManifestChecker::HashMatches(const Manifest& manifest, const HashedUri& uri,
                                  const JumbfBox& box) {
  if (box.contents.size() > hashed_bytes_left_) return false;
  hashed_bytes_left_ -= box.contents.size();
  const std::string of_claim = manifest.claim.TextAt("alg");
  std::optional<Digest> digest = Digest::For(!uri.algorithm.empty() ? uri.algorithm
                                             : !of_claim.empty()    ? of_claim
                                                                    : std::string(kC2paDigest));
  if (!digest.has_value()) return false;
  digest->Update(box.contents);
  return digest->Finish() == uri.hash;
}

void ManifestChecker::CheckAssertions(const Manifest& manifest, bool active) {
  const std::optional<std::vector<HashedUri>> uris = AssertionsOf(manifest);
  if (!uris.has_value()) {
    return Fail("claim.malformed", manifest.uri(), "no list of assertions");
  }
  std::set<const JumbfBox*> declared;
  for (const HashedUri& uri : *uris) {
    const JumbfBox* box = Resolve(uri.url, context_.store, *manifest.box);
    const std::vector<JumbfBox>& own = manifest.assertions->children;
    const bool is_own = box != nullptr && std::any_of(own.begin(), own.end(),
                                                      [&](const JumbfBox& a) { return &a == box; });
    if (!is_own) {
      Fail("assertion.missing", uri.url, "an assertion that is not there");
    } else if (!declared.insert(box).second) {
      Fail("claim.malformed", uri.url, "an assertion that is listed twice");
    } else if (!HashMatches(manifest, uri, *box)) {
      Fail("assertion.hashedURI.mismatch", uri.url, "an assertion was changed");
    } else {
      Succeed("assertion.hashedURI.match", uri.url, active);
    }
  }
  bool has_actions = false;
  for (const JumbfBox& box : manifest.assertions->children) {
    const std::string_view kind = WithoutNumber(box.label);
    if (!declared.contains(&box)) {
      Fail("assertion.undeclared", std::string(box.label), "an assertion that no claim lists");
    } else if (kind == kActionsLabel || kind == "c2pa.actions") {
      const std::optional<CborValue> actions = CborOf(box);
      if (actions.has_value()) CheckActions(manifest, *actions, !has_actions);
      if (!actions.has_value()) Fail("assertion.cbor.invalid", std::string(box.label), "no CBOR");
      has_actions = true;
    } else if (kind.starts_with("c2pa.ingredient") && !kind.starts_with("c2pa.ingredient.thumb")) {
      CheckIngredient(manifest, box);
    }
  }
  if (!has_actions && !manifest.is_old) {
    Fail("assertion.action.malformed", manifest.uri(), "nothing says how it was made");
  }
}

// Section 15.10.3: how the asset came to be is said first and once.
void ManifestChecker::CheckActions(const Manifest& manifest, const CborValue& actions,
                                   bool is_first) {
  constexpr std::string_view kBad = "assertion.action.malformed";
  const CborValue* list = actions.Find("actions");
  if (list == nullptr || list->AsArray() == nullptr || list->AsArray()->empty()) {
    return Fail(kBad, manifest.uri(), "no list of actions");
  }
  if (manifest.is_old) return;
  bool begins = is_first;
  for (const CborValue& action : *list->AsArray()) {
    const std::string name = action.TextAt("action");
    if (name.empty()) Fail(kBad, manifest.uri(), "an action without name");
    if ((name == "c2pa.created" || name == "c2pa.opened") != begins) {
      return Fail(kBad, manifest.uri(), "created or opened is not the first action, or not alone");
    }
    begins = false;
    CheckAction(manifest, action);
  }
}

// What an action needs is there.
void ManifestChecker::CheckAction(const Manifest& manifest, const CborValue& action) {
  const std::string name = action.TextAt("action");
  const std::vector<JumbfBox>& own = manifest.assertions->children;
  if (name == "c2pa.created" && action.TextAt("digitalSourceType").empty()) {
    Fail("assertion.action.malformed", manifest.uri(), "created, and from what is not said");
  }
  if ((name == "c2pa.watermarked" || name == "c2pa.watermarked.bound") &&
      std::none_of(own.begin(), own.end(), [](const JumbfBox& box) {
        return WithoutNumber(box.label) == kSoftBindingLabel;
      })) {
    Fail("assertion.action.softBindingMissing", manifest.uri(), "a mark that is not named");
  }
  if (name != "c2pa.opened") return;
  const CborValue* parameters = action.Find("parameters");
  const CborValue* parents = parameters == nullptr ? nullptr : parameters->Find("ingredients");
  const bool one =
      parents != nullptr && parents->AsArray() != nullptr && parents->AsArray()->size() == 1;
  const std::optional<HashedUri> uri =
      one ? ParseHashedUri(&parents->AsArray()->front()) : std::nullopt;
  const JumbfBox* parent =
      uri.has_value() ? Resolve(uri->url, context_.store, *manifest.box) : nullptr;
  if (parent == nullptr || !HashMatches(manifest, *uri, *parent)) {
    Fail("assertion.action.ingredientMismatch", manifest.uri(), "opened, and not the parent");
  }
}

void ManifestChecker::CheckIngredient(const Manifest& manifest, const JumbfBox& box) {
  const std::string url(box.label);
  const std::optional<CborValue> ingredient = CborOf(box);
  if (!ingredient.has_value()) return Fail("assertion.cbor.invalid", url, "no CBOR");
  const CborValue* reference = ingredient->Find("activeManifest");
  if (reference == nullptr) reference = ingredient->Find("c2pa_manifest");  // before version 3
  if (reference == nullptr) return;
  const std::optional<HashedUri> uri = ParseHashedUri(reference);
  const JumbfBox* found =
      uri.has_value() ? Resolve(uri->url, context_.store, *manifest.box) : nullptr;
  const std::vector<JumbfBox>& all = context_.store.children;
  if (found == nullptr ||
      std::none_of(all.begin(), all.end(), [&](const JumbfBox& m) { return &m == found; })) {
    return Fail("ingredient.manifest.missing", url, "an ingredient's manifest is not there");
  }
  if (!HashMatches(manifest, *uri, *found)) {
    return Fail("ingredient.manifest.mismatch", url, "an ingredient's manifest was changed");
  }
  if (const CborValue* signature = ingredient->Find("claimSignature")) {
    const std::optional<HashedUri> at = ParseHashedUri(signature);
    const JumbfBox* signed_by =
        at.has_value() ? Resolve(at->url, context_.store, *manifest.box) : nullptr;
    if (signed_by == nullptr || !HashMatches(manifest, *at, *signed_by)) {
      return Fail("ingredient.claimSignature.mismatch", url, "an ingredient's signature differs");
    }
  }
  if (!seen_.insert(found->label).second) return;  // two may have come from one
  const std::variant<Manifest, Malformed> opened = OpenManifest(*found, false);
  if (const Malformed* bad = std::get_if<Malformed>(&opened)) {
    return Fail(bad->code, std::string(found->label), bad->explanation);
  }
  // At most kManifestsMax deep: each manifest is looked at once.
  const std::string above = std::exchange(
      ingredient_, fmt::format("{}/{}/{}", manifest.uri(), kAssertionsLabel, box.label));
  Check(std::get<Manifest>(opened), false);
  ingredient_ = above;
}

}  // namespace aozora
