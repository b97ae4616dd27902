// SPDX-License-Identifier: Apache-2.0
#include "jobs/sweeper.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <system_error>
#include <vector>

#include "store/asset_records.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr int64_t kAnyAge = std::numeric_limits<int64_t>::min();

Status RemoveAll(const std::filesystem::path& path, int64_t* count) {
  std::error_code error;
  const auto removed = std::filesystem::remove_all(path, error);
  if (error) return Error::Io("cannot remove {}: {}", path.string(), error.message());
  if (removed > 0) ++*count;
  return Ok();
}

int64_t AgeMs(const std::filesystem::path& path, std::chrono::system_clock::time_point now) {
  std::error_code error;
  const std::filesystem::file_time_type changed = std::filesystem::last_write_time(path, error);
  if (error) return 0;
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             now - std::chrono::file_clock::to_sys(changed))
      .count();
}

}  // namespace

Sweeper::Sweeper(Store& store, JobQueue& queue, const Clock& clock, DataFolder folder,
                 SweepLimits limits)
    : store_(store), queue_(queue), clock_(clock), folder_(std::move(folder)), limits_(limits) {}

Result<Swept> Sweeper::Sweep() {
  Swept swept;
  swept.clock_distrusted = !TrustsClock();
  if (!swept.clock_distrusted) {
    swept.expired_jobs = TRY(queue_.ExpireOutputs(limits_.batch_max));
    swept.more = swept.expired_jobs == limits_.batch_max;
    TRY(ExpireFiles(&swept));
    TRY(EraseOld(&swept));
    TRY(RemoveOrphans(&swept));
  }
  TRY(RemoveDoomed(&swept));
  return swept;
}

// A day set forward by mistake must not cost a day of videos.
bool Sweeper::TrustsClock() {
  const double now_s = clock_.Seconds();
  const int64_t wall_ms = NowMs(clock_);
  if (last_monotonic_s_ >= 0) {
    const double ran_away_ms =
        static_cast<double>(wall_ms - last_wall_ms_) - (now_s - last_monotonic_s_) * 1000;
    if (std::abs(ran_away_ms) > static_cast<double>(limits_.clock_jump_ms)) {
      distrusted_until_s_ = now_s + static_cast<double>(limits_.clock_settle_ms) / 1000;
    }
  }
  last_monotonic_s_ = now_s;
  last_wall_ms_ = wall_ms;
  return now_s >= distrusted_until_s_;
}

Status Sweeper::ExpireFiles(Swept* swept) {
  const int64_t now_ms = NowMs(clock_);
  return store_.Write([&](Transaction& t) -> Status {
    const std::vector<FileRecord> due =
        TRY(t.Select(Query<FileRecord>()
                         .AtMost(&FileRecord::expires_ms, now_ms)
                         .Equal(&FileRecord::deleted_ms, std::nullopt)
                         .Limit(limits_.batch_max)));
    for (const FileRecord& before : due) {
      FileRecord after = before;
      after.deleted_ms = now_ms;
      TRY(t.Change(before, after));
    }
    swept->more |= static_cast<int64_t>(due.size()) == limits_.batch_max;
    return Ok();
  });
}

// The rows have said so already; now the bytes. A crash in between repeats what is done.
Status Sweeper::RemoveDoomed(Swept* swept) {
  Query<JobRecord> doomed;
  doomed.Equal(&JobRecord::files, FilesState::kDoomed)
      .In(&JobRecord::state, {JobState::kCompleted, JobState::kFailed, JobState::kCancelled})
      .Limit(limits_.batch_max);
  const std::vector<JobRecord> jobs =
      TRY(store_.Read([&](Transaction& t) { return t.Select(doomed); }));
  for (const JobRecord& job : jobs) {
    TRY(RemoveAll(folder_.Output(job.id), &swept->removed_folders));
    TRY(RemoveAll(folder_.State(job.id), &swept->removed_folders));
  }
  Query<FileRecord> deleted;
  deleted.NotEqual(&FileRecord::deleted_ms, std::nullopt).Limit(limits_.batch_max);
  const std::vector<FileRecord> files =
      TRY(store_.Read([&](Transaction& t) { return t.Select(deleted); }));
  for (const FileRecord& file : files) {
    TRY(RemoveAll(folder_.File(file.id), &swept->removed_files));
  }
  if (jobs.empty() && files.empty()) return Ok();
  swept->more |= static_cast<int64_t>(std::max(jobs.size(), files.size())) == limits_.batch_max;
  return store_.Write([&](Transaction& t) -> Status {
    for (const JobRecord& job : jobs) {
      const std::optional<JobRecord> before = TRY(t.Find<JobRecord>(job.id));
      if (!before) continue;
      JobRecord after = *before;
      after.files = FilesState::kGone;
      TRY(t.Change(*before, after));
    }
    for (const FileRecord& file : files) TRY(t.Erase<FileRecord>(file.id));
    return Ok();
  });
}

