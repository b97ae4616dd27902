// SPDX-License-Identifier: Apache-2.0
#include "weights/tensor_set.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "weights/byte_reader.h"
#include "weights/layout.h"
#include "weights/name_map.h"

namespace aozora {
namespace {

// The search for a similar name compares the missing one with every name there is; these bound it.
constexpr size_t kComparedNamesMax = 8192;
constexpr size_t kComparedBytesMax = 160;
constexpr size_t kNamesInMessage = 3;
constexpr size_t kQuantFormatBytesMax = 1 << 16;  // some 100 bytes in real files

// Levenshtein distance, by the row.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string NearestName(std::string_view wanted, const std::vector<std::string>& names) {
  std::string nearest;
  size_t best = SIZE_MAX;
  const size_t count = std::min(names.size(), kComparedNamesMax);
  for (size_t i = 0; i < count; ++i) {
    const std::string_view name = std::string_view(names[i]).substr(0, kComparedBytesMax);
    const size_t distance = EditDistance(wanted.substr(0, kComparedBytesMax), name);
    if (distance < best) {
      best = distance;
      nearest = names[i];
    }
  }
  return nearest;
}

// The one number of a scale companion.
Result<float> ReadScale(const StoredTensor& companion) {
  const ConstView& view = companion.weight.view;
  if (view.count() != 1) {
    return Error::Unsupported(
        "tensor {} holds {} scales; only one scale for a whole tensor can be read, so use the fp8 "
        "scaled, GGUF or bf16 file of this model",
        Quoted(companion.name), view.count());
  }
  if (IsBlockQuantized(view.dtype())) {
    return Error::Corrupt("tensor {} is a scale of type {}", Quoted(companion.name),
                          Name(view.dtype()));
  }
  float scale = 0;
  DecodeValues(companion.weight, 0, 1, &scale);
  if (!std::isfinite(scale)) {
    return Error::Corrupt("tensor {} is not a finite number", Quoted(companion.name));
  }
  return scale;
}

// {"format": "float8_e4m3fn", ...} in a tensor of bytes (github.com/comfyanonymous/ComfyUI,
// comfy/quant_ops.py). The 8-bit floats are nothing but their dtype and scale; the others need
// more.
Status CheckQuantFormat(const StoredTensor& companion) {
  const Bytes bytes = companion.weight.stored();
  const std::string_view text = AsText(bytes.first(std::min(bytes.size(), kQuantFormatBytesMax)));
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("format") || !json["format"].is_string()) {
    return Error::Corrupt("tensor {} does not name a format", Quoted(companion.name));
  }
  const auto& format = json["format"].get_ref<const std::string&>();
  if (format == "float8_e4m3fn" || format == "float8_e5m2") return Ok();
  return Error::Unsupported(
      "tensor {} is stored in the format {}, which cannot be read; use the fp8 scaled, GGUF or "
      "bf16 "
      "file of this model",
      Quoted(companion.name), Quoted(format));
}

// The scales of a file by the stored name of the tensor they are for.
Result<std::unordered_map<std::string, float>> ReadCompanions(const TensorFile& file) {
  std::unordered_map<std::string, float> scales;
  std::set<std::string_view> names;
  for (const StoredTensor& tensor : file.tensors) names.insert(tensor.name);
  for (const StoredTensor& tensor : file.tensors) {
    std::string weight;
    const Companion companion = CompanionOf(tensor.name, &weight);
    if (companion == Companion::kFormat) TRY(CheckQuantFormat(tensor));
    if (companion != Companion::kScale) continue;
    if (!names.contains(weight)) {
      return Error::Corrupt("tensor {} is a scale, and there is no {}", Quoted(tensor.name),
                            Quoted(weight));
    }
    if (!scales.emplace(weight, TRY(ReadScale(tensor))).second) {
      return Error::Corrupt("tensor {} has two scales", Quoted(weight));
    }
  }
  return scales;
}

}  // namespace

Status TensorSet::Add(std::string name, Weight weight) {
  CHECK(weight);
  const auto [place, added] = weights_.emplace(std::move(name), std::move(weight));
  if (added) return Ok();
  return Error::Corrupt("{}: two tensors mean {}", origin_, Quoted(place->first));
}

Result<Weight> TensorSet::Take(std::string_view name, const Shape& shape) {
  Weight weight = TRY(TakeOptional(name, shape));
  if (weight) return weight;
  const std::string nearest = NearestName(name, Names());
  if (nearest.empty()) {
    return Error::NotFound("{} has no tensor {}: it has none at all", origin_, Quoted(name));
  }
  return Error::NotFound("{} has no tensor {} of shape {}; the nearest name is {}", origin_,
                         Quoted(name), ToString(shape), Quoted(nearest));
}

Result<Weight> TensorSet::TakeOptional(std::string_view name, const Shape& shape) {
  const auto found = weights_.find(std::string(name));
  if (found == weights_.end()) return Weight();
  const Weight& weight = found->second;
  if (weight.view.shape() != shape) {
    return Error::Invalid("{}: tensor {} has shape {} and should have {}", origin_, Quoted(name),
                          ToString(weight.view.shape()), ToString(shape));
  }
  taken_.insert(found->first);
  return weight;
}

Status TensorSet::CheckAllTaken(const std::function<bool(std::string_view)>& ignore) const {
  size_t left = 0;
  std::string examples;
  for (const std::string& name : Names()) {
    if (taken_.contains(name) || (ignore && ignore(name))) continue;
    if (++left <= kNamesInMessage) examples += (left == 1 ? "" : ", ") + Quoted(name);
  }
  if (left == 0) return Ok();
  if (left > kNamesInMessage) examples += ", ...";
  return Error::Unsupported("{} has {} tensor{} that this kind of model has no place for: {}",
                            origin_, left, left == 1 ? "" : "s", examples);
}

const Weight* TensorSet::Find(std::string_view name) const {
  const auto found = weights_.find(std::string(name));
  return found == weights_.end() ? nullptr : &found->second;
}

std::vector<std::string> TensorSet::Names() const {
  std::vector<std::string> names;
  names.reserve(weights_.size());
  for (const auto& [name, weight] : weights_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

uint64_t TensorSet::bytes() const {
  uint64_t sum = 0;
  for (const auto& [name, weight] : weights_) sum += weight.bytes();
  return sum;
}

void TensorSet::Replace(std::string_view name, Weight weight) {
  const auto found = weights_.find(std::string(name));
  CHECK(found != weights_.end());
  CHECK(weight);
  found->second = std::move(weight);
}

Result<TensorSet> MakeTensorSet(const TensorFile& file, const NameMap& map) {
  const std::string origin = file.path.filename().string();
  const std::unordered_map<std::string, float> scales = TRY_WITHIN(origin, ReadCompanions(file));
  TensorSet set(origin);
  for (const StoredTensor& tensor : file.tensors) {
    std::string base;
    if (CompanionOf(tensor.name, &base) != Companion::kNone) continue;
    std::optional<std::string> name = map(tensor.name);
    if (!name) continue;
    Weight weight = tensor.weight;
    const auto scale = scales.find(tensor.name);
    if (scale != scales.end()) weight.scale *= scale->second;
    TRY(set.Add(*std::move(name), std::move(weight)));
  }
  return set;
}

}  // namespace aozora
