// SPDX-License-Identifier: Apache-2.0
// For the tests of this family: devices, golden files, and small networks of random weights.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/folder_testonly.h"
#include "model/golden.h"
#include "models/wan/dit_config.h"
#include "models/wan/umt5.h"
#include "op/device.h"
#include "weights/safetensors_writer.h"
#include "weights/tensor_set.h"

namespace aozora::wan {

enum class BackendKind { kReference, kCpu };

// Two threads, host memory; ops that the CPU backend declines go to the reference.
class TestDevice {
 public:
  explicit TestDevice(BackendKind kind = BackendKind::kReference);
  op::Device& operator*() { return device_; }
  op::Device* operator->() { return &device_; }
  CancelToken& cancel() { return cancel_; }

 private:
  ThreadPool pool_{2};
  CancelToken cancel_;
  op::Device device_;
};

std::filesystem::path GoldenPath(const std::string& name);  // "umt5_tiny"
GoldenFile OpenTestGolden(const std::string& name);

class TestFolder : public TemporaryFolder {
 public:
  // Writes a file, and the folders it is in.
  std::filesystem::path Put(const std::string& name, std::string_view content) const;
  std::filesystem::path Put(const std::string& name, const std::vector<NamedWeight>& weights,
                            const std::map<std::string, std::string>& metadata = {}) const;
};

// A normal deviate each, scaled so that signals neither vanish nor explode. Canonical names.
std::vector<NamedWeight> RandomDit(const DitConfig& config, uint64_t seed);
std::vector<NamedWeight> RandomUmt5(const Umt5Config& config, uint64_t seed);
std::vector<float> RandomValues(size_t count, uint64_t seed, float deviation = 1);

TensorSet MakeSet(const std::vector<NamedWeight>& weights);
// Every value of the weight of that name becomes `value`.
void Fill(std::vector<NamedWeight>& weights, std::string_view name, float value);

}  // namespace aozora::wan
