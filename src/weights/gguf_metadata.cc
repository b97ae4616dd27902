// SPDX-License-Identifier: Apache-2.0
#include "weights/gguf_metadata.h"

#include <fmt/ranges.h>

#include <utility>

#include "weights/layout.h"

namespace aozora {
namespace {

constexpr uint64_t kKeyBytesMax = 65535;      // the limit of the format
constexpr uint64_t kTextBytesMax = 16_MiB;    // chat templates are the longest, some 10 kB
constexpr uint64_t kArrayCountMax = 1 << 24;  // vocabularies have some 250,000
constexpr uint64_t kShownCountMax = 32;       // of an array, as text

// 0 for what has no fixed size.
uint64_t SizeOf(GgufType type) {
  switch (type) {
    case GgufType::kU8:
    case GgufType::kI8:
    case GgufType::kBool:
      return 1;
    case GgufType::kU16:
    case GgufType::kI16:
      return 2;
    case GgufType::kU32:
    case GgufType::kI32:
    case GgufType::kF32:
      return 4;
    case GgufType::kU64:
    case GgufType::kI64:
    case GgufType::kF64:
      return 8;
    case GgufType::kString:
    case GgufType::kArray:
      break;
  }
  return 0;
}

Result<GgufType> ReadType(ByteReader* reader) {
  const auto code = TRY(reader->Read<uint32_t>());
  if (code > static_cast<uint32_t>(GgufType::kF64)) {
    return Error::Corrupt("unknown metadata type {}", code);
  }
  return static_cast<GgufType>(code);
}

Result<GgufValue> ReadValue(ByteReader* reader, Bytes file) {
  GgufValue value;
  value.type = TRY(ReadType(reader));
  if (value.type == GgufType::kArray) {
    value.is_array = true;
    value.type = TRY(ReadType(reader));
    value.count = TRY(reader->Read<uint64_t>());
    if (value.type == GgufType::kArray) return Error::Unsupported("an array of arrays");
    if (value.count > kArrayCountMax) {
      return Error::Corrupt("an array of {} values, more than {}", value.count, kArrayCountMax);
    }
  }
  if (value.type != GgufType::kString) {
    // Both factors are small: no overflow.
    value.payload = TRY(reader->Take(value.count * SizeOf(value.type)));
    return value;
  }
  const uint64_t begin = reader->position();
  for (uint64_t i = 0; i < value.count; ++i) TRY(ReadGgufString(reader, kTextBytesMax));
  value.payload = file.subspan(begin, reader->position() - begin);
  return value;
}

template <class T>
T At(Bytes payload, uint64_t index) {
  T value;
  std::memcpy(&value, payload.data() + index * sizeof(T), sizeof(T));
  return value;
}

std::optional<int64_t> IntegerAt(const GgufValue& value, uint64_t index) {
  switch (value.type) {
    case GgufType::kU8:
      return At<uint8_t>(value.payload, index);
    case GgufType::kI8:
      return At<int8_t>(value.payload, index);
    case GgufType::kU16:
      return At<uint16_t>(value.payload, index);
    case GgufType::kI16:
      return At<int16_t>(value.payload, index);
    case GgufType::kU32:
      return At<uint32_t>(value.payload, index);
    case GgufType::kI32:
      return At<int32_t>(value.payload, index);
    case GgufType::kU64: {
      const auto wide = At<uint64_t>(value.payload, index);
      if (wide > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
      return static_cast<int64_t>(wide);
    }
    case GgufType::kI64:
      return At<int64_t>(value.payload, index);
    default:
      return std::nullopt;
  }
}

// The texts were walked over once when they were parsed, so they are all there.
std::vector<std::string_view> SplitTexts(const GgufValue& value) {
  std::vector<std::string_view> texts;
  texts.reserve(value.count);
  uint64_t at = 0;
  for (uint64_t i = 0; i < value.count; ++i) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, value.payload.data() + at, sizeof(bytes));
    texts.push_back(AsText(value.payload.subspan(at + sizeof(bytes), bytes)));
    at += sizeof(bytes) + bytes;
  }
  return texts;
}

std::string ElementText(const GgufValue& value, uint64_t index) {
  if (value.type == GgufType::kF32) return fmt::format("{}", At<float>(value.payload, index));
  if (value.type == GgufType::kF64) return fmt::format("{}", At<double>(value.payload, index));
  if (value.type == GgufType::kBool) return At<uint8_t>(value.payload, index) ? "true" : "false";
  if (const std::optional<int64_t> integer = IntegerAt(value, index)) {
    return fmt::format("{}", *integer);
  }
  return fmt::format("{}", At<uint64_t>(value.payload, index));
}

}  // namespace

std::optional<std::string_view> GgufValue::Text() const {
  if (is_array || type != GgufType::kString) return std::nullopt;
  return SplitTexts(*this)[0];
}

std::optional<int64_t> GgufValue::Integer() const {
  if (is_array) return std::nullopt;
  return IntegerAt(*this, 0);
}

std::optional<bool> GgufValue::Bool() const {
  if (is_array || type != GgufType::kBool) return std::nullopt;
  return At<uint8_t>(payload, 0) != 0;
}

std::optional<std::vector<std::string_view>> GgufValue::Texts() const {
  if (!is_array || type != GgufType::kString) return std::nullopt;
  return SplitTexts(*this);
}

std::optional<std::vector<float>> GgufValue::Floats() const {
  if (!is_array || type != GgufType::kF32) return std::nullopt;
  std::vector<float> values(count);
  for (uint64_t i = 0; i < count; ++i) values[i] = At<float>(payload, i);
  return values;
}

std::optional<std::vector<int64_t>> GgufValue::Integers() const {
  if (!is_array) return std::nullopt;
  std::vector<int64_t> values;
  values.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    const std::optional<int64_t> value = IntegerAt(*this, i);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

std::optional<std::string_view> GgufValue::ArrayBytes() const {
  if (!is_array || (type != GgufType::kU8 && type != GgufType::kI8)) return std::nullopt;
  return AsText(payload);
}

Result<std::string_view> ReadGgufString(ByteReader* reader, uint64_t bytes_max) {
  const auto bytes = TRY(reader->Read<uint64_t>());
  if (bytes > bytes_max) {
    return Error::Corrupt("a text of {} bytes, more than {}", bytes, bytes_max);
  }
  const Bytes text = TRY(reader->Take(bytes));
  return AsText(text);
}

Result<GgufMetadata> ReadGgufMetadata(ByteReader* reader, Bytes file, uint64_t count) {
  GgufMetadata metadata;
  for (uint64_t i = 0; i < count; ++i) {
    const std::string key(TRY_WITHIN("metadata key", ReadGgufString(reader, kKeyBytesMax)));
    const GgufValue value = TRY_WITHIN("metadata " + Quoted(key), ReadValue(reader, file));
    if (!metadata.emplace(key, value).second) {
      return Error::Corrupt("metadata {} is there twice", Quoted(key));
    }
  }
  return metadata;
}

std::optional<std::string> GgufText(const GgufValue& value) {
  if (const auto text = value.Text()) return std::string(*text);
  if (value.type == GgufType::kString || value.count > kShownCountMax) return std::nullopt;
  std::vector<std::string> parts;
  for (uint64_t i = 0; i < value.count; ++i) parts.push_back(ElementText(value, i));
  return fmt::format("{}", fmt::join(parts, ","));
}

}  // namespace aozora
