// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "weights/safetensors_writer.h"

namespace aozora {

// A metadata value; its alternatives are the types of GGUF that they are written as.
using GgufWriteValue = std::variant<uint32_t, int32_t, uint64_t, int64_t, float, double, bool,
                                    std::string, std::vector<std::string>, std::vector<float>,
                                    std::vector<int32_t>, std::vector<uint8_t>>;
using GgufWriteMetadata = std::map<std::string, GgufWriteValue>;

// The header of a GGUF file (version 3) that holds `weights` in this order, padded up to where the
// data begins. Tensors start at multiples of general.alignment, an uint32_t, or else of 32.
// A weight with a scale or of a type that GGUF does not have (8-bit floats, bool) is an error.
Result<std::string> GgufHeader(std::span<const NamedWeight> weights,
                               const GgufWriteMetadata& metadata);

// The whole file, which appears under its name complete or not at all.
Status WriteGguf(const std::filesystem::path& path, std::span<const NamedWeight> weights,
                 const GgufWriteMetadata& metadata);

}  // namespace aozora
