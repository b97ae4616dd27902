// SPDX-License-Identifier: Apache-2.0
// What a network is built from: weights under the network's own (canonical) names. The builder
// takes each tensor once, saying which shape it expects; at the end nothing may be left over. So a
// wrong checkpoint is one clear error before any work, never a silent guess.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "weights/tensor_file.h"

namespace aozora {

class TensorSet {
 public:
  TensorSet() = default;
  explicit TensorSet(std::string origin) : origin_(std::move(origin)) {}

  // Adds a weight; a name twice is an error that names both.
  Status Add(std::string name, Weight weight);

  // The weight of that name, if its shape is `shape`. Errors name the tensor, what was expected and
  // what was found, and for a missing one the nearest name that exists.
  Result<Weight> Take(std::string_view name, const Shape& shape);
  // The same, or an empty Weight where the checkpoint has none of that name.
  Result<Weight> TakeOptional(std::string_view name, const Shape& shape);
  // An error that counts and names what was never taken, unless `ignore(name)`.
  Status CheckAllTaken(const std::function<bool(std::string_view)>& ignore = nullptr) const;

  bool Has(std::string_view name) const { return weights_.contains(std::string(name)); }
  const Weight* Find(std::string_view name) const;  // without taking
  std::vector<std::string> Names() const;           // sorted
  size_t size() const { return weights_.size(); }
  const std::string& origin() const { return origin_; }  // for messages: the file's name
  uint64_t bytes() const;
  // Replaces a weight (LoRA merge). The name must exist.
  void Replace(std::string_view name, Weight weight);

 private:
  std::string origin_;
  std::unordered_map<std::string, Weight> weights_;
  std::set<std::string, std::less<>> taken_;
};

// Gives a stored name its canonical name, or nothing to leave the tensor out.
using NameMap = std::function<std::optional<std::string>(std::string_view stored)>;

// Renames the tensors of a file; fp8 scale companions (X.scale_weight, X.weight_scale beside
// X.weight) are folded into Weight::scale. The companions' rules are in tensor_set.cc.
Result<TensorSet> MakeTensorSet(const TensorFile& file, const NameMap& map);

// A host-memory f32 copy of a weight of any dtype, dequantised, scale applied.
Weight ToF32(const Weight& weight);
// `count` values from value `begin` (a multiple of the block) as f32, scale applied.
void DecodeValues(const Weight& weight, int64_t begin, int64_t count, float* out);
// A weight that owns `values`, stored as dtype (rounded to nearest even; kQ8_0 and kQ4_0 by ggml's
// reference quantisers; kI16, kI64, kBool and the K types CHECK-fail). Scale 1.
Weight MakeWeight(std::span<const float> values, const Shape& shape, DType dtype);
// The same into memory of the caller, BytesOf(dtype, values.size()) bytes that need no alignment.
void EncodeFromF32(DType dtype, std::span<const float> values, std::byte* out);

}  // namespace aozora
