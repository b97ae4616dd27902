// SPDX-License-Identifier: Apache-2.0
#include "weights/layout.h"

namespace aozora {

Result<TensorFile> OpenGguf(const std::filesystem::path& path) {
  return Error::Unsupported("{}: this format cannot be read yet", path.string());
}

}  // namespace aozora
