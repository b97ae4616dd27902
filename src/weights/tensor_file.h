// SPDX-License-Identifier: Apache-2.0
// Reading checkpoints. A TensorFile is what is stored on disk, under the names it is stored with:
// one file, or the shards of one index. All content is hostile: sizes are checked against the file
// before anything is touched, nothing from it is ever executed.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/weight.h"

namespace aozora {

struct StoredTensor {
  std::string name;
  Weight weight;  // mapped; shape in the order of the framework it comes from ([out, in, ...])
};

struct TensorFile {
  std::filesystem::path path;
  std::string format;                           // "safetensors", "gguf", "torch"
  std::vector<StoredTensor> tensors;            // in file order, names unique
  std::map<std::string, std::string> metadata;  // text and numbers as text; large arrays left out
  std::string tokenizer;  // a serialised SentencePiece model found inside (GGUF metadata), or empty

  const StoredTensor* Find(std::string_view name) const;  // linear
};

// Opens a checkpoint file, telling the format by its content: safetensors, a
// *.safetensors.index.json with its shards, GGUF, or a PyTorch zip. Mapped, not read.
Result<TensorFile> OpenTensorFile(const std::filesystem::path& path);

// The single formats; OpenTensorFile is what most callers want.
Result<TensorFile> OpenSafetensors(const std::filesystem::path& path);
Result<TensorFile> OpenSafetensorsIndex(const std::filesystem::path& path);
Result<TensorFile> OpenGguf(const std::filesystem::path& path);
Result<TensorFile> OpenTorchZip(const std::filesystem::path& path);

}  // namespace aozora
