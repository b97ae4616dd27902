// SPDX-License-Identifier: Apache-2.0
// Runs the networks of this family on golden files (model/golden.h) of any sizes.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "model/golden.h"
#include "models/wan/names.h"
#include "op/device.h"

namespace aozora::wan {

// All cases of a file; a row for each tensor it expects. kUnsupported if "golden.model" names
// nothing of this family.
Result<std::vector<GoldenRow>> RunGolden(op::Device& device, const GoldenFile& file);
Result<std::vector<GoldenRow>> RunGolden(op::Device& device, const std::filesystem::path& path);

// ---- For the runners of single networks (golden_*.cc).

using GoldenRunner = Result<std::vector<GoldenRow>> (*)(op::Device& device, const GoldenFile& file);
Result<std::vector<GoldenRow>> RunDitGolden(op::Device& device, const GoldenFile& file);
Result<std::vector<GoldenRow>> RunUmt5Golden(op::Device& device, const GoldenFile& file);
Result<std::vector<GoldenRow>> RunVaeGolden(op::Device& device, const GoldenFile& file);
Result<std::vector<GoldenRow>> RunTinyVaeGolden(op::Device& device, const GoldenFile& file);

// The tolerance for a network with these weights.
Result<GoldenTolerance> ToleranceFor(const GoldenTolerances& tolerances, const TensorSet& weights);

// The weights of one network of the file under canonical names; tensors that belong to another
// layout of the same network are left out.
Result<TensorSet> GoldenWeights(const GoldenFile& file, const NetworkLayout& layout);

}  // namespace aozora::wan
