// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "provenance/c2pa_draft.h"
#include "provenance/c2pa_writer.h"

namespace aozora {

// What the content was made from, looked at: the hash of each file, and its manifests if they hold.
// The parent is the first, if there is one.
Result<std::vector<Ingredient>> IngredientsOf(const ManifestContent& content,
                                              const SigningTools& tools);

}  // namespace aozora
