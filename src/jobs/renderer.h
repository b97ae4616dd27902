// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "jobs/render_progress.h"
#include "store/job_records.h"
#include "store/programme_records.h"

namespace aozora {

struct RenderContext {
  const CancelToken& cancel;  // looked at between steps; ends in an error of kCancelled
  std::function<void(const RenderProgress&)> progress;  // from any thread, often
  std::filesystem::path state_folder;  // of this job: there again at the next attempt
  // Of this job. A worker that lost its lease may write a little longer, so a file has the attempt
  // in its name, and appears whole; what output_json names is served once the job completes.
  std::filesystem::path output_folder;
};

struct RenderOutput {
  std::string output_json;  // kept in the job
  // Set where the render was refused rather than failed ("content_filter"): no output.
  std::string refused_code;
  std::string refused_message;
  std::vector<FlagReasonRecord> flags = {};  // why reviewers have to look at it
};

// Makes the video of a job. One Render at a time for each object.
class Renderer {
 public:
  virtual ~Renderer() = default;
  virtual std::vector<std::string> Models() const = 0;  // that it can render; none: all
  // kIo and kExhausted are tried again later, other errors fail the job with their message.
  virtual Result<RenderOutput> Render(const JobRecord& job, const RenderContext& context) = 0;
};

}  // namespace aozora
