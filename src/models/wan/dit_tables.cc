// SPDX-License-Identifier: Apache-2.0
#include "models/wan/dit_tables.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace aozora::wan {
namespace {

constexpr double kTheta = 10000;  // of the rotation and of the timestep's sinusoid alike

// [position_count, pair_count, 2]
std::vector<float> AxisTable(int64_t position_count, int64_t pair_count) {
  std::vector<float> table;
  table.reserve(static_cast<size_t>(2 * position_count * pair_count));
  for (int64_t position = 0; position < position_count; ++position) {
    for (int64_t i = 0; i < pair_count; ++i) {
      const double exponent = static_cast<double>(2 * i) / static_cast<double>(2 * pair_count);
      const double angle = static_cast<double>(position) * std::pow(kTheta, -exponent);
      table.push_back(static_cast<float>(std::cos(angle)));
      table.push_back(static_cast<float>(std::sin(angle)));
    }
  }
  return table;
}

}  // namespace

std::vector<float> TimeSinusoid(std::span<const float> timesteps, int64_t frequency_count) {
  const int64_t half = frequency_count / 2;
  std::vector<float> table(timesteps.size() * static_cast<size_t>(frequency_count));
  for (size_t r = 0; r < timesteps.size(); ++r) {
    float* row = table.data() + r * static_cast<size_t>(frequency_count);
    for (int64_t i = 0; i < half; ++i) {
      const double exponent = static_cast<double>(i) / static_cast<double>(half);
      const double angle = double{timesteps[r]} * std::pow(kTheta, -exponent);
      row[i] = static_cast<float>(std::cos(angle));
      row[half + i] = static_cast<float>(std::sin(angle));
    }
  }
  return table;
}

RotationPairs RotationPairs::Of(int64_t head_width) {
  const int64_t space = head_width / 6;
  return {head_width / 2 - 2 * space, space, space};
}

std::vector<float> RotationTable(int64_t frame_count, int64_t row_count, int64_t column_count,
                                 int64_t head_width) {
  const RotationPairs pairs = RotationPairs::Of(head_width);
  const std::vector<float> frames = AxisTable(frame_count, pairs.frame);
  const std::vector<float> rows = AxisTable(row_count, pairs.row);
  const std::vector<float> columns = AxisTable(column_count, pairs.column);
  std::vector<float> table(
      static_cast<size_t>(frame_count * row_count * column_count * head_width));
  float* out = table.data();
  for (int64_t f = 0; f < frame_count; ++f) {
    for (int64_t y = 0; y < row_count; ++y) {
      for (int64_t x = 0; x < column_count; ++x) {
        out = std::copy_n(frames.data() + f * 2 * pairs.frame, 2 * pairs.frame, out);
        out = std::copy_n(rows.data() + y * 2 * pairs.row, 2 * pairs.row, out);
        out = std::copy_n(columns.data() + x * 2 * pairs.column, 2 * pairs.column, out);
      }
    }
  }
  return table;
}

TokenTimesteps CollapseTimesteps(std::span<const float> timesteps, int64_t frame_count,
                                 int64_t tokens_a_frame) {
  const auto count = static_cast<int64_t>(timesteps.size());
  CHECK(count == 1 || count == frame_count || count == frame_count * tokens_a_frame);
  const int64_t repeat = frame_count * tokens_a_frame / count;
  TokenTimesteps result;
  for (const float timestep : timesteps) {
    auto place = std::find(result.distinct.begin(), result.distinct.end(), timestep);
    if (place == result.distinct.end()) {
      place = result.distinct.insert(place, timestep);
    }
    const auto row = static_cast<uint32_t>(place - result.distinct.begin());
    result.rows.insert(result.rows.end(), static_cast<size_t>(repeat), row);
  }
  if (result.distinct.size() == 1) result.rows.clear();
  return result;
}

}  // namespace aozora::wan
