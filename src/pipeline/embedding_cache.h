// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "model/components.h"

namespace aozora {

// Text embeddings on disk, by encoder and tokens. The encoder is the largest part of a model and a
// negative prompt is always the same: a prompt seen before needs no encoder at all. Holds at most
// kEntriesMax files, the oldest go first. Any number of processes may share a folder.
class EmbeddingCache {
 public:
  static constexpr size_t kEntriesMax = 256;

  // An empty folder name caches nothing. The folder is made when first written to.
  explicit EmbeddingCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // `encoder` tells encoders apart. A damaged entry counts as none.
  std::optional<TextEmbedding> Find(std::string_view encoder, std::span<const int32_t> ids) const;
  Status Add(std::string_view encoder, std::span<const int32_t> ids,
             const TextEmbedding& embedding) const;

 private:
  std::filesystem::path FileOf(std::string_view encoder, std::span<const int32_t> ids) const;
  void RemoveOldest() const;

  std::filesystem::path folder_;
};

}  // namespace aozora
