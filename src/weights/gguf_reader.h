// SPDX-License-Identifier: Apache-2.0
// GGUF versions 2 and 3, little endian (github.com/ggml-org/ggml, docs/gguf.md).
#pragma once

#include <optional>

#include "weights/layout.h"

namespace aozora {

// Everything in the answer lies inside of `file`. Sizes are turned round to the order of the
// framework; a tensor that was reshaped for its quantisation gets its shape back from
// comfy.gguf.orig_shape.NAME.
Result<FileLayout> ParseGguf(Bytes file);

// ggml's number for a dtype (include/ggml.h, enum ggml_type); nothing for what it does not know.
std::optional<uint32_t> GgmlType(DType dtype);

inline constexpr uint32_t kGgufAlignmentDefault = 32;

}  // namespace aozora
