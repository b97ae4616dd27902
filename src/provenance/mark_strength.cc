// SPDX-License-Identifier: Apache-2.0
#include "provenance/mark_strength.h"

#include <algorithm>
#include <cmath>

namespace aozora {
namespace {

// So much detail lets a chip be twice as strong as on a flat ground, levels.
constexpr float kDetailDoubles = 1.6f;
// A level is a larger share of the light where it is dark (display light grows with the 2.2th power
// of the value), so the mark is weaker there: (luma + kDarkOffset) / kDarkScale within these.
constexpr float kDarkOffset = 50, kDarkScale = 150, kDarkMin = 0.7f, kDarkMax = 1.1f;
// Much as in the detector (mark_analysis.cc), which works on pixels: what it levels pictures by,
// and where it clips.
constexpr int kSmoothChips = 5;
constexpr float kContrastFloor = 0.7f;
constexpr float kClip = 2.0f;
// A bit's chips are drawn at least and at most so many times as strongly as the average.
constexpr double kGainMin = 0.6, kGainMax = 1.7;
// The pictures' say is averaged over so many frames: few, so that each frame can be read alone.
constexpr uint64_t kMemoryFrames = 6;
// Share of a chip's peak that is left in the mean over its own square (a tent's, in both
// directions: (3/4)^2), and in the mean square of it all (see MeanSquare).
constexpr double kMeanOfTent = 0.5625;

size_t Cell(const ChipField& field, int row, int column) {
  return static_cast<size_t>(row * field.columns + column);
}

// The place in the tile; the border's first chip is the tile's last.
size_t TileChip(int row, int column) {
  return static_cast<size_t>(((row - 1) & (kTileSide - 1)) * kTileSide +
                             ((column - 1) & (kTileSide - 1)));
}

// Means over boxes of kSmoothChips, cut off at the edges.
void Smooth(const ChipField& shape, const std::vector<float>& from, std::vector<float>& scratch,
            std::vector<float>& to) {
  constexpr int kReach = kSmoothChips / 2;
  scratch.resize(from.size());
  to.resize(from.size());
  for (int row = 0; row < shape.rows; ++row) {
    const float* const in = &from[Cell(shape, row, 0)];
    float* const out = &scratch[Cell(shape, row, 0)];
    for (int x = 0; x < shape.columns; ++x) {
      const int first = std::max(0, x - kReach), last = std::min(shape.columns - 1, x + kReach);
      float sum = 0;
      for (int i = first; i <= last; ++i) sum += in[i];
      out[x] = sum / static_cast<float>(last - first + 1);
    }
  }
  for (int row = 0; row < shape.rows; ++row) {
    const int first = std::max(0, row - kReach), last = std::min(shape.rows - 1, row + kReach);
    float* const out = &to[Cell(shape, row, 0)];
    std::fill_n(out, shape.columns, 0.0f);
    for (int i = first; i <= last; ++i) {
      const float* const in = &scratch[Cell(shape, i, 0)];
      for (int x = 0; x < shape.columns; ++x) out[x] += in[x];
    }
    const float share = 1 / static_cast<float>(last - first + 1);
    for (int x = 0; x < shape.columns; ++x) out[x] *= share;
  }
}

// Of the surface that is linear between the chips' middles in both directions: the exact integral
// over each square between four of them.
double MeanSquare(const ChipField& shape, const std::vector<float>& chips) {
  double sum = 0;
  for (int row = 0; row + 1 < shape.rows; ++row) {
    const float* const above = &chips[Cell(shape, row, 0)];
    const float* const below = above + shape.columns;
    float line = 0;
    for (int x = 0; x + 1 < shape.columns; ++x) {
      const float a = above[x], b = above[x + 1], c = below[x], d = below[x + 1];
      line += (a * a + b * b + c * c + d * d + a * b + a * c + b * d + c * d) * (1 / 9.0f) +
              (a * d + b * c) * (1 / 18.0f);
    }
    sum += line;
  }
  return sum / ((shape.rows - 1.0) * (shape.columns - 1.0));
}

}  // namespace

MarkStrength::MarkStrength(const MarkPattern& pattern, uint32_t id,
                           const MarkStrengthLimits& limits)
    : pattern_(pattern),
      word_(EncodeMark(id)),
      chips_(MarkChips(pattern_, word_)),
      limits_(limits) {}

const std::vector<float>& MarkStrength::Of(const ChipField& field) {
  ChooseAmplitudes(field);
  MeasureHost(field);
  ChooseGains(field);
  Draw(field);
  return delta_;
}

// Texture hides the mark, a lone edge does not: the least of what is around counts. So does light.
void MarkStrength::ChooseAmplitudes(const ChipField& field) {
  amplitude_.resize(field.luma.size());
  for (int row = 0; row < field.rows; ++row) {
    const int up = std::max(0, row - 1), down = std::min(field.rows - 1, row + 1);
    for (int x = 0; x < field.columns; ++x) {
      const int left = std::max(0, x - 1), right = std::min(field.columns - 1, x + 1);
      const float across =
          0.5f * (field.detail[Cell(field, row, left)] + field.detail[Cell(field, row, right)]);
      const float along =
          0.5f * (field.detail[Cell(field, up, x)] + field.detail[Cell(field, down, x)]);
      const float detail = std::min({field.detail[Cell(field, row, x)], across, along});
      const float light = (field.luma[Cell(field, row, x)] + kDarkOffset) / kDarkScale;
      amplitude_[Cell(field, row, x)] =
          (1 + detail / kDetailDoubles) * std::clamp(light, kDarkMin, kDarkMax);
    }
  }
}

// What the detector would read without a mark, bit by bit, averaged over the last frames.
void MarkStrength::MeasureHost(const ChipField& field) {
  Smooth(field, field.luma, scratch_, smooth_);
  for (size_t i = 0; i < smooth_.size(); ++i) smooth_[i] = field.luma[i] - smooth_[i];
  level_.resize(smooth_.size());
  for (size_t i = 0; i < smooth_.size(); ++i) {
    level_[i] = smooth_[i] * smooth_[i] + 0.6f * field.detail[i] * field.detail[i];
  }
  std::vector<float>& squares = delta_;  // not needed before Draw
  Smooth(field, level_, scratch_, squares);
  for (size_t i = 0; i < squares.size(); ++i) {
    const float own = static_cast<float>(limits_.flat_levels) * amplitude_[i] * (2.0f / 3);
    level_[i] = 1 / (std::sqrt(squares[i] + own * own) + kContrastFloor);
  }
  std::array<double, kMarkCodedBits> now = {};
  for (int row = 1; row + 1 < field.rows; ++row) {
    for (int x = 1; x + 1 < field.columns; ++x) {
      const size_t chip = TileChip(row, x), cell = Cell(field, row, x);
      if (pattern_.role[chip] == MarkPattern::kSync) continue;
      now[static_cast<size_t>(pattern_.role[chip])] +=
          pattern_.sign[chip] * std::clamp(smooth_[cell] * level_[cell], -kClip, kClip);
    }
  }
  frame_count_ = std::min(frame_count_ + 1, kMemoryFrames);
  const double share = 1 / static_cast<double>(frame_count_);
  for (size_t bit = 0; bit < now.size(); ++bit) host_[bit] += share * (now[bit] - host_[bit]);
}

// Bits that the pictures contradict get more, those that they confirm less, so that all stand out
// alike; the sum of the squares of all gains stays.
void MarkStrength::ChooseGains(const ChipField& field) {
  std::array<double, kMarkCodedBits> mark = {};
  const double flat = limits_.flat_levels * kMeanOfTent;
  for (int row = 1; row + 1 < field.rows; ++row) {
    for (int x = 1; x + 1 < field.columns; ++x) {
      const size_t chip = TileChip(row, x), cell = Cell(field, row, x);
      if (pattern_.role[chip] == MarkPattern::kSync) continue;
      mark[static_cast<size_t>(pattern_.role[chip])] += flat * amplitude_[cell] * level_[cell];
    }
  }
  double low = 0, high = 0;  // of what all bits shall come to
  for (size_t bit = 0; bit < mark.size(); ++bit) {
    high = std::max(high, kGainMax * mark[bit] + std::abs(host_[bit]));
  }
  constexpr int kHalvings = 20;
  for (int i = 0; i < kHalvings; ++i) {
    const double aim = (low + high) / 2;
    double squares = 0;
    for (size_t bit = 0; bit < mark.size(); ++bit) {
      const double missing = aim - word_[bit] * host_[bit];
      const double gain = std::clamp(missing / std::max(mark[bit], 1e-9), kGainMin, kGainMax);
      gain_[bit] = static_cast<float>(gain);
      squares += gain * gain;
    }
    (squares > kMarkCodedBits ? high : low) = aim;
  }
}

void MarkStrength::Draw(const ChipField& field) {
  const float most = static_cast<float>(limits_.levels_max / limits_.flat_levels);
  for (int row = 0; row < field.rows; ++row) {
    for (int x = 0; x < field.columns; ++x) {
      const size_t chip = TileChip(row, x), cell = Cell(field, row, x);
      const int16_t role = pattern_.role[chip];
      const float gain = role == MarkPattern::kSync ? 1.0f : gain_[static_cast<size_t>(role)];
      delta_[cell] = chips_[chip] * gain * std::min(amplitude_[cell], most);
    }
  }
  const double allowed = 255.0 * 255 / std::pow(10.0, limits_.psnr_db_min / 10) - 1.0 / 12;
  const double square = MeanSquare(field, delta_);
  const float factor = static_cast<float>(
      std::min(limits_.flat_levels, std::sqrt(std::max(allowed, 0.0) / std::max(square, 1e-9))));
  for (float& delta : delta_) delta *= factor;
}

}  // namespace aozora
