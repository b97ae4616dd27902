// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_reader.h"

#include <algorithm>
#include <functional>

#include "provenance/big_endian.h"
#include "provenance/c2pa_binding.h"
#include "provenance/c2pa_check.h"
#include "provenance/c2pa_describe.h"
#include "provenance/c2pa_names.h"
#include "provenance/c2pa_picture.h"
#include "provenance/mp4_boxes.h"

namespace aozora {
namespace {

// Checks the hash of the file against the assertion with this label.
using BindingCheck =
    std::function<Result<std::optional<C2paStatus>>(std::string_view label, const CborValue&)>;

int64_t UnixS(const Clock& clock) {
  return std::chrono::duration_cast<std::chrono::seconds>(clock.Now().time_since_epoch()).count();
}

Result<Certificates> RootsOf(const std::string& pem) {
  if (pem.empty()) return Certificates();
  return ParsePemCertificates(pem, kRootsMax);
}

bool IsHardBinding(std::string_view label) {
  return label.starts_with("c2pa.hash.") && label != "c2pa.hash.multi-asset";
}

Status CheckHardBinding(const Manifest& manifest, const BindingCheck& check,
                        ManifestReport* report) {
  std::vector<const JumbfBox*> bindings;
  for (const JumbfBox& box : manifest.assertions->children) {
    if (IsHardBinding(WithoutNumber(box.label))) bindings.push_back(&box);
  }
  if (bindings.size() != 1) {
    report->failures.push_back(
        {bindings.empty() ? "claim.hardBindings.missing" : "assertion.multipleHardBindings",
         manifest.uri(), "not one hash of the file", ""});
    return Ok();
  }
  const std::string label(bindings[0]->label);
  const std::string url =
      fmt::format("{}/{}/{}", manifest.uri(), kAssertionsLabel, bindings[0]->label);
  const std::optional<CborValue> assertion = CborOf(*bindings[0]);
  if (!assertion.has_value()) {
    report->failures.push_back({"assertion.cbor.invalid", url, "no CBOR", ""});
    return Ok();
  }
  std::optional<C2paStatus> failure = TRY(check(label, *assertion));
  if (failure.has_value()) {
    failure->url = url;
    report->failures.push_back(*failure);
  } else {
    report->successes.push_back(
        {label == kDataHashLabel ? "assertion.dataHash.match" : "assertion.bmffHash.match", url, "",
         ""});
  }
  return Ok();
}

void FailWhole(std::string_view code, std::string explanation, ManifestReport* report) {
  report->failures.push_back({std::string(code), "", std::move(explanation), ""});
}

Result<ManifestReport> CheckStore(std::string_view bytes, const Trust& trust, const Clock& clock,
                                  const BindingCheck& check) {
  const Certificates roots = TRY_WITHIN("roots", RootsOf(trust.roots_pem));
  const Certificates stampers =
      TRY_WITHIN("roots of time stamps", RootsOf(trust.timestamp_roots_pem));
  ManifestReport report;
  report.state = ProvenanceState::kInvalid;
  const Result<JumbfBox> store = ParseJumbf(bytes);
  if (!store.ok()) {
    FailWhole("general.error", store.error().message(), &report);
    return report;
  }
  report.manifest_count = store->children.size();
  if (!store->Is(kJumbfStore) || store->label != kStoreLabel || !store->content.empty() ||
      store->children.empty() || store->children.size() > kManifestsMax) {
    FailWhole("general.error", "no manifest store, or too many manifests in it", &report);
    return report;
  }
  ManifestChecker checker({*store, roots, stampers, UnixS(clock)}, &report);
  // The last one is the active one (section 11.1.4.2).
  const Manifest* active = checker.CheckActive(store->children.back());
  if (active == nullptr) return report;
  Describe(*active, &report);
  if (checker.manifests_seen() != store->children.size()) {
    FailWhole("manifest.unreferenced", "a manifest that nothing refers to", &report);
  }
  TRY(CheckHardBinding(*active, check, &report));
  if (report.failures.empty()) {
    report.state =
        checker.signer_is_trusted() ? ProvenanceState::kTrusted : ProvenanceState::kValid;
  }
  return report;
}

// A hash of the whole file but the manifest, which takes [begin, end) of it.
BindingCheck WholeFile(const ByteSource& asset, uint64_t begin, uint64_t end) {
  return [&asset, begin, end](std::string_view label,
                              const CborValue& assertion) -> Result<std::optional<C2paStatus>> {
    if (label == kDataHashLabel) return CheckDataHash(assertion, asset, begin, end);
    return std::optional(
        C2paStatus{"claim.hardBindings.missing", "", "a hash that is not one of a whole file", ""});
  };
}

struct FoundStore {
  std::string bytes;  // "": there is none
  FilmLayout layout;
  std::string malformed;  // why the box is not as it must be
};

// Takes the box around a store apart (A.5.1).
Status OpenStoreBox(const ByteSource& film, const Mp4Box& box, FoundStore* found) {
  constexpr size_t kPurposeOffset = kUserTypeOffset + 16 + 4;
  if (box.size > kStoreBytesMax) {
    found->malformed = "a manifest store that is too large";
    return Ok();
  }
  const std::string bytes = TRY(film.Read(box.offset, box.size));
  const std::string_view view(bytes);
  const bool head_fits = box.size > kStoreOffset + 8 &&
                         view.substr(kPurposeOffset - 4, 4) == std::string_view("\0\0\0\0", 4) &&
                         view.substr(kPurposeOffset, kManifestPurpose.size()) == kManifestPurpose &&
                         GetBigEndian(view.substr(kStoreOffset - 8, 8)) == 0;
  if (!head_fits) {
    found->malformed = "a box for C2PA that is not as it must be, or speaks of merkle trees";
    return Ok();
  }
  const std::string_view rest = view.substr(kStoreOffset);
  const uint64_t store_bytes = GetBigEndian(rest.substr(0, 4));
  if (store_bytes > rest.size() ||
      rest.substr(store_bytes).find_first_not_of('\0') != std::string_view::npos) {
    found->malformed = "a manifest store with something behind it";
    return Ok();
  }
  found->bytes = rest.substr(0, store_bytes);
  return Ok();
}

// What stands outside of every hash and must not be there.
std::optional<std::string> StrayBox(const std::vector<Mp4Box>& boxes, size_t store_box_count) {
  const auto count = [&](std::string_view type) {
    return std::count_if(boxes.begin(), boxes.end(),
                         [&](const Mp4Box& box) { return box.type == type; });
  };
  if (store_box_count > 1) return "more than one box for C2PA";
  if (count("ftyp") != 1) return "more than one ftyp box";
  if (count("mfra") > 1 || (count("mfra") == 1 && count("moof") == 0)) {
    return "an index of fragments (mfra) that nothing needs";
  }
  return std::nullopt;
}

Result<FoundStore> FindStore(const ByteSource& film) {
  FoundStore found;
  Mp4Scan scan = TRY(ScanTopLevelBoxes(film));
  found.layout.broken = std::move(scan.broken);
  found.layout.boxes = std::move(scan.boxes);
  const std::vector<Mp4Box>& boxes = found.layout.boxes;
  std::vector<size_t> stores;
  for (size_t i = 0; i < boxes.size(); ++i) {
    if (boxes[i].type != "uuid" || boxes[i].size < kStoreOffset) continue;
    if (TRY(film.Read(boxes[i].offset + kUserTypeOffset, kC2paUserType.size())) == kC2paUserType) {
      stores.push_back(i);
    }
  }
  if (stores.empty()) return found;
  found.layout.store_box = stores[0];
  found.layout.stray = StrayBox(boxes, stores.size());
  TRY(OpenStoreBox(film, boxes[stores[0]], &found));
  return found;
}

}  // namespace

std::string_view ProvenanceStateName(ProvenanceState state) {
  switch (state) {
    case ProvenanceState::kNone:
      return "none";
    case ProvenanceState::kInvalid:
      return "invalid";
    case ProvenanceState::kValid:
      return "valid";
    case ProvenanceState::kTrusted:
      return "trusted";
  }
  return "invalid";
}

Result<ManifestReport> ReadMp4Manifest(const ByteSource& film, const Trust& trust,
                                       const Clock& clock) {
  const FoundStore found = TRY(FindStore(film));
  if (!found.malformed.empty()) {
    ManifestReport report;
    report.state = ProvenanceState::kInvalid;
    FailWhole("general.error", found.malformed, &report);
    return report;
  }
  if (found.bytes.empty()) return ManifestReport();
  return CheckStore(
      found.bytes, trust, clock,
      [&](std::string_view label, const CborValue& assertion) -> Result<std::optional<C2paStatus>> {
        if (label == kBoxHashLabel || label == kOldBoxHashLabel) {
          return CheckBoxHash(assertion, film, found.layout);
        }
        return std::optional(C2paStatus{"claim.hardBindings.missing", "",
                                        "a hash that is not one of an MP4 file", ""});
      });
}

Result<ManifestReport> ReadSidecarManifest(std::string_view store, const ByteSource& asset,
                                           const Trust& trust, const Clock& clock) {
  return CheckStore(store, trust, clock, WholeFile(asset, 0, 0));
}

Result<ManifestReport> ReadPictureManifest(const ByteSource& picture, const Trust& trust,
                                           const Clock& clock) {
  const PictureStore found = TRY(FindPictureStore(picture));
  if (found.bytes.empty()) return ManifestReport();
  return CheckStore(found.bytes, trust, clock, WholeFile(picture, found.begin, found.end));
}

Result<std::string> Mp4ManifestStore(const ByteSource& film) {
  FoundStore found = TRY(FindStore(film));
  return std::move(found.bytes);
}

}  // namespace aozora
