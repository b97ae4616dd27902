// SPDX-License-Identifier: Apache-2.0
// What every reader of a checkpoint format answers: where the tensors lie in the file. Parsing
// works on bytes alone, so that it can be fuzzed; mapping turns the answer into weights.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weights/tensor_file.h"

namespace aozora {

struct TensorLocation {
  std::string name;
  DType dtype = DType::kF32;
  Shape shape;
  uint64_t offset = 0;  // of the first value, bytes from the start of the file
  // In values, one per axis, where the tensor is not dense in the file (a transposed matrix in a
  // PyTorch file); empty where it is. Plain types only.
  std::vector<uint64_t> strides;
};

// A parser answers with locations that lie inside of the file. MapLayout checks it once more.
struct FileLayout {
  std::string format;
  std::vector<TensorLocation> tensors;
  std::map<std::string, std::string> metadata;
  std::string tokenizer;
  bool shares_bytes = false;  // the format lets tensors share memory (PyTorch: tied weights)
};

// A shape from a file: rank at most Shape::kRankMax, the product of the sizes fits 63 bits even
// where one of them is 0, and rows are whole blocks of the dtype. `name` is for the message.
Result<Shape> CheckedShape(std::string_view name, std::span<const uint64_t> sizes);
Status CheckRowsAreBlocks(std::string_view name, DType dtype, const Shape& shape);

// Names are unique, every tensor lies in [0, file_bytes), and no two overlap unless they may.
Status CheckLayout(const FileLayout& layout, uint64_t file_bytes);

// The weights of a parsed file. They are views of the mapping; a tensor is copied to memory of its
// own only where it is not aligned to its type or not dense. A tensor named "spiece_model" (with or
// without a prefix) holds the bytes of a tokenizer and becomes TensorFile::tokenizer.
Result<TensorFile> MapLayout(FileLayout layout, std::shared_ptr<const MappedFile> file);

// Memory for `bytes` bytes, aligned for every dtype and for vector loads.
std::shared_ptr<std::byte[]> AllocateWeight(uint64_t bytes);

// A name from a file as it may stand in a message: quoted, cut, without control characters.
std::string Quoted(std::string_view name);

}  // namespace aozora
