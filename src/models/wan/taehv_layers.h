// SPDX-License-Identifier: Apache-2.0
// The layers of TAEHV (github.com/madebyollin/taehv, taehv.py), frame by frame: a layer takes one
// frame [1, Y, X, C] and gives those that come of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "op/device.h"
#include "weights/tensor_set.h"

namespace aozora::wan {

inline constexpr int kTaehvLevelCount = 3;  // and a last one of whole pictures

class TinyLayer {
 public:
  virtual ~TinyLayer() = default;
  virtual void Reset() {}  // at the start of a clip
  // With `relu` the layer's own ReLU is applied; without it the caller does that. Layers that have
  // none ignore it.
  virtual Result<std::vector<op::Tensor>> Forward(op::Device& device, op::Tensor x, bool relu) = 0;
};

// A place in the original's list of layers, counted with those that have no weights. The original's
// enlargement before it and ReLU behind it are done along with the layer.
struct TinyEntry {
  int index = 0;
  std::unique_ptr<TinyLayer> layer;
  bool relu = false;
  // The enlargement in front of it is done by the layer behind it instead: nothing is lost when a
  // 1x1 convolution sees the small picture.
  bool enlarged_later = false;
  int64_t time_stride = 1;  // frames given for each taken
};

// Takes the layers of one half from a checkpoint, in order. `channels` is what comes out of the
// layers so far.
class TinyBuilder {
 public:
  TinyBuilder(op::Device& device, TensorSet& weights, std::string half, int64_t channels)
      : device_(device), weights_(weights), half_(std::move(half)), channels_(channels) {}

  struct ConvOptions {
    int64_t kernel = 3;
    uint32_t stride = 1;
    uint32_t upsample = 1;
    bool relu = false;
  };
  Status Clamp(int index);  // 3 tanh(x / 3)
  Status Conv(int index, const ConvOptions& options);
  Status MemBlock(int index);       // three 3x3 convolutions of a frame and the one before
  Status SuperMemBlock(int index);  // 7x7 depthwise and two 1x1 instead
  Status Grow(int index, bool enlarged_later);
  Status Pool(int index);
  Status Shuffle(int64_t factor);  // channels into factor x factor positions; colours vary slowest

  int64_t channels() const { return channels_; }
  std::vector<TinyEntry> Take() { return std::move(entries_); }

 private:
  std::string Name(int index, std::string_view rest = "") const;
  void Add(int index, std::unique_ptr<TinyLayer> layer, bool relu = false);

  op::Device& device_;
  TensorSet& weights_;
  const std::string half_;  // "decoder"
  int64_t channels_;
  std::vector<TinyEntry> entries_;
};

}  // namespace aozora::wan
