// SPDX-License-Identifier: Apache-2.0
// Motion between two frames, and pictures in between. Private to this folder.
#pragma once

#include <memory>

#include "base/result.h"
#include "base/thread_pool.h"
#include "tensor/image.h"

namespace aozora {

// Optical flow both ways (DIS: Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV
// 2016), and synthesis by projecting both fields to the time asked for (after Baker et al., "A
// Database and Evaluation Methodology for Optical Flow", IJCV 2011, section 3.3.2): every pixel
// takes the motion of the best match that lands on it, and its colour from the frames in which that
// motion says it is visible. Memory is reused between pairs. One thread at a time.
class Motion {
 public:
  explicit Motion(ThreadPool& pool);
  ~Motion();

  // Both frames have the same size (checked).
  Status Estimate(const Image& before, const Image& after);

  // Whether the two show different scenes: motion explains too little of the change.
  bool is_cut() const;

  // The picture at `time` in (0, 1) between the frames last given to Estimate.
  Status Synthesize(const Image& before, const Image& after, float time, Image* picture);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace aozora
