// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/store.h"

namespace aozora {

using PersonNames = std::map<std::string, std::string>;  // by id

// Of those who are there still; ids of others, and empty ones, have no name.
Result<PersonNames> NamesOf(Transaction& transaction, const std::vector<std::string>& ids);

}  // namespace aozora
