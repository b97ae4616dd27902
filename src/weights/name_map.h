// SPDX-License-Identifier: Apache-2.0
// Helpers for NameMap that every family needs.
#pragma once

#include <string>
#include <string_view>

#include "weights/tensor_set.h"

namespace aozora {

// The name without the prefix that tools put before a network's own names: "model.diffusion_model."
// and "diffusion_model." (ComfyUI), "model." (training frameworks), or as it is.
std::string_view StripModelPrefix(std::string_view stored);

// `inner`, asked for the name without its prefix.
NameMap WithoutModelPrefix(NameMap inner);

// Every name as it is stored.
NameMap SameNames();

// What stands beside the weights of a quantised checkpoint. "X" is what X.weight is called.
enum class Companion {
  kNone,     // an ordinary tensor
  kScale,    // X.scale_weight, X.weight_scale: one number that X.weight is multiplied with
  kIgnored,  // X.scale_input, X.input_scale (for activations), scaled_fp8 (a marker)
  kFormat,   // X.comfy_quant: JSON that names the format
};
// Answers what `stored` is; for kScale and kFormat, *weight becomes the name of the tensor it is
// for.
Companion CompanionOf(std::string_view stored, std::string* weight);

}  // namespace aozora
