// SPDX-License-Identifier: Apache-2.0
// safetensors: 8 bytes length of the header, a JSON header, and the tensors' bytes behind it
// (github.com/huggingface/safetensors, README.md, section "Format").
#pragma once

#include "weights/layout.h"

namespace aozora {

// Everything in the answer lies inside of `file`.
Result<FileLayout> ParseSafetensors(Bytes file);

// The dtype that safetensors calls `name` ("F32", "F8_E4M3" ...), and the name of a dtype; nothing
// for what it has no name for.
std::optional<DType> SafetensorsDType(std::string_view name);
std::optional<std::string_view> SafetensorsName(DType dtype);

}  // namespace aozora
