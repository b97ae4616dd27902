// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "tensor/weight.h"

namespace aozora {

// Writes a safetensors file without holding it in memory: all tensors are declared first, then
// their bytes are given in any order and in any pieces. The file appears under its name at Finish,
// whole, or not at all. One thread at a time.
//
//   SafetensorsWriter writer = TRY(SafetensorsWriter::Create(path, {{"a", DType::kF32, {2, 3}}},
//   {})); TRY(writer.AppendF32("a", values)); TRY(writer.Finish());
class SafetensorsWriter {
 public:
  struct Declaration {
    std::string name;
    DType dtype;
    Shape shape;
  };
  // Tensors are laid out by the alignment they need, then in the order given, so that every one can
  // be mapped. Refused: a name twice, names that are not UTF-8, dtypes that the format does not
  // have (block-quantised ones).
  static Result<SafetensorsWriter> Create(const std::filesystem::path& path,
                                          const std::vector<Declaration>& tensors,
                                          const std::map<std::string, std::string>& metadata);

  // The next bytes, or values, of a declared tensor; CHECK-fails on an undeclared one or too many.
  Status Append(std::string_view name, Bytes bytes);
  Status AppendF32(std::string_view name, std::span<const float> values);  // stored as declared

  // Every tensor must be complete (CHECK).
  Status Finish();

 private:
  struct Place {
    DType dtype = DType::kF32;
    uint64_t next = 0;  // in the file
    uint64_t end = 0;
  };
  SafetensorsWriter(std::filesystem::path path, AtomicFile file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::filesystem::path path_;
  AtomicFile file_;
  std::unordered_map<std::string, Place> places_;
};

struct NamedWeight {
  std::string name;
  Weight weight;
};

// The same for weights that are all there, each stored in its own dtype. A scale that is not 1 is
// an error: the format has no place for it.
Status WriteSafetensors(const std::filesystem::path& path, std::span<const NamedWeight> weights,
                        const std::map<std::string, std::string>& metadata);

}  // namespace aozora
