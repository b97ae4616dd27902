// SPDX-License-Identifier: Apache-2.0
// What the plan needs to know about the machine.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "op/device.h"

namespace aozora {

struct Machine {
  uint64_t memory_bytes = 0;    // that this process may still take
  double flops_per_second = 0;  // of a large matrix product on the device
};

// Memory that is free or can be freed at once (MemAvailable), within the limits of the process's
// control groups (v2) and its address space limit.
Result<uint64_t> AvailableMemoryBytes();

uint64_t PeakResidentBytes();  // of this process until now; 0: the system does not say

// The best of the matrix products that the device makes in 0.15 s. Cancelled with the device.
Result<double> MeasureFlopsPerSecond(op::Device& device, const Clock& clock);

}  // namespace aozora
