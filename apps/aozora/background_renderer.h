// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "jobs/renderer.h"

namespace aozora::app {

// A renderer whose work, and all threads that it starts, stands back behind what people wait for.
// Only the work: the thread that reports on it writes to the same store as they do, and whoever
// waits there must not wait for one that stands back.
class BackgroundRenderer : public Renderer {
 public:
  // nice: 0 to 19
  BackgroundRenderer(std::unique_ptr<Renderer> renderer, int nice)
      : renderer_(std::move(renderer)), nice_(nice) {}
  std::vector<std::string> Models() const override { return renderer_->Models(); }
  Result<RenderOutput> Render(const JobRecord& job, const RenderContext& context) override;

 private:
  const std::unique_ptr<Renderer> renderer_;
  const int nice_;
};

}  // namespace aozora::app
