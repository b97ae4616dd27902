// SPDX-License-Identifier: Apache-2.0
#include "weights/safetensors_writer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "weights/byte_reader.h"
#include "weights/layout.h"
#include "weights/safetensors_reader.h"
#include "weights/tensor_set.h"

namespace aozora {
namespace {

constexpr uint64_t kHeaderAlignment = 8;       // the widest plain dtype
constexpr size_t kEncodedValuesMax = 1 << 16;  // converted at a time

// Key order as given; names are escaped by the library.
using Json = nlohmann::ordered_json;

bool IsUtf8(const std::string& text) {
  using Handler = nlohmann::json::error_handler_t;
  const nlohmann::json json = text;
  return json.dump(-1, ' ', false, Handler::ignore) == json.dump(-1, ' ', false, Handler::replace);
}

Status WriteAt(int descriptor, const std::filesystem::path& path, uint64_t offset, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t count =
        pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return IoError("cannot write", path);
    offset += static_cast<uint64_t>(count);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return Ok();
}

// The widest types first: then every tensor starts at a multiple of its own width.
std::vector<size_t> OrderByAlignment(const std::vector<SafetensorsWriter::Declaration>& tensors) {
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return Info(tensors[a].dtype).block_bytes > Info(tensors[b].dtype).block_bytes;
  });
  return order;
}

Status CheckText(const std::string& text, std::string_view what) {
  if (IsUtf8(text)) return Ok();
  return Error::Invalid("{} {} is not UTF-8", what, Quoted(text));
}

}  // namespace

Result<SafetensorsWriter> SafetensorsWriter::Create(
    const std::filesystem::path& path, const std::vector<Declaration>& tensors,
    const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  for (const auto& [key, value] : metadata) {
    TRY(CheckText(key, "metadata"));
    TRY(CheckText(value, "metadata"));
    header["__metadata__"][key] = value;
  }
  std::unordered_map<std::string, Place> places;
  uint64_t at = 0;
  for (const size_t index : OrderByAlignment(tensors)) {
    const Declaration& tensor = tensors[index];
    TRY(CheckText(tensor.name, "tensor"));
    const std::optional<std::string_view> dtype = SafetensorsName(tensor.dtype);
    if (!dtype || tensor.name == "__metadata__") {
      return Error::Invalid("safetensors cannot hold tensor {} of type {}", Quoted(tensor.name),
                            Name(tensor.dtype));
    }
    const uint64_t end = at + *BytesOf(tensor.dtype, static_cast<uint64_t>(tensor.shape.count()));
    if (!places.emplace(tensor.name, Place{tensor.dtype, at, end}).second) {
      return Error::Invalid("tensor {} twice in one file", Quoted(tensor.name));
    }
    const std::span<const int64_t> sizes = tensor.shape.sizes();
    header[tensor.name] = {{"dtype", *dtype},
                           {"shape", std::vector<int64_t>(sizes.begin(), sizes.end())},
                           {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  text.resize(RoundUp(text.size(), kHeaderAlignment), ' ');
  const uint64_t header_bytes = text.size();
  SafetensorsWriter writer(path, TRY(AtomicFile::Create(path)));
  const Bytes length(reinterpret_cast<const std::byte*>(&header_bytes), sizeof(header_bytes));
  TRY(writer.file_.Write(length));
  TRY(writer.file_.Write(AsBytes(text)));
  for (auto& [name, place] : places) {
    place.next += sizeof(header_bytes) + header_bytes;
    place.end += sizeof(header_bytes) + header_bytes;
  }
  writer.places_ = std::move(places);
  return writer;
}

Status SafetensorsWriter::Append(std::string_view name, Bytes bytes) {
  const auto found = places_.find(std::string(name));
  CHECK(found != places_.end());
  Place& place = found->second;
  CHECK_LE(bytes.size(), place.end - place.next);
  TRY(WriteAt(file_.descriptor(), path_, place.next, bytes));
  place.next += bytes.size();
  return Ok();
}

Status SafetensorsWriter::AppendF32(std::string_view name, std::span<const float> values) {
  const auto found = places_.find(std::string(name));
  CHECK(found != places_.end());
  const DType dtype = found->second.dtype;
  if (dtype == DType::kF32) return Append(name, std::as_bytes(values));
  std::vector<std::byte> encoded;
  while (!values.empty()) {
    const auto part = values.first(std::min(values.size(), kEncodedValuesMax));
    encoded.resize(*BytesOf(dtype, part.size()));
    EncodeFromF32(dtype, part, encoded.data());
    TRY(Append(name, encoded));
    values = values.subspan(part.size());
  }
  return Ok();
}

Status SafetensorsWriter::Finish() {
  for (const auto& [name, place] : places_) CHECK_EQ(place.next, place.end);
  return file_.Commit();
}

Status WriteSafetensors(const std::filesystem::path& path, std::span<const NamedWeight> weights,
                        const std::map<std::string, std::string>& metadata) {
  std::vector<SafetensorsWriter::Declaration> tensors;
  for (const NamedWeight& named : weights) {
    if (named.weight.scale != 1) {
      return Error::Invalid("tensor {} has a scale, which safetensors cannot hold",
                            Quoted(named.name));
    }
    tensors.push_back({named.name, named.weight.view.dtype(), named.weight.view.shape()});
  }
  SafetensorsWriter writer = TRY(SafetensorsWriter::Create(path, tensors, metadata));
  for (const NamedWeight& named : weights) TRY(writer.Append(named.name, named.weight.stored()));
  return writer.Finish();
}

}  // namespace aozora
