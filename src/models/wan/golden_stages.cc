// SPDX-License-Identifier: Apache-2.0
#include "models/wan/golden_stages.h"

#include <fmt/core.h>

namespace aozora::wan {

void JoinedFrames::Add(op::Device& device, ConstView piece) {
  channels_ = piece.dim(3);
  positions_ = piece.dim(1) * piece.dim(2);
  const size_t begin = values_.size();
  values_.resize(begin + static_cast<size_t>(piece.count()));
  device.Download(piece, std::span(values_).subspan(begin));
}

PictureSink JoinedFrames::Joiner(op::Device& device) {
  return [this, &device](ConstView pictures) -> Status {
    Add(device, pictures);
    return Ok();
  };
}

std::vector<float> JoinedFrames::In(AxisOrder order) const {
  std::vector<float> result(values_.size());
  if (values_.empty()) return result;
  const int64_t frame_count = static_cast<int64_t>(values_.size()) / (positions_ * channels_);
  const bool time_first = order == AxisOrder::kTimeFirst;
  const float* from = values_.data();
  for (int64_t frame = 0; frame < frame_count; ++frame) {
    for (int64_t position = 0; position < positions_; ++position) {
      for (int64_t channel = 0; channel < channels_; ++channel) {
        const int64_t plane =
            time_first ? frame * channels_ + channel : channel * frame_count + frame;
        result[static_cast<size_t>(plane * positions_ + position)] = *from++;
      }
    }
  }
  return result;
}

Probe StageRecorder::MakeProbe() {
  return [this](std::string_view stage, ConstView value) {
    const std::string key = fmt::format("mid.{}", stage);
    if (golden_.Has(key)) stages_[key].Add(device_, value);
  };
}

void StageRecorder::CompareAll(AxisOrder order) {
  for (const auto& [key, frames] : stages_) golden_.Compare(key, frames.In(order));
}

std::vector<float> SliceAxis1(const GoldenTensor& tensor, int64_t index) {
  const int64_t plane = tensor.shape[2] * tensor.shape[3];
  std::vector<float> slice;
  for (int64_t item = 0; item < tensor.shape[0]; ++item) {
    const float* from = tensor.values.data() + (item * tensor.shape[1] + index) * plane;
    slice.insert(slice.end(), from, from + plane);
  }
  return slice;
}

std::vector<float> Pictures(const GoldenTensor& video, AxisOrder order, int64_t begin,
                            int64_t count) {
  const bool time_first = order == AxisOrder::kTimeFirst;
  const int64_t colours = video.shape[time_first ? 1 : 0];
  const int64_t frame_count = video.shape[time_first ? 0 : 1];
  const int64_t positions = video.shape[2] * video.shape[3];
  std::vector<float> pictures;
  for (int64_t frame = begin; frame < begin + count; ++frame) {
    for (int64_t position = 0; position < positions; ++position) {
      for (int64_t colour = 0; colour < colours; ++colour) {
        const int64_t plane = time_first ? frame * colours + colour : colour * frame_count + frame;
        pictures.push_back(video.values[static_cast<size_t>(plane * positions + position)]);
      }
    }
  }
  return pictures;
}

}  // namespace aozora::wan
