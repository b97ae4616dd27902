// SPDX-License-Identifier: Apache-2.0
// The manifest of any file: in it, if it is an MP4, PNG, JPEG or WebP file, or beside it.
#pragma once

#include <filesystem>
#include <string>

#include "provenance/c2pa_reader.h"

namespace aozora {

// Looks into the file, and for a file "PATH.c2pa" where there is nothing inside. The report is
// plain texts and numbers, ready for JSON. An error only where the file cannot be read or the roots
// are no certificates.
Result<ManifestReport> VerifyManifest(const std::filesystem::path& path, const Trust& trust,
                                      const Clock& clock);

// The bytes of its manifest store, not verified; "" if it has none.
Result<std::string> ManifestStoreOf(const std::filesystem::path& path);

}  // namespace aozora
