// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "pipeline/frame_sink.h"

namespace aozora {

// Hands every frame to several sinks, in their order. The first error stops it; sinks that come
// after are then never finished and leave nothing behind. Put the one that matters most, whose file
// says that all is there, last. The sinks outlive it.
class TeeSink : public FrameSink {
 public:
  explicit TeeSink(std::vector<FrameSink*> sinks) : sinks_(std::move(sinks)) {}

  Status Write(const Image& frame) override {
    for (FrameSink* sink : sinks_) TRY(sink->Write(frame));
    return Ok();
  }
  Status Finish() override {
    for (FrameSink* sink : sinks_) TRY(sink->Finish());
    return Ok();
  }

 private:
  std::vector<FrameSink*> sinks_;
};

}  // namespace aozora
