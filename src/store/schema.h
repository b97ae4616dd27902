// SPDX-License-Identifier: Apache-2.0
// All tables of the product, in one list.
#pragma once

#include "store/table.h"

namespace aozora {

// What a store is opened with. Adding a table, a column or an index: give it `since` = the newest
// version + 1 where it is described; databases of older versions follow when they are opened.
const Schema& ProductSchema();

}  // namespace aozora
