// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace aozora::app {

// The folder of the models that come with the program, one folder each: $AOZORA_WEIGHTS, or
// share/aozora/weights where the program was installed, or weights in a folder above the program
// (the source tree that it was built in). Empty if there is none of these.
std::filesystem::path FindShippedModels();

}  // namespace aozora::app
