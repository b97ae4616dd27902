// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.h"

namespace aozora::api {

// A YAML document as JSON: plain scalars become null, booleans and numbers where YAML's core schema
// says so, everything else a string. For files of our own: no bound on depth or size.
Result<nlohmann::json> JsonOfYaml(std::string_view yaml);

}  // namespace aozora::api
