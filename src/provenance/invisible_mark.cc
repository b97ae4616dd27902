// SPDX-License-Identifier: Apache-2.0
#include "provenance/invisible_mark.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "provenance/mark_rows.h"

namespace aozora {
namespace {

// Of each chip's rows so many are looked at, spread evenly: enough for a mean.
constexpr int kRowsLookedAt = 3;
// Rows of chips that one task draws.
constexpr int kTaskChips = 8;

// Where a pixel's middle lies between the middles of chips: the chip before it, counted with the
// border, and the share of the next one.
struct Place {
  int chip = 0;
  float share = 0;
};
Place PlaceOf(uint32_t pixel, double chip_px) {
  const double at = (pixel + 0.5) / chip_px + 0.5;
  const double chip = std::floor(at);
  return {static_cast<int>(chip), static_cast<float>(at - chip)};
}

}  // namespace

struct InvisibleMarkSink::Scratch {
  std::vector<uint8_t> luma;
  std::vector<uint16_t> luma_sums, detail_sums;
  std::array<std::vector<int16_t>, 2> lines;  // rows of chips, as wide as the picture
};

InvisibleMarkSink::InvisibleMarkSink(const InvisibleMarkSettings& settings, ThreadPool& pool,
                                     FrameSink& next)
    : settings_(settings),
      pool_(pool),
      next_(next),
      pattern_(MakeMarkPattern(settings.key, MarkClassOf(settings.id))) {
  for (uint32_t i = 0; i < pool.thread_count(); ++i) {
    scratch_.push_back(std::make_shared<Scratch>());
  }
}

void InvisibleMarkSink::Prepare(uint32_t width_px, uint32_t height_px) {
  strength_.emplace(pattern_, settings_.id, settings_.limits);
  chip_px_ = std::min(width_px, height_px) / kChipsAcross;
  field_.columns = static_cast<int>(std::ceil(width_px / chip_px_ - 1e-9)) + 2;
  field_.rows = static_cast<int>(std::ceil(height_px / chip_px_ - 1e-9)) + 2;
  const size_t cells = static_cast<size_t>(field_.columns) * static_cast<size_t>(field_.rows);
  field_.luma.assign(cells, 0);
  field_.detail.assign(cells, 0);
  scaled_.assign(cells, 0);
  index_.resize(width_px);
  share_.resize(width_px);
  for (uint32_t x = 0; x < width_px; ++x) {
    const Place place = PlaceOf(x, chip_px_);
    index_[x] = place.chip;
    share_[x] = place.share;
  }
  for (const auto& scratch : scratch_) {
    scratch->luma.resize(width_px + 64);
    scratch->luma_sums.resize(width_px);
    scratch->detail_sums.resize(width_px);
    for (auto& line : scratch->lines) line.resize(size_t{3} * width_px);
  }
  marked_ = Image::Black(width_px, height_px);
}

// Fills field_. A task is a row of chips.
void InvisibleMarkSink::Measure(const Image& frame) {
  const int columns = field_.columns - 2, rows = field_.rows - 2;
  pool_.ParallelFor(static_cast<uint64_t>(rows), [&](uint64_t row, uint32_t worker) {
    Scratch& scratch = *scratch_[worker];
    std::fill(scratch.luma_sums.begin(), scratch.luma_sums.end(), uint16_t{0});
    std::fill(scratch.detail_sums.begin(), scratch.detail_sums.end(), uint16_t{0});
    for (int i = 0; i < kRowsLookedAt; ++i) {
      const double y = (static_cast<double>(row) + (i + 0.5) / kRowsLookedAt) * chip_px_;
      const uint32_t at = std::min(static_cast<uint32_t>(y), frame.height_px - 1);
      AddLumaRow(frame.row(at).data(), frame.width_px, scratch.luma.data(),
                 scratch.luma_sums.data(), scratch.detail_sums.data());
    }
    float* const luma = &field_.luma[(row + 1) * static_cast<size_t>(field_.columns)];
    float* const detail = &field_.detail[(row + 1) * static_cast<size_t>(field_.columns)];
    size_t x = 0;
    for (int column = 1; column <= columns; ++column) {
      const size_t end = std::clamp<size_t>(static_cast<size_t>(std::lround(column * chip_px_)),
                                            x + 1, frame.width_px);
      if (x >= end) x = end - 1;
      uint32_t luma_sum = 0, detail_sum = 0;
      const float share = 1 / static_cast<float>((end - x) * kRowsLookedAt);
      for (; x < end; ++x) {
        luma_sum += scratch.luma_sums[x];
        detail_sum += scratch.detail_sums[x];
      }
      luma[column] = static_cast<float>(luma_sum) * share;
      detail[column] = static_cast<float>(detail_sum) * share;
    }
    for (float* const line : {luma, detail}) {
      line[0] = line[1];
      line[columns + 1] = line[columns];
    }
  });
  const size_t stride = static_cast<size_t>(field_.columns);
  for (std::vector<float>* const plane : {&field_.luma, &field_.detail}) {
    std::copy_n(plane->begin() + field_.columns, stride, plane->begin());
    std::copy_n(plane->end() - 2 * field_.columns, stride, plane->end() - field_.columns);
  }
}

// A task is the pixels between the middles of some rows of chips.
void InvisibleMarkSink::Blend(const Image& frame, const std::vector<float>& levels) {
  for (size_t i = 0; i < levels.size(); ++i) scaled_[i] = levels[i] * kStrengthOne;
  const uint64_t tasks = static_cast<uint64_t>((field_.rows + kTaskChips - 1) / kTaskChips);
  pool_.ParallelFor(tasks, [&](uint64_t task, uint32_t worker) {
    Scratch& scratch = *scratch_[worker];
    const auto expand = [&](int row, std::vector<int16_t>& line) {
      ExpandChips(&scaled_[static_cast<size_t>(row * field_.columns)], index_.data(), share_.data(),
                  frame.width_px, line.data());
    };
    const int first = static_cast<int>(task) * kTaskChips;
    const auto first_pixel = [&](int chip) {
      const double y = std::ceil((chip - 0.5) * chip_px_ - 0.5);
      return static_cast<uint32_t>(std::clamp(y, 0.0, double{1} * frame.height_px));
    };
    const uint32_t end = first_pixel(first + kTaskChips);
    int above = -1;
    for (uint32_t y = first_pixel(first); y < end; ++y) {
      const Place place = PlaceOf(y, chip_px_);
      if (place.chip == above + 1 && above >= 0) {
        std::swap(scratch.lines[0], scratch.lines[1]);
        expand(place.chip + 1, scratch.lines[1]);
      } else if (place.chip != above) {
        expand(place.chip, scratch.lines[0]);
        expand(place.chip + 1, scratch.lines[1]);
      }
      above = place.chip;
      BlendRow(frame.row(y).data(), scratch.lines[0].data(), scratch.lines[1].data(), place.share,
               size_t{3} * frame.width_px, marked_.rgb.data() + size_t{3} * frame.width_px * y);
    }
  });
}

Status InvisibleMarkSink::Write(const Image& frame) {
  if (std::min(frame.width_px, frame.height_px) < kMarkSidePxMin) return next_.Write(frame);
  if (frame.width_px != marked_.width_px || frame.height_px != marked_.height_px) {
    Prepare(frame.width_px, frame.height_px);
  }
  Measure(frame);
  Blend(frame, strength_->Of(field_));
  return next_.Write(marked_);
}

}  // namespace aozora
