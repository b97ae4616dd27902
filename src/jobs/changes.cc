// SPDX-License-Identifier: Apache-2.0
#include "jobs/changes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "jobs/webhooks.h"
#include "store/audit.h"

namespace aozora {
namespace {

std::string EventData(const JobRecord& job) {
  nlohmann::json data{{"state", NameOf(job.state)},
                      {"progress", job.progress_percent},
                      {"stage", job.stage},
                      {"attempt", job.attempt}};
  if (!job.error_code.empty()) {
    data["error"] = {{"code", job.error_code}, {"message", job.error_message}};
  }
  // A stage or a message may quote what is no UTF-8.
  return data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Seconds of a job that made no video go back to the day that they were taken from.
Status SettleUsage(ChangeContext& context, const JobRecord& job) {
  std::optional<UsageRecord> before =
      TRY(context.transaction.Find<UsageRecord>(job.person_id, job.held_day));
  if (!before) {
    return Error::Corrupt("job {} holds seconds of a day without an account", job.id);
  }
  UsageRecord after = *before;
  if (job.state == JobState::kCompleted) {
    after.completed_seconds += job.seconds;
    after.render_ms += job.render_ms;
  } else {
    after.video_seconds -= job.seconds;
  }
  return context.transaction.Change(*before, after);
}

}  // namespace

int64_t DayOf(int64_t ms) { return ms / kDayMs - (ms % kDayMs < 0 ? 1 : 0); }

Result<int64_t> AppendEvent(ChangeContext& context, const JobRecord& job, std::string_view type) {
  return context.transaction.Append(EventRecord{.seq = 0,
                                                .at_ms = context.now_ms,
                                                .type = std::string(type),
                                                .job_id = job.id,
                                                .person_id = job.person_id,
                                                .data_json = EventData(job)});
}

Result<int64_t> NewestEvent(Transaction& transaction) {
  const std::optional<EventRecord> newest =
      TRY(transaction.SelectFirst(Query<EventRecord>().Descending(&EventRecord::seq)));
  return newest ? newest->seq : 0;
}

Status ChangeJob(ChangeContext& context, const JobRecord& before, const JobRecord& after,
                 std::string_view event_type) {
  TRY(context.transaction.Change(before, after));
  TRY(AppendEvent(context, after, event_type));
  return Ok();
}

Status EndJob(ChangeContext& context, const JobRecord& before, JobRecord* after) {
  CHECK(!IsTerminal(before.state) && IsTerminal(after->state));
  after->completed_ms = context.now_ms;
  after->lease_owner.clear();
  if (after->state == JobState::kCompleted) {
    const bool batch = !after->batch_id.empty();
    after->progress_percent = 100;
    after->expires_ms = context.now_ms + (batch ? context.limits.batch_output_kept_ms
                                                : context.limits.output_kept_ms);
  } else {
    after->files = FilesState::kDoomed;  // half a video is of no use to anybody
  }
  TRY(SettleUsage(context, *after));
  TRY(AddDeliveries(context.transaction, *after, context.random, context.now_ms));
  return ChangeJob(context, before, *after, fmt::format("job.{}", NameOf(after->state)));
}

Status RequeueJob(ChangeContext& context, const JobRecord& before, JobRecord* after) {
  CHECK(before.state == JobState::kInProgress);
  after->state = JobState::kQueued;
  after->lease_owner.clear();
  ClearStage(after);
  return ChangeJob(context, before, *after, "job.requeued");
}

Status Audit(ChangeContext& context, std::string_view actor, std::string_view action,
             std::string_view subject, std::string_view detail) {
  return AppendAudit(context.transaction, AuditRecord{.seq = 0,
                                                      .at_ms = context.now_ms,
                                                      .actor = std::string(actor),
                                                      .action = std::string(action),
                                                      .subject = std::string(subject),
                                                      .detail = std::string(detail),
                                                      .hash = {}});
}

}  // namespace aozora
