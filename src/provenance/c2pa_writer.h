// SPDX-License-Identifier: Apache-2.0
// Signed manifests (C2PA 2.2) into films and beside pictures.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "base/random_source.h"
#include "provenance/c2pa_content.h"
#include "provenance/c2pa_cose.h"
#include "provenance/c2pa_reader.h"
#include "provenance/signing_identity.h"

namespace aozora {

inline constexpr size_t kManifestTextBytesMax = 64 << 10;  // of each text of a content

struct SigningTools {
  const SigningIdentity& identity;
  const Clock& clock;
  RandomSource& random;
  Trust trust;              // in the makers of parents, and in their time stamps
  Timestamper timestamper;  // empty: no time stamp
};

// Replaces a finished MP4 file by the same film with a manifest behind its ftyp box: all at once,
// or not at all after an error. Nothing but chunk offsets changes in the other boxes. Reads and
// writes the file once; memory is that of its index (moov), however long the film.
//
// Fails for files that have a manifest already, for fragmented ones, and where a chunk offset of 32
// bits would not do any more. A parent whose own manifest holds brings it along; of any other its
// hash is named.
Status SignMp4(const std::filesystem::path& path, const ManifestContent& content,
               const SigningTools& tools);

// Where the manifest of a file that has none inside lies: "thumbnail.webp.c2pa".
std::filesystem::path SidecarOf(const std::filesystem::path& path);

// Writes the manifest of a picture, or of any other file, beside it. The file is not changed.
Status SignSidecar(const std::filesystem::path& path, const ManifestContent& content,
                   const SigningTools& tools);

}  // namespace aozora
