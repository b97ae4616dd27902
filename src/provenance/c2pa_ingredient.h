// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "provenance/c2pa_draft.h"
#include "provenance/c2pa_writer.h"

namespace aozora {

// The parent of the content, looked at: its hash, and its manifests if they hold.
Result<std::optional<Ingredient>> IngredientOf(const ManifestContent& content,
                                               const SigningTools& tools);

}  // namespace aozora
