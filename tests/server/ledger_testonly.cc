// SPDX-License-Identifier: Apache-2.0
#include "ledger_testonly.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <set>

namespace aozora {
namespace {

using nlohmann::json;

constexpr size_t kFaultsMax = 50;  // the first ones say what is wrong

// Empty for a state that may still change.
std::string EndOf(const json& video) {
  const std::string status = video.value("status", "");
  if (status != "completed" && status != "failed") return {};
  return fmt::format("{} at {}, error {}", status, video["completed_at"].dump(),
                     video["error"].dump());
}

}  // namespace

void Ledger::Created(const std::string& key, const std::string& body, const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto [job, is_new] = jobs_.try_emplace(key);
  if (!is_new && job->second.id != id) {
    FaultLocked(fmt::format("key {} made {} and then {}", key, job->second.id, id));
  }
  const auto [known, first] = keys_.try_emplace(id, key);
  if (!first && known->second != key) {
    FaultLocked(fmt::format("keys {} and {} both made {}", known->second, key, id));
  }
  if (!is_new) return;
  job->second.id = id;
  job->second.body = body;
}

void Ledger::AskDelete(const std::string& key) {
  const std::lock_guard lock(mutex_);
  jobs_[key].delete_asked = true;
}

void Ledger::Deleted(const std::string& key) {
  const std::lock_guard lock(mutex_);
  jobs_[key].deleted = true;
}

void Ledger::Saw(const std::string& key, int status, const std::string& body, bool began_deleted) {
  const std::lock_guard lock(mutex_);
  Job& job = jobs_[key];
  if (status == 404) {
    if (!job.delete_asked) FaultLocked(fmt::format("lost: {}", job.id));
    return;
  }
  if (status != 200) return FaultLocked(fmt::format("{}: {} {}", job.id, status, body));
  if (began_deleted) return FaultLocked(fmt::format("back after its deletion: {}", job.id));
  const json video = json::parse(body, nullptr, false);
  if (video.is_discarded() || video.value("id", "") != job.id) {
    return FaultLocked(fmt::format("{} is shown as {}", job.id, body));
  }
  const std::string end = EndOf(video);
  if (!job.end.empty() && end != job.end) {
    FaultLocked(fmt::format("{} was {} and is {}", job.id, job.end, video["status"].dump()));
  }
  if (job.end.empty()) job.end = end;
  job.completed = video["status"] == "completed";
}

void Ledger::SawEtag(const std::string& key, const std::string& variant, const std::string& etag) {
  const std::lock_guard lock(mutex_);
  Job& job = jobs_[key];
  const auto [known, first] = job.etags.try_emplace(variant, etag);
  if (!first && known->second != etag) {
    FaultLocked(fmt::format("{} {}: its content changed", job.id, variant));
  }
}

void Ledger::Fault(std::string fault) {
  const std::lock_guard lock(mutex_);
  FaultLocked(std::move(fault));
}

void Ledger::FaultLocked(std::string fault) {
  if (faults_.size() < kFaultsMax) faults_.push_back(std::move(fault));
}

std::map<std::string, Ledger::Job> Ledger::jobs() const {
  const std::lock_guard lock(mutex_);
  return jobs_;
}

std::optional<std::pair<std::string, Ledger::Job>> Ledger::Any(RandomSource& random) const {
  const std::lock_guard lock(mutex_);
  if (jobs_.empty()) return std::nullopt;
  auto job = jobs_.begin();
  std::advance(job, static_cast<long>(random.Below(jobs_.size())));
  return *job;
}

std::vector<std::string> Ledger::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

size_t Ledger::open_count() const {
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [key, job] : jobs_) {
    if (job.end.empty() && !job.deleted) ++count;
  }
  return count;
}

bool IsWholeMp4(std::string_view bytes) {
  std::set<std::string, std::less<>> seen;
  while (!bytes.empty()) {
    if (bytes.size() < 8) return false;
    uint64_t size = 0;
    for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<uint8_t>(bytes[i]);
    if (size < 8 || size > bytes.size()) return false;
    seen.emplace(bytes.substr(4, 4));
    bytes.remove_prefix(size);
  }
  return seen.contains("ftyp") && seen.contains("moov") && seen.contains("mdat");
}

}  // namespace aozora
