// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "store/table.h"
#include "stores/sqlite/connection.h"

namespace aozora::sqlite {

// Makes the tables of a new database, or brings an older one forward, in one transaction. Refuses
// what is no database of ours, and a newer one.
Status Migrate(Connection& connection, const Schema& schema);

}  // namespace aozora::sqlite
