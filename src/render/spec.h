// SPDX-License-Identifier: Apache-2.0
// What a job says about its render beside the columns of its row: written by the routes, read by
// the renderer, kept as JSON in between (JobRecord::settings_json).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aozora {

struct SceneSpec {
  std::string prompt;
  uint32_t seconds = 0;
};

struct RenderSpec {
  uint64_t seed = 0;
  std::optional<int> step_count;
  std::optional<double> guidance;
  std::optional<std::string> negative_prompt;
  std::optional<uint32_t> frame_rate;  // of the file
  std::string image_file_id;           // the first picture, or empty
  double strength = 1;            // of a remix or an edit: how much of the source is drawn anew
  uint32_t added_seconds = 0;     // of an extension
  uint32_t kept_seconds = 0;      // of its source, at its start; 0: all
  bool loops = false;             // an extension leads back to the source's first picture
  std::string target_job_id;      // or to another video's, which follows; or empty
  std::vector<SceneSpec> scenes;  // all of a clip that has several; empty: one, of the job's prompt
  std::string role;               // of whoever asked, by the name that policies know
  std::string creator;            // beside the visible mark; may be empty
  bool visible_mark = true;
  bool prompt_in_manifest = false;  // whoever gets the file can read it
};

std::string ToJson(const RenderSpec& spec);
Result<RenderSpec> ParseRenderSpec(std::string_view json);

}  // namespace aozora
