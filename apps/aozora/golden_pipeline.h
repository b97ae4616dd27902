// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "model/golden.h"
#include "op/device.h"

namespace aozora::app {

// Golden files of whole pipelines ("golden.model" is "pipeline ..."): from token ids to pictures
// with the networks of the other files that "golden.weights" names, all stages compared.
bool IsPipelineGolden(const GoldenFile& file);
Result<std::vector<GoldenRow>> RunPipelineGolden(op::Device& device, const GoldenFile& file);

}  // namespace aozora::app
