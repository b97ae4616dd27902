// SPDX-License-Identifier: Apache-2.0
// The key-value part of a GGUF file (github.com/ggml-org/ggml, docs/gguf.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weights/byte_reader.h"

namespace aozora {

enum class GgufType : uint32_t {
  kU8 = 0,
  kI8 = 1,
  kU16 = 2,
  kI16 = 3,
  kU32 = 4,
  kI32 = 5,
  kF32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kU64 = 10,
  kI64 = 11,
  kF64 = 12,
};

// One value, or the values of an array, as they lie in the file, whose bytes must outlive this.
// Everything that the accessors read was checked when it was parsed.
struct GgufValue {
  bool is_array = false;
  GgufType type = GgufType::kU8;  // of the elements, for an array
  uint64_t count = 1;
  Bytes payload;

  // Nothing where the value is of another kind.
  std::optional<std::string_view> Text() const;
  std::optional<int64_t> Integer() const;
  std::optional<bool> Bool() const;
  std::optional<std::vector<std::string_view>> Texts() const;
  std::optional<std::vector<float>> Floats() const;
  std::optional<std::vector<int64_t>> Integers() const;  // of any integer type
  std::optional<std::string_view> ArrayBytes() const;    // an array of 8-bit integers
};

using GgufMetadata = std::map<std::string, GgufValue, std::less<>>;

// A length of 64 bits and so many bytes, at most `bytes_max`.
Result<std::string_view> ReadGgufString(ByteReader* reader, uint64_t bytes_max);

// `count` pairs at the reader's place in `file`. A key twice, an unknown type, an array of arrays
// or too long a text is an error.
Result<GgufMetadata> ReadGgufMetadata(ByteReader* reader, Bytes file, uint64_t count);

// For TensorFile::metadata: text as it is, numbers in decimal, short arrays with commas between;
// nothing for what is too long for that.
std::optional<std::string> GgufText(const GgufValue& value);

}  // namespace aozora
