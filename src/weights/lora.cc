// SPDX-License-Identifier: Apache-2.0
// The key styles are listed in github.com/huggingface/diffusers,
// src/diffusers/loaders/lora_conversion_utils.py; those of kohya-ss/sd-scripts in networks/lora.py.
#include "weights/lora.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include "weights/layout.h"
#include "weights/lora_metadata.h"

namespace aozora {
namespace {

constexpr size_t kExamplesMax = 3;
constexpr int64_t kRowsPerTask = 16;
constexpr int64_t kColumnsPerPass = 512;  // of `down`: 128 KiB at rank 64
constexpr int kLanes = 16;

enum class Part { kDown, kUp, kAlpha, kDifference, kBiasDifference, kModulationDifference };
struct PartSuffix {
  std::string_view suffix;
  Part part;
};
constexpr PartSuffix kSuffixes[] = {
    {".lora_down.weight", Part::kDown},
    {".lora_up.weight", Part::kUp},
    {".lora_A.weight", Part::kDown},
    {".lora_B.weight", Part::kUp},
    {".lora_A.default.weight", Part::kDown},
    {".lora_B.default.weight", Part::kUp},
    {".lora_A", Part::kDown},
    {".lora_B", Part::kUp},
    {".lora.down.weight", Part::kDown},
    {".lora.up.weight", Part::kUp},
    {".alpha", Part::kAlpha},
    {".diff", Part::kDifference},
    {".diff_b", Part::kBiasDifference},
    {".diff_m", Part::kModulationDifference},
};

// Other ways to adapt a network, told by what their keys contain.
struct OtherAdapter {
  std::string_view key;
  std::string_view name;
};
constexpr OtherAdapter kOtherAdapters[] = {
    {".hada_w", "LoHa"},
    {".lokr_w", "LoKr"},
    {".dora_scale", "DoRA"},
    {".lora_mid.", "LoCon with a middle matrix"},
    {".lora_magnitude_vector", "DoRA"},
    {".oft_", "OFT"},
};

// What tools put in front of a module's name; several may follow each other.
constexpr std::string_view kPrefixes[] = {"base_model.model.",
                                          "model.diffusion_model.",
                                          "diffusion_model.",
                                          "transformer.",
                                          "unet.",
                                          "model."};
// The longer one first: some tools join with two underscores.
constexpr std::string_view kUnderscorePrefixes[] = {"lora_unet__", "lora_unet_",
                                                    "lora_transformer_", "lycoris_"};

// Everything that a file says about one module. The tensors belong to the file.
struct Module {
  const StoredTensor* down = nullptr;
  const StoredTensor* up = nullptr;
  const StoredTensor* alpha = nullptr;
  const StoredTensor* difference = nullptr;
  const StoredTensor* bias_difference = nullptr;
  const StoredTensor* modulation_difference = nullptr;

