// SPDX-License-Identifier: Apache-2.0
#include "tensor/shape.h"

#include <fmt/ranges.h>

namespace aozora {

std::string ToString(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape.sizes(), ", "));
}

}  // namespace aozora
