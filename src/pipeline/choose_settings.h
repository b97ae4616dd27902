// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pipeline/request.h"
#include "pipeline/settings.h"

namespace aozora {

// What a run starts from, and where it leads.
struct Sources {
  std::shared_ptr<const ClipLatent> source;  // as much of it as is kept, or null
  std::shared_ptr<const ClipLatent> target;  // of a bridge: another clip or the source, or null
};
// An error for two ways to start, or for a part of a clip that the model cannot go on from.
Result<Sources> SourcesOf(const Capabilities& can, const GenerateRequest& request);

// Decides every setting, and refuses what the model cannot do, saying what would work. `from` is
// the request's.
Result<Settings> ChooseSettings(const Model& model, const GenerateRequest& request,
                                const Sources& from);

}  // namespace aozora
