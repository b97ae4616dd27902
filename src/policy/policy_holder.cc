// SPDX-License-Identifier: Apache-2.0
#include "policy/policy_holder.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <system_error>

#include "base/file.h"

namespace aozora::policy {
namespace {

constexpr size_t kNamedLabelCountMax = 20;  // in an error: some classifiers give thousands

Status CheckLabels(const Policy& policy, std::span<const std::string> labels) {
  for (const LabelRule& rule : policy.output.labels) {
    if (std::find(labels.begin(), labels.end(), rule.label) != labels.end()) continue;
    if (labels.empty()) {
      return Error::Invalid(
          "output.labels: no classifier is installed that could give \"{}\": name one with "
          "--classifier, or take the rule out",
          rule.label);
    }
    const size_t named_count = std::min(labels.size(), kNamedLabelCountMax);
    return Error::Invalid("output.labels: the classifier gives no label \"{}\"; it gives {}{}",
                          rule.label, fmt::join(labels.first(named_count), ", "),
                          named_count < labels.size() ? " ..." : "");
  }
  return Ok();
}

// Good in itself, and with the classifier that is installed.
Result<std::shared_ptr<const Policy>> ReadFitting(
    const std::filesystem::path& path, const std::optional<std::vector<std::string>>& labels) {
  std::shared_ptr<const Policy> policy = TRY(ReadPolicy(path));
  if (labels) TRY_WITHIN(path.string(), CheckLabels(*policy, *labels));
  return policy;
}

}  // namespace

Result<std::unique_ptr<PolicyHolder>> PolicyHolder::Open(
    const std::filesystem::path& path, const Clock& clock,
    const std::optional<std::vector<std::string>>& labels) {
  std::unique_ptr<PolicyHolder> holder(new PolicyHolder(path, clock, labels));
  if (path.empty()) {
    holder->policy_ = DefaultPolicy();
  } else {
    TRY(holder->Reload());
  }
  return holder;
}

std::shared_ptr<const Policy> PolicyHolder::Current() {
  const std::lock_guard lock(mutex_);
  const std::chrono::nanoseconds now = clock_.SinceStart();
  if (path_.empty() || now - looked_ < kLookEvery) return policy_;
  looked_ = now;
  const Result<Stamp> stamp = LookAtFile();
  if (!stamp.ok()) {
    error_ = stamp.error().message();
    stamp_ = {};  // so that the file is read when it comes back
  } else if (stamp.value() != stamp_) {
    (void)ReadLocked(stamp.value());  // what went wrong is in error_
  }
  return policy_;
}

Status PolicyHolder::Reload() {
  const std::lock_guard lock(mutex_);
  if (path_.empty()) return Ok();
  Status status = ReloadLocked();
  if (!status.ok()) error_ = status.error().message();
  return status;
}

Result<std::string> PolicyHolder::Source() const {
  if (path_.empty()) return std::string(DefaultPolicyToml());
  return ReadFile(path_, kPolicyBytesMax);
}

std::string PolicyHolder::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

Status PolicyHolder::ReloadLocked() {
  looked_ = clock_.SinceStart();
  return ReadLocked(TRY(LookAtFile()));
}

Result<PolicyHolder::Stamp> PolicyHolder::LookAtFile() const {
  std::error_code code;
  Stamp stamp;
  stamp.modified = std::filesystem::last_write_time(path_, code);
  if (!code) stamp.size_bytes = std::filesystem::file_size(path_, code);
  if (code) return Error::Io("cannot look at {}: {}", path_.string(), code.message());
  return stamp;
}

// The stamp was taken before the file is read: a change in between is seen the next time.
Status PolicyHolder::ReadLocked(const Stamp& stamp) {
  stamp_ = stamp;
  Result<std::shared_ptr<const Policy>> policy = ReadFitting(path_, labels_);
  if (!policy.ok()) {
    error_ = policy.error().message();
    return std::move(policy).error();
  }
  policy_ = std::move(policy).value();
  error_.clear();
  return Ok();
}

}  // namespace aozora::policy
