// SPDX-License-Identifier: Apache-2.0
// Reads and verifies manifests (C2PA 2.2). Everything in a file is a stranger's: sizes, depths and
// numbers have caps (c2pa_names.h, jumbf_box.h, cbor_value.h, mp4_boxes.h), and what goes beyond
// them is invalid.
//
// Stricter than a validator has to be: boxes that no hash covers (a second ftyp, an mfra of a film
// that is not fragmented, padding that is not zero, manifests and assertions that nothing refers
// to) are refused. Left open by the specification, and so here: the content of the ftyp box, and
// unsigned parts of a time stamp token.
//
// Not read: film bound by merkle trees, update manifests. Such are invalid here, with a note of it.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "provenance/byte_source.h"
#include "provenance/c2pa_report.h"

namespace aozora {

struct Trust {
  std::string roots_pem;            // of signers; empty: nobody is trusted
  std::string timestamp_roots_pem;  // of time stamping authorities; empty: no stamp is believed
};

// An error only where the bytes cannot be read or the roots are no certificates; what is wrong with
// a file is in the report.
Result<ManifestReport> ReadMp4Manifest(const ByteSource& film, const Trust& trust,
                                       const Clock& clock);
// `store` is the content of the sidecar of the asset.
Result<ManifestReport> ReadSidecarManifest(std::string_view store, const ByteSource& asset,
                                           const Trust& trust, const Clock& clock);

// Of a PNG, JPEG or WebP file that holds its manifest inside, as other programs write it.
Result<ManifestReport> ReadPictureManifest(const ByteSource& picture, const Trust& trust,
                                           const Clock& clock);

// The bytes of the manifest store of an MP4 file; "" if it has none. Not verified.
Result<std::string> Mp4ManifestStore(const ByteSource& film);

}  // namespace aozora