  const StoredTensor*& Slot(Part part) {
    switch (part) {
      case Part::kDown:
        return down;
      case Part::kUp:
        return up;
      case Part::kAlpha:
        return alpha;
      case Part::kDifference:
        return difference;
      case Part::kBiasDifference:
        return bias_difference;
      case Part::kModulationDifference:
        return modulation_difference;
    }
    CHECK(false);
  }
};
using Modules = std::map<std::string, Module, std::less<>>;

// One thing to add to a weight: scale * up * down, or scale * difference where there is no `up`.
struct Update {
  const StoredTensor* up = nullptr;
  const StoredTensor* down_or_difference = nullptr;
  float scale = 0;
};
using Updates = std::map<std::string, std::vector<Update>>;  // by the name in the set

Error MatchesNothing(const std::vector<std::string>& keys, size_t key_count) {
  std::string examples;
  for (size_t i = 0; i < std::min(keys.size(), kExamplesMax); ++i) {
    examples += (i == 0 ? "" : ", ") + Quoted(keys[i]);
  }
  const std::string_view what =
      keys.size() == key_count ? "none of its keys" : "not all of its keys";
  return Error::Unsupported(
      "{} belong to this model ({} of {} do not), so it was made for another one: {}", what,
      keys.size(), key_count, examples);
}

Result<Modules> ReadModules(const TensorFile& lora) {
  Modules modules;
  std::vector<std::string> unknown;
  for (const StoredTensor& tensor : lora.tensors) {
    for (const OtherAdapter& other : kOtherAdapters) {
      if (tensor.name.find(other.key) == std::string::npos) continue;
      return Error::Unsupported("it is a {} adapter ({}), only plain LoRA can be merged",
                                other.name, Quoted(tensor.name));
    }
    const auto* suffix =
        std::find_if(std::begin(kSuffixes), std::end(kSuffixes),
                     [&](const PartSuffix& known) { return tensor.name.ends_with(known.suffix); });
    if (suffix == std::end(kSuffixes)) {
      unknown.push_back(tensor.name);
      continue;
    }
    const std::string module(tensor.name, 0, tensor.name.size() - suffix->suffix.size());
    const StoredTensor*& slot = modules[module].Slot(suffix->part);
    if (slot != nullptr) {
      return Error::Corrupt("{} and {} say the same", Quoted(slot->name), Quoted(tensor.name));
    }
    slot = &tensor;
  }
  if (lora.tensors.empty()) return Error::Corrupt("it holds no tensors");
  if (!unknown.empty()) return MatchesNothing(unknown, lora.tensors.size());
  return modules;
}

// Finds the weights that modules mean.
class Resolver {
 public:
  Resolver(const NameMap& map, const TensorSet& set) : map_(map), set_(set) {
    for (const std::string& name : set.Names()) {
      std::string flat = name;
      std::replace(flat.begin(), flat.end(), '.', '_');
      // Two names that look the same with underscores cannot be told apart: neither is found.
      const auto [place, added] = flat_names_.emplace(std::move(flat), name);
      if (!added) place->second.clear();
    }
  }

  // The name in the set of the weight, or bias, of a module; empty if there is none.
  std::string Find(std::string_view module, std::string_view parameter) const {
    for (std::string_view rest = module;;) {
      const std::optional<std::string> name =
          map_(std::string(rest) + "." + std::string(parameter));
      if (name && set_.Has(*name)) return *name;
      const std::string_view shorter = WithoutPrefix(rest);
      if (shorter.size() == rest.size()) break;
      rest = shorter;
    }
    for (const std::string_view prefix : kUnderscorePrefixes) {
      if (!module.starts_with(prefix)) continue;
      const auto found = flat_names_.find(std::string(module.substr(prefix.size())) + "_" +
                                          std::string(parameter));
      if (found != flat_names_.end()) return found->second;
    }
    return "";
  }

 private:
  static std::string_view WithoutPrefix(std::string_view name) {
    for (const std::string_view prefix : kPrefixes) {
      if (name.starts_with(prefix)) return name.substr(prefix.size());
    }
    return name;
  }

  const NameMap& map_;
  const TensorSet& set_;
  std::unordered_map<std::string, std::string> flat_names_;
};

Result<float> ReadAlpha(const StoredTensor& alpha) {
  float value = 0;
  if (alpha.weight.view.count() != 1)
    return Error::Corrupt("{} is not one number", Quoted(alpha.name));
  DecodeValues(alpha.weight, 0, 1, &value);
  if (!std::isfinite(value)) return Error::Corrupt("{} is no number", Quoted(alpha.name));
  return value;
}

// What the product of the matrices is multiplied with.
Result<float> PairScale(const Module& module, const LoraScaling& scaling, int64_t rank,
                        float strength) {
  std::optional<float> alpha = scaling.alpha;
  if (module.alpha != nullptr) alpha = TRY(ReadAlpha(*module.alpha));
  const auto ranks = static_cast<float>(rank);
  // Without any alpha it is the rank: what both conventions start from.
  return strength * alpha.value_or(ranks) / (scaling.rank_stabilized ? std::sqrt(ranks) : ranks);
}

Result<Update> PlanPair(const Module& module, const LoraScaling& scaling, const Shape& target,
                        float strength) {
  const Shape& up = module.up->weight.view.shape();
  const Shape& down = module.down->weight.view.shape();
  const bool fits = up.rank() >= 2 && down.rank() >= 2 && target.rank() >= 2 &&
                    up.item_count() == down[0] && up[0] == target[0] && down[0] > 0 &&
                    down.item_count() == target.item_count();
  if (!fits) {
    return Error::Invalid("{} {} and {} {} are no update of a weight {}", Quoted(module.up->name),
                          ToString(up), Quoted(module.down->name), ToString(down),
                          ToString(target));
  }
  const auto scale = TRY(PairScale(module, scaling, down[0], strength));
  return Update{module.up, module.down, scale};
}

Result<Update> PlanDifference(const StoredTensor& difference, const Shape& target, float strength) {
  const Shape& shape = difference.weight.view.shape();
  if (shape == target) return Update{nullptr, &difference, strength};
  return Error::Invalid("{} {} is no difference of a weight {}", Quoted(difference.name),
                        ToString(shape), ToString(target));
}

// Collects what to do, so that nothing is done before all of it is known to be possible.
class Planner {
 public:
  Planner(const NameMap& map, const TensorSet& set, const LoraScaling& scaling, float strength)
      : resolver_(map, set), set_(set), scaling_(scaling), strength_(strength) {}

