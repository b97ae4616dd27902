// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/clock.h"
#include "base/thread_pool.h"

namespace aozora::ops {

// What this machine can do at best, so that a timing can be told as a share of it.
struct Peak {
  std::string instruction_set;  // that the kernels use: "AVX3" (AVX-512), "AVX2" ...
  uint32_t thread_count = 0;
  double flops_per_second = 0;       // f32 multiply-adds, counted as 2; all threads together
  double read_bytes_per_second = 0;  // from main memory, all threads together
};

// Measures it on the threads of `pool`; takes about half a second. The best of `trial_count` bursts
// of some 10 ms counts: what the machine can do when nobody disturbs it.
Peak MeasurePeak(ThreadPool& pool, const Clock& clock, int trial_count = 7);

// The multiply-adds a second that the machine keeps up for `seconds`, handed to the threads in
// small pieces as the ops' work is. On a shared machine, or where the clock falls as the processor
// warms up, this is what a timing right before or after it may be compared with; bursts are not.
double SustainedFlops(ThreadPool& pool, const Clock& clock, double seconds);

}  // namespace aozora::ops
