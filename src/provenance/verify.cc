// SPDX-License-Identifier: Apache-2.0
#include "provenance/verify.h"

#include <system_error>

#include "base/file.h"
#include "provenance/c2pa_names.h"
#include "provenance/c2pa_picture.h"
#include "provenance/c2pa_writer.h"
#include "provenance/mp4_boxes.h"

namespace aozora {
namespace {

bool HasSidecar(const std::filesystem::path& path) {
  std::error_code failed;
  return std::filesystem::is_regular_file(SidecarOf(path), failed);
}

}  // namespace

Result<ManifestReport> VerifyManifest(const std::filesystem::path& path, const Trust& trust,
                                      const Clock& clock) {
  const std::unique_ptr<ByteSource> source = TRY(OpenByteSource(path));
  if (LooksLikeMp4(*source)) {
    ManifestReport report = TRY(ReadMp4Manifest(*source, trust, clock));
    if (report.state != ProvenanceState::kNone) return report;
  }
  const ManifestReport inside = TRY(ReadPictureManifest(*source, trust, clock));
  if (inside.state != ProvenanceState::kNone) return inside;
  if (!HasSidecar(path)) return ManifestReport();
  const std::string store = TRY(ReadFile(SidecarOf(path), kStoreBytesMax));
  return ReadSidecarManifest(store, *source, trust, clock);
}

Result<std::string> ManifestStoreOf(const std::filesystem::path& path) {
  const std::unique_ptr<ByteSource> source = TRY(OpenByteSource(path));
  if (LooksLikeMp4(*source)) {
    std::string store = TRY(Mp4ManifestStore(*source));
    if (!store.empty()) return store;
  }
  PictureStore inside = TRY(FindPictureStore(*source));
  if (!inside.bytes.empty()) return std::move(inside.bytes);
  if (!HasSidecar(path)) return std::string();
  return ReadFile(SidecarOf(path), kStoreBytesMax);
}

}  // namespace aozora
