// SPDX-License-Identifier: Apache-2.0
// Golden tensors of networks on video: kept channels-last and piece by piece here, whole and in the
// originals' order of axes in the files.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/golden.h"
#include "op/device.h"

namespace aozora::wan {

enum class AxisOrder : uint8_t {
  kChannelsFirst,  // [C, T, Y, X]
  kTimeFirst,      // [T, C, Y, X]
};

// Frames [T, Y, X, C] that come in pieces.
class JoinedFrames {
 public:
  void Add(op::Device& device, ConstView piece);
  // Adds what a decoder finishes. Device and this outlive the sink.
  PictureSink Joiner(op::Device& device);
  bool empty() const { return values_.empty(); }
  std::vector<float> In(AxisOrder order) const;

 private:
  int64_t positions_ = 0, channels_ = 0;
  std::vector<float> values_;
};

// The stages that a network shows and the case has a tensor for. Device and case outlive this, and
// this the probe.
class StageRecorder {
 public:
  StageRecorder(op::Device& device, GoldenCase& golden) : device_(device), golden_(golden) {}
  Probe MakeProbe();
  void CompareAll(AxisOrder order);

 private:
  op::Device& device_;
  GoldenCase& golden_;
  std::map<std::string, JoinedFrames> stages_;
};

// Item `index` of axis 1 of a tensor [A, T, Y, X]: [A, Y, X].
std::vector<float> SliceAxis1(const GoldenTensor& tensor, int64_t index);
// Frames [begin, begin + count) of a clip with three colours, as [count, Y, X, 3].
std::vector<float> Pictures(const GoldenTensor& video, AxisOrder order, int64_t begin,
                            int64_t count);

}  // namespace aozora::wan
