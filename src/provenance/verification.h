// SPDX-License-Identifier: Apache-2.0
// Did we make this? What a file claims about itself, and what its pictures tell without it.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "base/clock.h"
#include "base/thread_pool.h"
#include "media/clip_reader.h"
#include "provenance/c2pa_reader.h"
#include "provenance/maker.h"
#include "provenance/mark_detector.h"

namespace aozora {

struct Verification {
  ManifestReport manifest;
  bool signed_here = false;          // whole, and by this installation's own identity
  std::optional<DetectedMark> mark;  // of this installation's key
  // The manifest names a mark of ours, and it is not the one in the pictures: it belongs to
  // something else. Unset where one of the two is missing.
  std::optional<bool> mark_is_that_of_manifest;
  std::string pictures_error;  // why the pictures could not be looked at; empty: they were
};

struct VerificationLimits {
  ClipLimits clip;
  uint64_t frames_decoded_max = 24 * 60;  // what comes later in a long clip is not looked at
  uint64_t frames_looked_at_max = 96;
};

// `path` may come from anybody: a film that ClipReader reads, or a picture. A file that is neither
// may still have a manifest beside it. kCancelled, or an error of reading the file, is returned;
// what is wrong with its content stands in the result.
Result<Verification> VerifyFile(const std::filesystem::path& path, const Maker& maker,
                                const Trust& trust, ThreadPool& pool, const Clock& clock,
                                const VerificationLimits& limits = {});

// As the API and `aozora verify --json` give it: "manifest" and "mark".
nlohmann::json ToJson(const Verification& verification);

}  // namespace aozora
