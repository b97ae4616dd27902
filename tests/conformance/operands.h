// SPDX-License-Identifier: Apache-2.0
// The operands of a case, made from nothing but the text of the case, so that the same case always
// has the same numbers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "case.h"
#include "tensor/view.h"
#include "tensor/weight.h"

namespace aozora::conformance {

// What an output holds before it is written, and between its items for ever.
inline constexpr float kUntouched = 12345.5f;

class Operands {
 public:
  // Plain: every operand dense, outputs in memory of their own. As the case says: with its gaps and
  // with outputs on top of inputs. Both hold the same numbers.
  enum class Layout { kPlain, kAsCase };

  Operands(const Case& source, Layout layout) : case_(source), layout_(layout) {}
  Operands(const Operands&) = delete;
  Operands& operator=(const Operands&) = delete;

  const Case& source() const { return case_; }
  Layout layout() const { return layout_; }

  // Values of mean 0 and deviation `scale`, or what `fill` says; `gap` values of NaN between items.
  ConstView Input(const std::string& name, const Shape& shape, int64_t gap = 0, double scale = 1,
                  const std::string& fill = "normal", DType dtype = DType::kF32);
  // The same as something that an output may be put on.
  View InOut(const std::string& name, const Shape& shape, int64_t gap = 0, double scale = 1,
             const std::string& fill = "normal", DType dtype = DType::kF32);
  View Output(const Shape& shape, int64_t gap = 0, DType dtype = DType::kF32);
  // Angles as (cos, sin) pairs, [m, pairs, 2].
  ConstView Rotation(const std::string& name, int64_t m, int64_t pair_count);
  // Deviation `scale` if of a plain dtype; of about that size if of a block-quantised one.
  const Weight* MakeWeight(const std::string& name, const Shape& shape, DType dtype, double scale,
                           float weight_scale);
  std::vector<uint32_t>& Rows(const std::string& name, int64_t count, uint32_t below);
  std::vector<int32_t>& Ids(const std::string& name, int64_t count, int32_t below);
  std::vector<ConstView>& Views();
  std::vector<int>& Order(const std::vector<int64_t>& order);

  // What is wrong with the memory around the values after a run: an input that changed, a gap of an
  // output that was written to. Empty if nothing is.
  std::string Damage() const;

 private:
  struct Buffer {
    std::string name;
    std::vector<std::byte> bytes;  // exactly as many as needed: ASan sees a read past the end
    std::vector<std::byte> before;
    DType dtype = DType::kF32;
    Shape shape;
    int64_t gap = 0;
    bool may_write = false;
  };
  Buffer& NewBuffer(const std::string& name, const Shape& shape, int64_t gap, float between,
                    DType dtype);
  static View ViewOf(Buffer& buffer);

  Case case_;
  Layout layout_;
  std::vector<std::unique_ptr<Buffer>> buffers_;
  std::vector<std::unique_ptr<Weight>> weights_;
  std::vector<std::unique_ptr<std::vector<uint32_t>>> rows_;
  std::vector<std::unique_ptr<std::vector<int32_t>>> ids_;
  std::vector<std::unique_ptr<std::vector<int>>> orders_;
  std::vector<std::unique_ptr<std::vector<ConstView>>> views_;
};

}  // namespace aozora::conformance
