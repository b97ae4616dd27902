// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/wake.h"
#include "stores/sqlite/connection.h"

namespace aozora::sqlite {

// Carries what the write-ahead log holds into the database file, beside the writers and not inside
// of one's commit, which would make that one wait for two more syncs (store_bench: the p99 of 200
// creates a second falls from 20 to 12 ms where a bare sync takes 4).
class Checkpointer {
 public:
  explicit Checkpointer(std::unique_ptr<Connection> connection);

 private:
  bool Round();

  std::unique_ptr<Connection> connection_;
  Background background_;  // last: its thread uses the connection
};

}  // namespace aozora::sqlite
