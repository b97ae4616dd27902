// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/file.h"
#include "tensor/view.h"

namespace aozora {

// A parameter of a network as it lies in host memory: mapped from a file or owned, plain or
// block-quantised (along the last axis). The value of an element is scale * stored value.
// Copies share the memory.
struct Weight {
  ConstView view;
  float scale = 1;                            // per-tensor scale of fp8 checkpoints, else 1
  std::shared_ptr<const MappedFile> file;     // the file it is mapped from, or
  std::shared_ptr<const std::byte[]> memory;  // the memory that it owns

  explicit operator bool() const { return static_cast<bool>(view); }
  uint64_t bytes() const { return *BytesOf(view.dtype(), static_cast<uint64_t>(view.count())); }
  Bytes stored() const { return {static_cast<const std::byte*>(view.data()), bytes()}; }
  // Lets the pages of a mapped weight leave memory; they come back when touched.
  void Release() const {
    if (file != nullptr) file->Release(stored());
  }
};

}  // namespace aozora