Status Sweeper::EraseOld(Swept* swept) {
  const int64_t now_ms = NowMs(clock_);
  const int64_t batch = limits_.batch_max;
  return store_.Write([&](Transaction& t) -> Status {
    const auto count = [&](int64_t erased) {
      swept->erased_rows += erased;
      swept->more |= erased == batch;
    };
    count(TRY(t.EraseWhere(
        Query<IdempotencyRecord>().AtMost(&IdempotencyRecord::expires_ms, now_ms).Limit(batch))));
    count(TRY(t.EraseWhere(Query<EventRecord>()
                               .Less(&EventRecord::at_ms, now_ms - limits_.events_kept_ms)
                               .Limit(batch))));
    count(
        TRY(t.EraseWhere(Query<DeliveryRecord>()
                             .Less(&DeliveryRecord::created_ms, now_ms - limits_.deliveries_kept_ms)
                             .NotEqual(&DeliveryRecord::state, DeliveryState::kPending)
                             .Limit(batch))));
    count(TRY(t.EraseWhere(Query<JobRecord>()
                               .Less(&JobRecord::deleted_ms, now_ms - limits_.deleted_jobs_kept_ms)
                               .Equal(&JobRecord::files, FilesState::kGone)
                               .Limit(batch))));
    return Ok();
  });
}

// What is on the disk and in no row: of a crash between the bytes and their row, or behind a row
// that is gone. And between the end of a job and the removal of its state.
Status Sweeper::RemoveOrphans(Swept* swept) {
  const auto keeps_unless_over = [](Transaction& t, const std::string& id) -> Result<bool> {
    const std::optional<JobRecord> job = TRY(t.Find<JobRecord>(id));
    return !job || !IsTerminal(job->state);
  };
  const auto keeps_state = [](Transaction& t, const std::string& id) -> Result<bool> {
    return TRY(t.Find<JobRecord>(id)).has_value();
  };
  const auto keeps_output = [](Transaction& t, const std::string& id) -> Result<bool> {
    const std::optional<JobRecord> job = TRY(t.Find<JobRecord>(id));
    return job && job->files != FilesState::kGone;
  };
  const auto keeps_file = [](Transaction& t, const std::string& id) -> Result<bool> {
    return TRY(t.Find<FileRecord>(id)).has_value();
  };
  const auto keeps_nothing = [](Transaction&, const std::string&) -> Result<bool> { return false; };
  const int64_t age_ms = limits_.orphan_age_ms;
  int64_t* const folders = &swept->removed_folders;
  int64_t* const files = &swept->removed_files;
  TRY(RemoveUnkept(folder_.states(), kAnyAge, keeps_unless_over, folders, &swept->more));
  TRY(RemoveUnkept(folder_.states(), age_ms, keeps_state, folders, &swept->more));
  TRY(RemoveUnkept(folder_.outputs(), age_ms, keeps_output, folders, &swept->more));
  TRY(RemoveUnkept(folder_.files(), age_ms, keeps_file, files, &swept->more));
  return RemoveUnkept(folder_.uploads(), age_ms, keeps_nothing, files, &swept->more);
}

Status Sweeper::RemoveUnkept(const std::filesystem::path& folder, int64_t age_min_ms, KeepsFn keeps,
                             int64_t* count, bool* more) {
  std::error_code error;
  const std::chrono::system_clock::time_point now = clock_.Now();
  std::vector<std::filesystem::path> old;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (AgeMs(entry->path(), now) >= age_min_ms) old.push_back(entry->path());
  }
  if (error) return Error::Io("cannot list {}: {}", folder.string(), error.message());
  int64_t removed = 0;
  for (const std::filesystem::path& path : old) {
    const std::string id = path.filename().string();
    if (TRY(store_.Read([&](Transaction& t) { return keeps(t, id); }))) continue;
    TRY(RemoveAll(path, count));
    if (++removed < limits_.batch_max) continue;
    *more = true;
    return Ok();
  }
  return Ok();
}

}  // namespace aozora
