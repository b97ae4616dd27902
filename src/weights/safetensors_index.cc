// SPDX-License-Identifier: Apache-2.0
// The index of a sharded checkpoint, {"weight_map": {tensor: file, ...}, "metadata": {...}}, as
// github.com/huggingface/transformers writes it (src/transformers/modeling_utils.py,
// save_pretrained).
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/units.h"
#include "weights/layout.h"

namespace aozora {
namespace {

constexpr uint64_t kIndexBytesMax = 32_MiB;  // real ones have some 100 kB
constexpr size_t kShardsMax = 1000;

using nlohmann::json;
using ShardOfTensor = std::map<std::string, std::string>;

// A shard lies beside its index. Anything else would let an index reach for other files.
bool IsPlainFileName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
}

Result<ShardOfTensor> ParseWeightMap(const json& index) {
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object()) {
    return Error::Corrupt("no \"weight_map\": this is not the index of a sharded checkpoint");
  }
  ShardOfTensor shards;
  for (const auto& [tensor, shard] : index["weight_map"].items()) {
    if (!shard.is_string() || !IsPlainFileName(shard.get_ref<const std::string&>())) {
      return Error::Corrupt("tensor {}: its shard is not the name of a file in the same folder",
                            Quoted(tensor));
    }
    shards[tensor] = shard.get<std::string>();
  }
  return shards;
}

void AppendMetadata(const json& index, TensorFile* file) {
  if (!index.contains("metadata") || !index["metadata"].is_object()) return;
  for (const auto& [key, value] : index["metadata"].items()) {
    if (value.is_string()) file->metadata[key] = value.get<std::string>();
    if (value.is_number()) file->metadata[key] = value.dump();
  }
}

void AppendShard(TensorFile shard, TensorFile* whole) {
  for (auto& [key, value] : shard.metadata) whole->metadata.emplace(key, std::move(value));
  if (!shard.tokenizer.empty()) whole->tokenizer = std::move(shard.tokenizer);
  for (StoredTensor& tensor : shard.tensors) whole->tensors.push_back(std::move(tensor));
}

// Every tensor once, and each of the map in the shard that it says.
Status CheckAgainstMap(const ShardOfTensor& shard_of_tensor, const TensorFile& whole) {
  std::unordered_map<std::string_view, const StoredTensor*> by_name;
  for (const StoredTensor& tensor : whole.tensors) {
    if (!by_name.emplace(tensor.name, &tensor).second) {
      return Error::Corrupt("tensor {} is in two shards", Quoted(tensor.name));
    }
  }
  for (const auto& [name, shard] : shard_of_tensor) {
    const bool is_tokenizer = name.ends_with("spiece_model") && !whole.tokenizer.empty();
    if (!by_name.contains(name) && !is_tokenizer) {
      return Error::Corrupt("tensor {} is not in {}, where the index has it", Quoted(name), shard);
    }
  }
  return Ok();
}

}  // namespace

Result<TensorFile> OpenSafetensorsIndex(const std::filesystem::path& path) {
  const std::string text = TRY(ReadFile(path, kIndexBytesMax));
  const json index = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (index.is_discarded()) return Error::Corrupt("{}: not JSON", path.string());
  const ShardOfTensor shard_of_tensor = TRY_WITHIN(path.string(), ParseWeightMap(index));

  std::set<std::string> shards;
  for (const auto& [tensor, shard] : shard_of_tensor) shards.insert(shard);
  if (shards.size() > kShardsMax) {
    return Error::Corrupt("{}: {} shards, more than {}", path.string(), shards.size(), kShardsMax);
  }
  TensorFile whole;
  whole.path = path;
  whole.format = "safetensors";
  AppendMetadata(index, &whole);
  for (const std::string& shard : shards) {
    AppendShard(TRY(OpenSafetensors(path.parent_path() / shard)), &whole);
  }
  TRY_WITHIN(path.string(), CheckAgainstMap(shard_of_tensor, whole));
  return whole;
}

}  // namespace aozora
