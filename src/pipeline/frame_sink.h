// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "tensor/image.h"

namespace aozora {

// Where finished pictures go, one at a time and in order: the end of the pipeline, and each link of
// the chain behind it (scale, interpolate, mark, encode), so that no clip is ever whole in memory.
// One thread at a time.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  // All frames of a clip have the size of the first. The image is read before Write returns.
  virtual Status Write(const Image& frame) = 0;
  // No more frames: flush everything that is still inside and finish what lies behind. Called once;
  // a sink destroyed without it leaves nothing behind.
  virtual Status Finish() = 0;
};

}  // namespace aozora
