// SPDX-License-Identifier: Apache-2.0
// Approved clips before the public: by a link that nobody can guess, from a day on, until it is
// revoked; and the list of those that are screened.
#pragma once

#include <string>
#include <vector>

#include "programme/clips.h"

namespace aozora {

struct ShareOptions {
  int64_t embargo_until_ms = 0;
  bool shows_prompt = false;
  bool shows_author = false;
};

// Any thread.
class Shares {
 public:
  explicit Shares(Ground ground) : ground_(ground) {}

  // By the author. kInvalid unless it is approved.
  Result<ClipView> Share(const std::string& clip_id, const ShareOptions& options,
                         const Actor& author);
  // By the author, or an admin. kInvalid unless it is shared. The same link never works again.
  Result<ClipView> Revoke(const std::string& clip_id, const Actor& actor);

  // For everybody. kNotFound: none, revoked, before its embargo ends, or its video is gone; which
  // of these is not told.
  Result<ClipView> FindPublic(const std::string& share_id);

  // Approved and shared clips that members see, in the order in which they were picked.
  Result<std::vector<ClipView>> Screening();
  Result<ClipView> Pick(const std::string& clip_id, const Actor& admin);
  Status Unpick(const std::string& clip_id, const Actor& admin);  // kNotFound

 private:
  Ground ground_;
};

// Part of a transaction of others; nothing where there is none.
Status EndShare(Transaction& transaction, const std::string& clip_id, int64_t now_ms);

}  // namespace aozora
