// SPDX-License-Identifier: Apache-2.0
#include "provenance/verification.h"

#include <algorithm>

#include "base/file.h"
#include "media/image_io.h"
#include "provenance/verify.h"

namespace aozora {
namespace {

bool IsPicture(const std::filesystem::path& path) {
  const auto file = MappedFile::Open(path);
  return file.ok() && SniffImageFormat(file.value()->bytes()).has_value();
}

// Evenly over what is read, so that every stay of a clip has its part.
Status LookAtClip(const std::filesystem::path& path, const VerificationLimits& limits,
                  MarkDetector* detector) {
  const std::unique_ptr<ClipReader> reader = TRY(ClipReader::Open(path, limits.clip));
  const uint64_t claimed = reader->info().frame_count.value_or(limits.frames_decoded_max);
  const uint64_t count = std::clamp<uint64_t>(claimed, 1, limits.frames_decoded_max);
  const uint64_t stride = (count + limits.frames_looked_at_max - 1) / limits.frames_looked_at_max;
  for (uint64_t i = 0; i < limits.frames_decoded_max; ++i) {
    const std::optional<Image> frame = TRY(reader->Next());
    if (!frame) return Ok();
    if (i % stride == 0) TRY(detector->Add(*frame));
  }
  return Ok();
}

Status LookAtPicture(const std::filesystem::path& path, MarkDetector* detector) {
  const Image image = TRY(ReadImage(path));
  return detector->Add(image);
}

}  // namespace

Result<Verification> VerifyFile(const std::filesystem::path& path, const Maker& maker,
                                const Trust& trust, ThreadPool& pool, const Clock& clock,
                                const VerificationLimits& limits) {
  Verification found;
  Trust trusted = trust;
  trusted.roots_pem += maker.identity.root_pem();
  trusted.timestamp_roots_pem += maker.timestamp_roots_pem;
  found.manifest = TRY(VerifyManifest(path, trusted, clock));
  const bool holds = found.manifest.state == ProvenanceState::kValid ||
                     found.manifest.state == ProvenanceState::kTrusted;
  const std::string& own_root = maker.identity.root_pem();
  if (holds && !own_root.empty()) {
    // Where no other roots were given, whoever is trusted is us.
    const Trust own{own_root, trusted.timestamp_roots_pem};
    const ProvenanceState by_us = trust.roots_pem.empty()
                                      ? found.manifest.state
                                      : TRY(VerifyManifest(path, own, clock)).state;
    found.signed_here = by_us == ProvenanceState::kTrusted;
  }
  MarkDetector detector(maker.mark_key, pool);
  const Status looked =
      IsPicture(path) ? LookAtPicture(path, &detector) : LookAtClip(path, limits, &detector);
  if (!looked.ok()) found.pictures_error = looked.error().message();
  // A clip that is damaged further on may have shown enough before.
  found.mark = detector.Detect();
  for (const SoftBinding& binding : found.manifest.soft_bindings) {
    if (binding.algorithm != kMarkAlgorithm || !found.mark) continue;
    found.mark_is_that_of_manifest = binding.value == fmt::format("{:08x}", found.mark->id);
  }
  return found;
}

}  // namespace aozora
