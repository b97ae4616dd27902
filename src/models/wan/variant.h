// SPDX-License-Identifier: Apache-2.0
// Which model of the family a denoiser is, and how it wants to be used.
#pragma once

#include <string>
#include <string_view>

#include "model/capabilities.h"
#include "models/wan/dit_config.h"

namespace aozora::wan {

enum class VariantKind : uint8_t {
  kT2V1_3B,
  kT2V14B,
  kTI2V5B,
  kT2VA14B,  // two experts
  kI2VA14B,  // two experts, picture as further channels
  kI2V14B,   // the same as one: merged experts
  kCustom,   // sizes that nobody published
};

struct Variant {
  VariantKind kind = VariantKind::kCustom;
  Capabilities capabilities;  // but for the decoders at hand
  Preset preset;              // of the undistilled model
};

// By the sizes alone. kUnsupported for channels that mean another way of conditioning.
Result<Variant> DetectVariant(const DitConfig& config, uint32_t denoiser_count);

// The preset of the variant, or of the distillation that `hint` speaks of: the names of files,
// folders and LoRAs, and the text of metadata, in any case.
Preset ChoosePreset(const Variant& variant, std::string_view hint);

}  // namespace aozora::wan
