// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "weights/tensor_set.h"

namespace aozora {

// Collects what decides a model's numbers, for Model::fingerprint: names, shapes and types of
// tensors, size and time of the files that they lie in. Contents are not read: they are gigabytes.
class Fingerprint {
 public:
  // A line of its own: which network comes next, a setting.
  void Add(std::string_view line);
  void Add(const TensorSet& weights);
  void Add(const std::string& name, const Weight& weight);
  void AddFile(const std::filesystem::path& path);

  std::string Hash() const;  // hexadecimal

 private:
  std::string text_;
  std::set<std::filesystem::path> files_;
};

}  // namespace aozora
