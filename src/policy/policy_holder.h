// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "policy/policy_file.h"

namespace aozora::policy {

// The policy in force, read again when its file has changed. A file that went bad or missing
// changes nothing but error(): the last good policy stays. Any thread.
class PolicyHolder {
 public:
  // How often Current looks at the file.
  static constexpr std::chrono::milliseconds kLookEvery{1000};

  // The policy in `path`, which must be good now; with an empty path the default, which never
  // changes. `clock` outlives the holder. `labels` is what the installed classifier gives (nothing
  // where none is): a policy with a rule for another label is a bad one, since the rule would never
  // be met. Without `labels` nobody knows, and rules are taken as they are.
  static Result<std::unique_ptr<PolicyHolder>> Open(
      const std::filesystem::path& path, const Clock& clock,
      const std::optional<std::vector<std::string>>& labels = std::nullopt);

  // Never null. Keep it for as long as one decision takes.
  std::shared_ptr<const Policy> Current();

  // Reads the file now, changed or not. The result is also in error().
  Status Reload();

  // The text of the file, or of the default.
  Result<std::string> Source() const;

  // Why the file as it stands now is not in force; empty if it is.
  std::string error() const;

 private:
  // Two writes within the grain of the file system's clock that keep the size look like one: that
  // is what Reload is for.
  struct Stamp {
    std::filesystem::file_time_type modified = {};
    uint64_t size_bytes = 0;
    bool operator==(const Stamp&) const = default;
  };

  PolicyHolder(const std::filesystem::path& path, const Clock& clock,
               const std::optional<std::vector<std::string>>& labels)
      : path_(path), clock_(clock), labels_(labels) {}
  Result<Stamp> LookAtFile() const;
  Status ReadLocked(const Stamp& stamp);
  Status ReloadLocked();

  const std::filesystem::path path_;
  const Clock& clock_;
  const std::optional<std::vector<std::string>> labels_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> policy_;
  Stamp stamp_;  // of the file that was read last, good or bad
  std::chrono::nanoseconds looked_{0};
  std::string error_;
};

}  // namespace aozora::policy
