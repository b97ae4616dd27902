// SPDX-License-Identifier: Apache-2.0
#include "pipeline/embedding_cache.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

#include "base/hash.h"
#include "weights/safetensors_writer.h"
#include "weights/tensor_set.h"

namespace aozora {
namespace {

constexpr std::string_view kExtension = ".safetensors";
constexpr std::string_view kTensor = "embedding";

std::string KeyOf(std::string_view encoder, std::span<const int32_t> ids) {
  return fmt::format("{}: {}", encoder, fmt::join(ids, " "));
}

}  // namespace

std::filesystem::path EmbeddingCache::FileOf(std::string_view encoder,
                                             std::span<const int32_t> ids) const {
  return folder_ / fmt::format("{}{}", Sha256Hex(KeyOf(encoder, ids)), kExtension);
}

std::optional<TextEmbedding> EmbeddingCache::Find(std::string_view encoder,
                                                  std::span<const int32_t> ids) const {
  if (folder_.empty()) return std::nullopt;
  const std::filesystem::path path = FileOf(encoder, ids);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const Result<TensorFile> file = OpenSafetensors(path);
  if (!file.ok()) return std::nullopt;
  const StoredTensor* tensor = file->Find(kTensor);
  const auto key = file->metadata.find("key");
  if (tensor == nullptr || key == file->metadata.end() || key->second != KeyOf(encoder, ids) ||
      tensor->weight.view.shape().rank() != 2) {
    return std::nullopt;
  }
  TextEmbedding embedding;
  embedding.token_count = tensor->weight.view.dim(0);
  embedding.width = tensor->weight.view.dim(1);
  embedding.values.resize(static_cast<size_t>(tensor->weight.view.count()));
  DecodeValues(tensor->weight, 0, tensor->weight.view.count(), embedding.values.data());
  return embedding;
}

Status EmbeddingCache::Add(std::string_view encoder, std::span<const int32_t> ids,
                           const TextEmbedding& embedding) const {
  if (folder_.empty()) return Ok();
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return Error::Io("cannot make folder {}: {}", folder_.string(), error.message());
  SafetensorsWriter writer = TRY(SafetensorsWriter::Create(
      FileOf(encoder, ids),
      {{std::string(kTensor), DType::kF32, Shape{embedding.token_count, embedding.width}}},
      {{"key", KeyOf(encoder, ids)}}));
  TRY(writer.AppendF32(kTensor, embedding.values));
  TRY(writer.Finish());
  RemoveOldest();
  return Ok();
}

void EmbeddingCache::RemoveOldest() const {
  std::error_code error;
  std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> entries;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (entry.path().extension() != kExtension) continue;
    const auto written = entry.last_write_time(error);
    if (!error) entries.emplace_back(written, entry.path());
  }
  if (entries.size() <= kEntriesMax) return;
  std::sort(entries.begin(), entries.end());
  for (size_t i = 0; i < entries.size() - kEntriesMax; ++i) {
    std::filesystem::remove(entries[i].second, error);
  }
}

}  // namespace aozora
