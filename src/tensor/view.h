// SPDX-License-Identifier: Apache-2.0
// Views say where a tensor lies and what shape it has, not who owns it. Row-major; all axes are
// dense except the first, whose items may lie further apart (columns cut out of a wider matrix,
// frames cut out of a longer clip). No math here.
#pragma once

#include <cstdint>
#include <span>

#include "base/check.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace aozora {

template <class Void>  // void or const void
class BasicView {
  template <class T>
  using Like = std::conditional_t<std::is_const_v<Void>, const T, T>;

 public:
  BasicView() = default;  // empty: an absent optional argument
  BasicView(Void* data, DType dtype, Shape shape)
      : BasicView(data, dtype, shape, shape.rank() > 0 ? shape.item_count() : 1) {}
  BasicView(Void* data, DType dtype, Shape shape, int64_t item_stride)
      : data_(data), dtype_(dtype), shape_(shape), item_stride_(item_stride) {}
  template <class Other>
  requires(std::is_const_v<Void> && !std::is_const_v<Other>)
      BasicView(const BasicView<Other>& other)  // NOLINT(runtime/explicit)
      : BasicView(other.data(), other.dtype(), other.shape(), other.item_stride()) {}

  explicit operator bool() const { return data_ != nullptr; }
  Void* data() const { return data_; }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  int64_t dim(int axis) const { return shape_[axis]; }
  int64_t count() const { return shape_.count(); }
  int64_t item_stride() const { return item_stride_; }  // values between items of axis 0
  bool dense() const {
    return shape_.rank() == 0 || shape_[0] <= 1 || item_stride_ == shape_.item_count();
  }

  // The values, for those who know that they are f32 in host memory.
  Like<float>* f32() const {
    CHECK(dtype_ == DType::kF32);
    return static_cast<Like<float>*>(data_);
  }
  std::span<Like<float>> f32_span() const {
    CHECK(dense());
    return {f32(), static_cast<size_t>(count())};
  }

  // Items [begin, begin + count) of axis 0. Plain dtypes only.
  BasicView Items(int64_t begin, int64_t item_count) const {
    CHECK_LE(0, begin);
    CHECK_LE(begin + item_count, shape_[0]);
    return BasicView(At(begin * item_stride_), dtype_, shape_.WithAxis(0, item_count),
                     item_stride_);
  }
  // Columns [begin, begin + count) of a matrix.
  BasicView Columns(int64_t begin, int64_t column_count) const {
    CHECK_EQ(shape_.rank(), 2);
    CHECK_LE(0, begin);
    CHECK_LE(begin + column_count, shape_[1]);
    return BasicView(At(begin), dtype_, Shape{shape_[0], column_count}, item_stride_);
  }
  // The same values under another shape of the same count. Splitting or joining the axes behind the
  // first works on any view; anything else needs a dense one.
  BasicView As(Shape shape) const {
    CHECK_EQ(shape.count(), count());
    const bool keeps_items = shape.rank() > 0 && shape_.rank() > 0 && shape[0] == shape_[0];
    if (keeps_items) return BasicView(data_, dtype_, shape, item_stride_);
    CHECK(dense());
    return BasicView(data_, dtype_, shape);
  }

 private:
  Void* At(int64_t value_index) const {
    const DTypeInfo& info = Info(dtype_);
    CHECK_EQ(info.block_values, 1u);
    using Byte = Like<std::byte>;
    return static_cast<Byte*>(data_) + value_index * info.block_bytes;
  }

  Void* data_ = nullptr;
  DType dtype_ = DType::kF32;
  Shape shape_;
  int64_t item_stride_ = 0;
};

using View = BasicView<void>;
using ConstView = BasicView<const void>;

}  // namespace aozora
