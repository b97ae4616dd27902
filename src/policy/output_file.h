// SPDX-License-Identifier: Apache-2.0
// Parts of a policy file that more than one section has, and its section [output]. Private to this
// folder.
#pragma once

#include "policy/policy.h"
#include "policy/toml_reader.h"

namespace aozora::policy {

// A missing key leaves the action as it is.
Status ReadAction(const TomlTable& table, std::string_view key, Action* action);
Status ReadCategory(const TomlTable& table, Category* category, Severity* severity);
Status ReadOutputRules(const TomlTable& table, OutputRules* rules);

}  // namespace aozora::policy
