// SPDX-License-Identifier: Apache-2.0
#include "diffusion/guidance.h"

#include "base/check.h"

namespace aozora {

void Guide(std::span<const float> unconditional, std::span<const float> conditional, float scale,
           std::span<float> out) {
  CHECK_EQ(unconditional.size(), out.size());
  CHECK_EQ(conditional.size(), out.size());
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = unconditional[i] + scale * (conditional[i] - unconditional[i]);
  }
}

}  // namespace aozora
