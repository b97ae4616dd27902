// SPDX-License-Identifier: Apache-2.0
// github.com/huggingface/diffusers, src/diffusers/loaders/lora_base.py (LORA_ADAPTER_METADATA_KEY),
// and github.com/huggingface/peft, src/peft/tuners/lora/config.py.
#include "weights/lora_metadata.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace aozora {
namespace {

using nlohmann::json;

constexpr size_t kLoraTextBytesMax = 1 << 20;  // some kilobytes in real files

// The setting by itself, or that of the network where the file is for several parts; null if
// absent.
json Setting(const json& config, const std::string& name) {
  for (const std::string& key : {name, "transformer." + name}) {
    const auto found = config.find(key);
    if (found != config.end()) return *found;
  }
  return nullptr;
}

bool IsOn(const json& setting) {
  if (setting.is_boolean()) return setting.get<bool>();
  return (setting.is_object() || setting.is_array()) && !setting.empty();
}

}  // namespace

Result<LoraScaling> ReadLoraScaling(const std::map<std::string, std::string>& metadata) {
  LoraScaling scaling;
  const auto text = metadata.find("lora_adapter_metadata");
  if (text == metadata.end()) return scaling;
  if (text->second.size() > kLoraTextBytesMax) {
    return Error::Corrupt("its lora_adapter_metadata has {} bytes", text->second.size());
  }
  const json config = json::parse(text->second, nullptr, /*allow_exceptions=*/false);
  if (!config.is_object()) return Error::Corrupt("its lora_adapter_metadata is not a JSON object");
  for (const char* name : {"alpha_pattern", "rank_pattern", "use_dora"}) {
    if (IsOn(Setting(config, name))) {
      return Error::Unsupported("it was trained with {}, which cannot be merged", name);
    }
  }
  scaling.rank_stabilized = IsOn(Setting(config, "use_rslora"));
  const json alpha = Setting(config, "lora_alpha");
  if (alpha.is_null()) return scaling;
  if (!alpha.is_number() || !std::isfinite(alpha.get<float>())) {
    return Error::Corrupt("its lora_alpha is not a number");
  }
  scaling.alpha = alpha.get<float>();
  return scaling;
}

}  // namespace aozora
