// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "op/backend.h"

namespace aozora::ops::cpu {

// Working memory of one op, aligned to 64 bytes, content undefined; given back when it ends.
class Scratch {
 public:
  Scratch(op::Memory& memory, size_t float_count)
      : memory_(memory),
        bytes_(float_count * sizeof(float)),
        data_(static_cast<float*>(memory.Allocate(bytes_))) {}
  ~Scratch() { memory_.Free(data_, bytes_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  float* data() const { return data_; }

 private:
  op::Memory& memory_;
  uint64_t bytes_;
  float* data_;
};

}  // namespace aozora::ops::cpu
