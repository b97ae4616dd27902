// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "base/check.h"

namespace aozora {

// The sizes of a tensor's axes, slowest first. At most kRankMax of them, no allocation.
// Sizes from files are checked (weights/) before they become a Shape: their product fits 63 bits.
class Shape {
 public:
  static constexpr int kRankMax = 8;

  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  explicit Shape(std::span<const int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
    CHECK_LE(rank_, kRankMax);
    for (int axis = 0; axis < rank_; ++axis) {
      CHECK_LE(0, sizes[axis]);
      sizes_[axis] = sizes[axis];
    }
  }

  int rank() const { return rank_; }
  int64_t operator[](int axis) const {
    CHECK_LE(0, axis);
    CHECK_LT(axis, rank_);
    return sizes_[axis];
  }
  std::span<const int64_t> sizes() const { return {sizes_.data(), static_cast<size_t>(rank_)}; }

  int64_t count() const {  // number of values; 1 for rank 0
    int64_t n = 1;
    for (int64_t size : sizes()) n *= size;
    return n;
  }
  // Number of values in one item of axis 0.
  int64_t item_count() const {
    int64_t n = 1;
    for (int axis = 1; axis < rank_; ++axis) n *= sizes_[axis];
    return n;
  }
  Shape WithAxis(int axis, int64_t size) const {
    Shape shape = *this;
    CHECK_LE(0, axis);
    CHECK_LT(axis, rank_);
    CHECK_LE(0, size);
    shape.sizes_[axis] = size;
    return shape;
  }

  friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int axis = 0; axis < a.rank_; ++axis) {
      if (a.sizes_[axis] != b.sizes_[axis]) return false;
    }
    return true;
  }

 private:
  std::array<int64_t, kRankMax> sizes_ = {};
  int rank_ = 0;
};

std::string ToString(const Shape& shape);  // "[16, 3, 6, 8]"

}  // namespace aozora