  Status Add(const std::string& name, const Module& module) {
    if ((module.up == nullptr) != (module.down == nullptr)) {
      const StoredTensor* half = module.up != nullptr ? module.up : module.down;
      return Error::Corrupt("{} is half of a pair", Quoted(half->name));
    }
    const std::string weight = resolver_.Find(name, "weight");
    if (module.up != nullptr && !weight.empty()) {
      const Shape& shape = set_.Find(weight)->view.shape();
      updates_[weight].push_back(TRY(PlanPair(module, scaling_, shape, strength_)));
    }
    for (const StoredTensor* part : {module.up, module.down, module.alpha}) {
      if (part != nullptr && weight.empty()) unmatched_.push_back(part->name);
    }
    TRY(AddDifference(module.difference, weight));
    TRY(AddDifference(module.bias_difference, resolver_.Find(name, "bias")));
    return AddDifference(module.modulation_difference, resolver_.Find(name, "modulation"));
  }

  const std::vector<std::string>& unmatched() const { return unmatched_; }
  Updates TakeUpdates() { return std::move(updates_); }

 private:
  Status AddDifference(const StoredTensor* difference, const std::string& target) {
    if (difference == nullptr) return Ok();
    if (target.empty()) {
      unmatched_.push_back(difference->name);
      return Ok();
    }
    const Shape& shape = set_.Find(target)->view.shape();
    updates_[target].push_back(TRY(PlanDifference(*difference, shape, strength_)));
    return Ok();
  }

  const Resolver resolver_;
  const TensorSet& set_;
  const LoraScaling scaling_;
  const float strength_;
  Updates updates_;
  std::vector<std::string> unmatched_;
};

Result<Updates> Plan(const TensorFile& lora, const NameMap& map, float strength,
                     const TensorSet& set) {
  const Modules modules = TRY(ReadModules(lora));
  Planner planner(map, set, TRY(ReadLoraScaling(lora.metadata)), strength);
  for (const auto& [name, module] : modules) TRY(planner.Add(name, module));
  if (!planner.unmatched().empty()) {
    return MatchesNothing(planner.unmatched(), lora.tensors.size());
  }
  return planner.TakeUpdates();
}

// The same, with messages that name the file.
Result<Updates> PlanNamed(const TensorFile& lora, const NameMap& map, float strength,
                          const TensorSet& set) {
  const std::string name = lora.path.filename().string();
  if (!std::isfinite(strength)) return Error::Invalid("{}: its strength is no number", name);
  return TRY_WITHIN("LoRA " + name, Plan(lora, map, strength, set));
}

DType MergedDType(DType dtype) {
  switch (dtype) {
    case DType::kF32:
    case DType::kF64:
      return DType::kF32;
    case DType::kBF16:
      return DType::kBF16;
    default:
      return DType::kF16;
  }
}

void ForEach(ThreadPool* pool, uint64_t task_count, FunctionRef<void(uint64_t)> fn) {
  if (pool == nullptr) {
    for (uint64_t task = 0; task < task_count; ++task) fn(task);
    return;
  }
  pool->ParallelFor(task_count, [&](uint64_t task, uint32_t) { fn(task); });
}

// row[0, count) += factors[0, rank) * down[rank, count], the rows of `down` being `stride` apart. A
// few columns at a time, whose sums stay in registers; their number is fixed so that the compiler
// makes vectors of them.
void AddCombination(std::span<const float> factors, const float* down, int64_t stride,
                    int64_t count, float* row) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    float sums[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) sums[lane] = row[i + lane];
    const float* from = down + i;
    for (const float factor : factors) {
      for (int lane = 0; lane < kLanes; ++lane) sums[lane] += factor * from[lane];
      from += stride;
    }
    for (int lane = 0; lane < kLanes; ++lane) row[i + lane] = sums[lane];
  }
  for (; i < count; ++i) {
    const float* from = down + i;
    for (const float factor : factors) {
      row[i] += factor * *from;
      from += stride;
    }
  }
}

