// SPDX-License-Identifier: Apache-2.0
// What the clients of a server were told: kept outside of it, so that it can be held to it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random_source.h"

namespace aozora {

// Any thread. What contradicts an earlier answer is a fault.
class Ledger {
 public:
  struct Job {
    std::string id;
    std::string body;  // of the request
    std::string end;   // the terminal state as it was first seen; empty: none yet
    bool completed = false;
    bool delete_asked = false;                 // may be gone already
    bool deleted = false;                      // acknowledged
    std::map<std::string, std::string> etags;  // of each variant
  };

  // A create with this key was answered with this job.
  void Created(const std::string& key, const std::string& body, const std::string& id);
  void AskDelete(const std::string& key);
  void Deleted(const std::string& key);
  // What a GET of the job said. `began_deleted`: whether Deleted had been called when it was sent.
  void Saw(const std::string& key, int status, const std::string& body, bool began_deleted);
  void SawEtag(const std::string& key, const std::string& variant, const std::string& etag);
  void Fault(std::string fault);

  std::map<std::string, Job> jobs() const;  // by key
  std::optional<std::pair<std::string, Job>> Any(RandomSource& random) const;
  std::vector<std::string> faults() const;
  size_t open_count() const;  // neither ended nor deleted

 private:
  void FaultLocked(std::string fault);

  mutable std::mutex mutex_;
  std::map<std::string, Job> jobs_;          // by key; guarded by mutex_
  std::map<std::string, std::string> keys_;  // by id; guarded by mutex_
  std::vector<std::string> faults_;          // guarded by mutex_
};

// Whether these are a whole MP4 file: boxes to the last byte, with the ones a player needs.
bool IsWholeMp4(std::string_view bytes);

}  // namespace aozora
