// SPDX-License-Identifier: Apache-2.0
// The files of a finished job, as its row knows them (JobRecord::output_json).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aozora {

// What a client can ask for, by the names of the Videos API.
struct OutputVariant {
  std::string_view name;
  std::string_view file_name;
  std::string_view media_type;
};
// Ours are the manifests of the pictures (C2PA 2.2, section 11.4: a file beside the asset).
inline constexpr std::array<OutputVariant, 5> kOutputVariants = {
    OutputVariant{"video", "video.mp4", "video/mp4"},
    OutputVariant{"thumbnail", "thumbnail.webp", "image/webp"},
    OutputVariant{"spritesheet", "spritesheet.jpg", "image/jpeg"},
    OutputVariant{"thumbnail.c2pa", "thumbnail.webp.c2pa", "application/c2pa"},
    OutputVariant{"spritesheet.c2pa", "spritesheet.jpg.c2pa", "application/c2pa"}};

// What a remix or an extension of the video starts from; in the same folder, not served.
inline constexpr std::string_view kLatentFileName = "latent.safetensors";

// What a clip that is being made may look like; in the folder of its state.
inline constexpr std::string_view kPreviewFileName = "preview.webp";

struct OutputFile {
  std::string variant;
  uint64_t bytes = 0;
  std::string sha256;
};

struct JobOutput {
  std::vector<OutputFile> files;
  uint64_t frame_count = 0;
  double frame_rate = 0;

  const OutputFile* Find(std::string_view variant) const;
};

std::string ToJson(const JobOutput& output);
Result<JobOutput> ParseJobOutput(std::string_view json);

// Measures the variants that lie in a folder; all must be there.
Result<std::vector<OutputFile>> ReadOutputFiles(const std::filesystem::path& folder);

}  // namespace aozora
