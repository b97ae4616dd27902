// SPDX-License-Identifier: Apache-2.0
// Everything about a person, given out or removed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "programme/act.h"

namespace aozora {

// Ids of what has bytes in the data folder.
struct OwnFiles {
  std::vector<std::string> job_ids;
  std::vector<std::string> file_ids;
};

struct OwnData {
  nlohmann::json document;  // one object, an array for each kind of thing; no secrets, no hashes
  OwnFiles files;           // whose bytes belong to it
};

// Any thread.
class OwnDataDesk {
 public:
  explicit OwnDataDesk(Ground ground) : ground_(ground) {}

  Result<OwnData> Export(const std::string& person_id, const Actor& actor);  // kNotFound

  // All rows about the person in one transaction, those of running videos included: their workers
  // lose the lease. What stays: the audit log, which has ids and addresses and no text; and what
  // they decided on others' clips, without their id. Returns whose bytes the caller has to remove;
  // the sweeper removes what a crash leaves. kInvalid: the only admin.
  Result<OwnFiles> Delete(const std::string& person_id, const Actor& actor);

 private:
  Ground ground_;
};

}  // namespace aozora
