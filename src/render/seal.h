// SPDX-License-Identifier: Apache-2.0
// The last step before a video is whole: signed, and read back as anybody would.
#pragma once

#include <filesystem>
#include <vector>

#include "base/clock.h"
#include "base/random_source.h"
#include "pipeline/settings.h"
#include "provenance/c2pa_content.h"
#include "provenance/maker.h"
#include "render/delivery.h"

namespace aozora {

struct Sealing {
  const Maker& maker;
  const Clock& clock;
  RandomSource& random;
};

// The first of `files` is the video, the others are pictures of it. An MP4 file gets its manifest
// inside, others beside them (SidecarOf). kCorrupt: what was stored does not verify.
Status SealFiles(const std::vector<std::filesystem::path>& files, const ManifestContent& content,
                 const Sealing& sealing);

// How a manifest names the mark of a clip, if pictures of that size have room for one, and how the
// clip was made.
std::vector<SoftBinding> BindingsOf(const DeliverySettings& delivery);
std::vector<std::pair<std::string, SettingValue>> ManifestSettings(const Settings& settings);

}  // namespace aozora
