// SPDX-License-Identifier: Apache-2.0
// For tests: a small model of random weights with the real names and shapes, and devices.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/folder_testonly.h"
#include "models/mini/painter_weights.h"
#include "op/device.h"

namespace aozora::mini {

// Host memory, the fast backend first.
class TestDevice {
 public:
  explicit TestDevice(uint32_t thread_count = 2);
  op::Device& operator*() { return device_; }
  op::Device* operator->() { return &device_; }
  ThreadPool& pool() { return pool_; }
  CancelToken& cancel() { return cancel_; }

 private:
  ThreadPool pool_;
  CancelToken cancel_;
  op::Device device_;
};

class TestFolder : public TemporaryFolder {
 public:
  void Put(const std::string& name, std::string_view content) const;
};

// A painter with the published sizes but for smaller tables. Its values are of order one, its
// pictures nonsense, and all of its parts matter to them.
PainterSizes SmallPainter();
TensorSet RandomPainter(const PainterSizes& sizes, uint64_t seed);
void PutPainter(const TestFolder& folder, const PainterSizes& sizes, uint64_t seed);

// An encoder of the published sizes with random values.
TensorSet RandomEncoder(uint64_t seed);

// Latent frames [frame][channel, row, column] of a scene with that many actors that move.
std::vector<std::vector<float>> SomeLatent(uint32_t frame_count, int actor_count, uint64_t seed);

// What config.json says where it says nothing else: 2 steps, 128x72, 48 frames.
std::string SmallConfig();

// Writes a whole model: config.json, tokenizer.model and four networks.
void PutModel(const TestFolder& folder);

}  // namespace aozora::mini
