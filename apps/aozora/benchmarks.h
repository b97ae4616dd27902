// SPDX-License-Identifier: Apache-2.0
// What `aozora bench` measures: single ops and whole networks at the published sizes, on random
// weights made in memory.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "op/device.h"

namespace aozora::app {

struct Measurement {
  // Of the repetition whose share of the peak is the median of all.
  double seconds = 0;
  double peak_flops = 0;       // a second, right before and after it
  double flops = 0;            // multiply-adds count 2; as the ops are defined, whatever is saved
  uint64_t scratch_bytes = 0;  // device memory at its peak, weights that are mapped not counted
};

struct Benchmark {
  std::string_view name;
  std::string_view what;  // sizes, for people
  Result<Measurement> (*run)(op::Device& device, const Clock& clock);
};

std::span<const Benchmark> Benchmarks();

}  // namespace aozora::app
