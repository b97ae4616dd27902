// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pipeline/request.h"
#include "pipeline/settings.h"

namespace aozora {

// The source of a request, of whatever kind, or null. An error for two of them.
Result<std::shared_ptr<const ClipLatent>> SourceOf(const GenerateRequest& request);

// Decides every setting, and refuses what the model cannot do, saying what would work.
Result<Settings> ChooseSettings(const Model& model, const GenerateRequest& request);

}  // namespace aozora
