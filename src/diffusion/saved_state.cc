// SPDX-License-Identifier: Apache-2.0
#include "diffusion/saved_state.h"

namespace aozora {

Result<std::span<const float>> SavedState::Find(std::string_view name, size_t count) const {
  for (const Buffer& buffer : buffers) {
    if (buffer.name != name) continue;
    if (buffer.values.size() == count) return std::span<const float>(buffer.values);
    return Error::Corrupt("saved {} state: \"{}\" has {} values where {} belong", kind, name,
                          buffer.values.size(), count);
  }
  return Error::Corrupt("saved {} state: there is no \"{}\"", kind, name);
}

}  // namespace aozora
