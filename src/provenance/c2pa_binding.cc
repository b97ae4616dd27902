// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_binding.h"

#include <algorithm>

#include "provenance/big_endian.h"
#include "provenance/c2pa_digest.h"
#include "provenance/c2pa_names.h"

namespace aozora {
namespace {

std::optional<C2paStatus> Fails(std::string_view code, std::string explanation) {
  return C2paStatus{std::string(code), "", std::move(explanation), ""};
}

bool IsAbsent(const CborValue* value) { return value == nullptr || value->IsNull(); }

// The one data match that /uuid must have: the user type of C2PA.
bool MatchesUserType(const CborValue* data) {
  if (data == nullptr || data->AsArray() == nullptr || data->AsArray()->size() != 1) return false;
  const CborValue& match = data->AsArray()->front();
  const CborValue* offset = match.Find("offset");
  const CborValue* value = match.Find("value");
  return offset != nullptr && offset->AsInteger() != nullptr &&
         *offset->AsInteger() == static_cast<int64_t>(kUserTypeOffset) && value != nullptr &&
         value->AsBytes() != nullptr && *value->AsBytes() == kC2paUserType;
}

// The mandatory exclusions, in any order and at most once (section 18.6.2), and free space, which
// validators leave out too. Wider lists would leave parts of the film open.
std::optional<std::string> WhyWide(const CborValue& assertion) {
  const CborValue* exclusions = assertion.Find("exclusions");
  if (exclusions == nullptr || exclusions->AsArray() == nullptr) return "no list of exclusions";
  std::vector<std::string> seen;
  for (const CborValue& exclusion : *exclusions->AsArray()) {
    const std::string path = exclusion.TextAt("xpath");
    if (path != "/uuid" && path != "/ftyp" && path != "/mfra" && path != "/free" &&
        path != "/skip") {
      return fmt::format("the exclusion \"{}\"", path);
    }
    if (std::find(seen.begin(), seen.end(), path) != seen.end()) return "an exclusion twice";
    seen.push_back(path);
    for (const char* field : {"length", "subset", "version", "flags", "exact"}) {
      if (!IsAbsent(exclusion.Find(field))) return fmt::format("an exclusion by {}", field);
    }
    const CborValue* data = exclusion.Find("data");
    if (path == "/uuid" ? !MatchesUserType(data) : !IsAbsent(data)) {
      return fmt::format("another content for the exclusion {}", path);
    }
  }
  if (std::find(seen.begin(), seen.end(), "/uuid") == seen.end()) return "no exclusion of /uuid";
  return std::nullopt;
}

bool IsExcluded(const CborValue& assertion, const FilmLayout& layout, size_t index) {
  if (index == layout.store_box) return true;
  const std::string path = "/" + layout.boxes[index].type;
  if (path == "/uuid") return false;
  for (const CborValue& exclusion : *assertion.Find("exclusions")->AsArray()) {
    if (exclusion.TextAt("xpath") == path) return true;
  }
  return false;
}

Result<std::string> HashOfBoxes(const CborValue& assertion, const ByteSource& film,
                                const FilmLayout& layout, Digest digest) {
  for (size_t i = 0; i < layout.boxes.size(); ++i) {
    if (IsExcluded(assertion, layout, i)) continue;
    const Mp4Box& box = layout.boxes[i];
    std::string offset;
    PutBigEndian(box.offset, 8, &offset);
    digest.Update(offset);
    TRY(digest.Update(film, box.offset, box.size));
  }
  return digest.Finish();
}

// The algorithm of an assertion, which may be left to the claim: there ours and c2pa-rs' agree.
std::string AlgorithmOf(const CborValue& assertion) {
  const std::string named = assertion.TextAt("alg");
  return named.empty() ? std::string(kC2paDigest) : named;
}

}  // namespace

Result<std::optional<C2paStatus>> CheckBoxHash(const CborValue& assertion, const ByteSource& film,
                                               const FilmLayout& layout) {
  constexpr std::string_view kMalformed = "assertion.bmffHash.malformed";
  constexpr std::string_view kMismatch = "assertion.bmffHash.mismatch";
  if (layout.broken.has_value()) return Fails(kMismatch, layout.broken->message());
  if (layout.stray.has_value()) return Fails(kMismatch, *layout.stray);
  if (!IsAbsent(assertion.Find("merkle"))) {
    return Fails(kMalformed, "a film bound by a merkle tree, which is not read here");
  }
  if (const std::optional<std::string> why = WhyWide(assertion)) return Fails(kMalformed, *why);
  const CborValue* hash = assertion.Find("hash");
  if (hash == nullptr || hash->AsBytes() == nullptr) return Fails(kMalformed, "no hash");
  std::optional<Digest> digest = Digest::For(AlgorithmOf(assertion));
  if (!digest.has_value()) return Fails("algorithm.unsupported", AlgorithmOf(assertion));
  if (TRY(HashOfBoxes(assertion, film, layout, std::move(*digest))) != *hash->AsBytes()) {
    return Fails(kMismatch, "the film was changed after it was signed");
  }
  return std::optional<C2paStatus>();
}

Result<std::optional<C2paStatus>> CheckDataHash(const CborValue& assertion, const ByteSource& asset,
                                                uint64_t store_begin, uint64_t store_end) {
  constexpr std::string_view kMalformed = "assertion.dataHash.malformed";
  const CborValue* hash = assertion.Find("hash");
  if (hash == nullptr || hash->AsBytes() == nullptr) return Fails(kMalformed, "no hash");
  std::optional<Digest> digest = Digest::For(AlgorithmOf(assertion));
  if (!digest.has_value()) return Fails("algorithm.unsupported", AlgorithmOf(assertion));
  uint64_t done = 0;  // up to here all is hashed or left out
  const CborValue* exclusions = assertion.Find("exclusions");
  if (!IsAbsent(exclusions)) {
    if (exclusions->AsArray() == nullptr) return Fails(kMalformed, "exclusions that are no list");
    for (const CborValue& exclusion : *exclusions->AsArray()) {
      const CborValue* start = exclusion.Find("start");
      const CborValue* length = exclusion.Find("length");
      if (start == nullptr || start->AsInteger() == nullptr || length == nullptr ||
          length->AsInteger() == nullptr || *start->AsInteger() < 0 || *length->AsInteger() < 0) {
        return Fails(kMalformed, "an exclusion without start and length");
      }
      const uint64_t begin = static_cast<uint64_t>(*start->AsInteger());
      const uint64_t bytes = static_cast<uint64_t>(*length->AsInteger());
      if (begin < done || begin < store_begin || begin > store_end || bytes > store_end - begin) {
        return Fails(kMalformed, "an exclusion of more than the manifest");
      }
      TRY(digest->Update(asset, done, begin - done));
      done = begin + bytes;
    }
  }
  TRY(digest->Update(asset, done, asset.size() - done));
  if (digest->Finish() != *hash->AsBytes()) {
    return Fails("assertion.dataHash.mismatch", "the file was changed after it was signed");
  }
  return std::optional<C2paStatus>();
}

}  // namespace aozora
