// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "api/served_models.h"
#include "render/model_shelf.h"
#include "server_options.h"

namespace aozora::app {

// What the API calls the models on the shelf: each by its own name, the names of the closed service
// for the default one, and the aliases that the operator gave. A model that cannot be opened is
// logged and left out, unless it is the default.
Result<std::vector<api::ServedModel>> ServeModels(ModelShelf& shelf, const ServerOptions& options);

}  // namespace aozora::app
