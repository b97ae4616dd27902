// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "api/contract.h"
#include "routes/batches/runner.h"

namespace aozora::routes {

struct BatchFault {
  int64_t line = 0;  // from 1; 0: of the whole file
  std::string code;
  std::string message;
};

struct BatchInput {
  std::vector<BatchItemRecord> items;
  std::vector<BatchFault> faults;  // with any, the batch is refused
};

// Reads the lines of a batch: {"custom_id", "method": "POST", "url": "/v1/videos", "body": {...}},
// the body as createVideo takes it.
BatchInput ReadBatchInput(const api::Contract& contract, std::string_view batch_id,
                          std::string_view text, const BatchLimits& limits);

}  // namespace aozora::routes
