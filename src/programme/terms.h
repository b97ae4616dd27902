// SPDX-License-Identifier: Apache-2.0
// The terms of the programme: texts in versions, each accepted by each person anew.
#pragma once

#include <optional>
#include <string>

#include "programme/act.h"
#include "store/account_records.h"

namespace aozora {

inline constexpr size_t kTermsBytesMax = 200'000;

// Any thread.
class Terms {
 public:
  explicit Terms(Ground ground) : ground_(ground) {}

  // Nothing was published yet: nothing, and everybody has accepted it.
  Result<std::optional<TermsRecord>> Newest();
  // From now on whoever has not accepted this version may make no videos.
  Result<TermsRecord> Publish(const std::string& text, const Actor& actor);
  // kInvalid unless `version` is the newest: nobody accepts what they were not shown.
  Status Accept(const std::string& person_id, int64_t version, const Actor& actor);
  Result<bool> Accepted(const std::string& person_id);

  // Parts of a transaction of others.
  static Result<std::optional<TermsRecord>> NewestIn(Transaction& transaction);
  static Result<bool> AcceptedIn(Transaction& transaction, const std::string& person_id);
  static Status AcceptIn(Transaction& transaction, const std::string& person_id, int64_t version,
                         int64_t now_ms, const Actor& actor);

 private:
  Ground ground_;
};

}  // namespace aozora
