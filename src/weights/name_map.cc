// SPDX-License-Identifier: Apache-2.0
#include "weights/name_map.h"

#include <utility>

namespace aozora {
namespace {

// The longest first: each is a suffix or a prefix of another.
constexpr std::string_view kPrefixes[] = {"model.diffusion_model.", "diffusion_model.", "model."};

struct CompanionSuffix {
  std::string_view suffix;
  Companion companion;
};
// github.com/comfyanonymous/ComfyUI, comfy/ops.py and comfy/utils.py; "weight_scale" is the name
// that vLLM's and diffusers' fp8 files use.
constexpr CompanionSuffix kSuffixes[] = {
    {"scale_weight", Companion::kScale},  {"weight_scale", Companion::kScale},
    {"scale_input", Companion::kIgnored}, {"input_scale", Companion::kIgnored},
    {"scaled_fp8", Companion::kIgnored},  {"comfy_quant", Companion::kFormat},
};

}  // namespace

std::string_view StripModelPrefix(std::string_view stored) {
  for (const std::string_view prefix : kPrefixes) {
    if (stored.starts_with(prefix)) return stored.substr(prefix.size());
  }
  return stored;
}

NameMap WithoutModelPrefix(NameMap inner) {
  return [inner = std::move(inner)](std::string_view stored) {
    return inner(StripModelPrefix(stored));
  };
}

NameMap SameNames() {
  return [](std::string_view stored) { return std::optional<std::string>(stored); };
}

Companion CompanionOf(std::string_view stored, std::string* weight) {
  for (const auto& [suffix, companion] : kSuffixes) {
    if (!stored.ends_with(suffix)) continue;
    const std::string_view before = stored.substr(0, stored.size() - suffix.size());
    if (!before.empty() && !before.ends_with('.')) continue;
    *weight = std::string(before) + "weight";
    return companion;
  }
  return Companion::kNone;
}

}  // namespace aozora
