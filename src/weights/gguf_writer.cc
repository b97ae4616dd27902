// SPDX-License-Identifier: Apache-2.0
#include "weights/gguf_writer.h"

#include <bit>
#include <type_traits>

#include "weights/byte_reader.h"
#include "weights/gguf_metadata.h"
#include "weights/gguf_reader.h"

namespace aozora {
namespace {

constexpr uint32_t kVersion = 3;

template <class T>
void Append(T value, std::string* out) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out->append(bytes, sizeof(T));
}

void AppendText(std::string_view text, std::string* out) {
  Append(static_cast<uint64_t>(text.size()), out);
  *out += text;
}

template <class T>
constexpr GgufType TypeOf() {
  if constexpr (std::is_same_v<T, uint8_t>) return GgufType::kU8;
  if constexpr (std::is_same_v<T, uint32_t>) return GgufType::kU32;
  if constexpr (std::is_same_v<T, int32_t>) return GgufType::kI32;
  if constexpr (std::is_same_v<T, uint64_t>) return GgufType::kU64;
  if constexpr (std::is_same_v<T, int64_t>) return GgufType::kI64;
  if constexpr (std::is_same_v<T, float>) return GgufType::kF32;
  if constexpr (std::is_same_v<T, double>) return GgufType::kF64;
  if constexpr (std::is_same_v<T, bool>) return GgufType::kBool;
  return GgufType::kString;
}

template <class T>
void AppendElement(const T& value, std::string* out) {
  if constexpr (std::is_same_v<T, std::string>) {
    AppendText(value, out);
  } else {
    Append(value, out);
  }
}

template <class T>
void AppendValue(const T& value, std::string* out) {
  Append(static_cast<uint32_t>(TypeOf<T>()), out);
  AppendElement(value, out);
}

template <class T>
void AppendValue(const std::vector<T>& values, std::string* out) {
  Append(static_cast<uint32_t>(GgufType::kArray), out);
  Append(static_cast<uint32_t>(TypeOf<T>()), out);
  Append(static_cast<uint64_t>(values.size()), out);
  for (const T& value : values) AppendElement(value, out);
}

uint64_t AlignmentOf(const GgufWriteMetadata& metadata) {
  const auto found = metadata.find("general.alignment");
  if (found == metadata.end()) return kGgufAlignmentDefault;
  const auto* alignment = std::get_if<uint32_t>(&found->second);
  CHECK(alignment != nullptr && std::has_single_bit(*alignment));
  return *alignment;
}

}  // namespace

Result<std::string> GgufHeader(std::span<const NamedWeight> weights,
                               const GgufWriteMetadata& metadata) {
  const uint64_t alignment = AlignmentOf(metadata);
  std::string header = "GGUF";
  Append(kVersion, &header);
  Append(static_cast<uint64_t>(weights.size()), &header);
  Append(static_cast<uint64_t>(metadata.size()), &header);
  for (const auto& [key, value] : metadata) {
    AppendText(key, &header);
    std::visit([&](const auto& held) { AppendValue(held, &header); }, value);
  }
  uint64_t offset = 0;
  for (const auto& [name, weight] : weights) {
    const std::optional<uint32_t> type = GgmlType(weight.view.dtype());
    if (!type || weight.scale != 1) {
      return Error::Invalid("GGUF cannot hold tensor {} of type {} and scale {}", Quoted(name),
                            Name(weight.view.dtype()), weight.scale);
    }
    const Shape& shape = weight.view.shape();
    AppendText(name, &header);
    Append(static_cast<uint32_t>(shape.rank()), &header);
    for (int axis = shape.rank(); axis-- > 0;) Append(static_cast<uint64_t>(shape[axis]), &header);
    Append(*type, &header);
    Append(offset, &header);
    offset += RoundUp(weight.bytes(), alignment);
  }
  header.resize(RoundUp(header.size(), alignment), '\0');
  return header;
}

Status WriteGguf(const std::filesystem::path& path, std::span<const NamedWeight> weights,
                 const GgufWriteMetadata& metadata) {
  const std::string header = TRY(GgufHeader(weights, metadata));
  const uint64_t alignment = AlignmentOf(metadata);
  AtomicFile file = TRY(AtomicFile::Create(path));
  TRY(file.Write(AsBytes(header)));
  for (const auto& [name, weight] : weights) {
    TRY(file.Write(weight.stored()));
    const std::string padding(RoundUp(weight.bytes(), alignment) - weight.bytes(), '\0');
    TRY(file.Write(AsBytes(padding)));
  }
  return file.Commit();
}

}  // namespace aozora