// values [rows, columns] += scale * up [rows, rank] * down [rank, columns].
void AddPair(const Update& update, int64_t row_count, float* values, ThreadPool* pool) {
  const Weight up = ToF32(update.up->weight);
  const Weight down = ToF32(update.down_or_difference->weight);
  const int64_t rank = down.view.shape()[0];
  const int64_t columns = down.view.shape().item_count();
  std::vector<float> factors(up.view.f32_span().begin(), up.view.f32_span().end());
  for (float& factor : factors) factor *= update.scale;
  const uint64_t task_count = DivideUp(static_cast<uint64_t>(row_count), kRowsPerTask);
  ForEach(pool, task_count, [&](uint64_t task) {
    const int64_t first = static_cast<int64_t>(task) * kRowsPerTask;
    const int64_t last = std::min(first + kRowsPerTask, row_count);
    // Columns outside, so that a piece of `down` is used for all rows while it is in the cache.
    for (int64_t begin = 0; begin < columns; begin += kColumnsPerPass) {
      const int64_t count = std::min(kColumnsPerPass, columns - begin);
      for (int64_t row = first; row < last; ++row) {
        const std::span<const float> row_factors(factors.data() + row * rank,
                                                 static_cast<size_t>(rank));
        AddCombination(row_factors, down.view.f32() + begin, columns, count,
                       values + row * columns + begin);
      }
    }
  });
}

Weight Merge(const Weight& weight, const std::vector<Update>& updates, ThreadPool* pool) {
  const Shape& shape = weight.view.shape();
  std::vector<float> values(static_cast<size_t>(shape.count()));
  DecodeValues(weight, 0, shape.count(), values.data());
  for (const Update& update : updates) {
    if (update.up != nullptr) {
      AddPair(update, shape[0], values.data(), pool);
      continue;
    }
    const Weight difference = ToF32(update.down_or_difference->weight);
    const std::span<const float> delta = difference.view.f32_span();
    for (size_t i = 0; i < values.size(); ++i) values[i] += update.scale * delta[i];
  }
  return MakeWeight(values, shape, MergedDType(weight.view.dtype()));
}

}  // namespace

Status CheckLora(const TensorFile& lora, const NameMap& map, float strength, const TensorSet& set) {
  TRY(PlanNamed(lora, map, strength, set));
  return Ok();
}

Result<LoraReport> MergeLora(const TensorFile& lora, const NameMap& map, float strength,
                             TensorSet* set, ThreadPool* pool) {
  const Updates updates = TRY(PlanNamed(lora, map, strength, *set));
  LoraReport report;
  for (const auto& [target, parts] : updates) {
    for (const Update& update : parts) {
      if (update.up == nullptr) continue;
      const int64_t rank = update.down_or_difference->weight.view.dim(0);
      report.rank_max = std::max(report.rank_max, rank);
    }
    Weight merged = Merge(*set->Find(target), parts, pool);
    report.bytes += merged.bytes();
    ++report.weight_count;
    set->Replace(target, std::move(merged));
  }
  return report;
}

}  // namespace aozora
