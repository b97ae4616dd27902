// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "api/endpoint.h"
#include "api/page.h"
#include "base/units.h"
#include "jobs/audit_keeper.h"
#include "policy/text_check.h"
#include "routes/admin/parts.h"
#include "store/ids.h"
#include "store/people_records.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr uint32_t kAuditLimitMax = 100;
constexpr int64_t kRendersMax = 10'000;  // of a day that are added up

json WorkersOf(const std::vector<RunningJob>& running, int64_t lease_ms, int64_t now_ms) {
  json workers = json::array();
  for (const RunningJob& job : running) {
    const int64_t seen_ms = now_ms - (job.lease_until_ms - lease_ms);
    workers.push_back({{"id", job.lease_owner},
                       {"video_id", job.id},
                       {"model", job.model},
                       {"progress", job.progress_percent},
                       {"started_at", api::SecondsOf(job.started_ms)},
                       {"seen_seconds_ago", std::max<int64_t>(0, seen_ms) / 1000}});
  }
  return workers;
}

Outcome<http::Response> GetStatus(const api::Service& service, const Call&) {
  const int64_t now_ms = NowMs(service.clock);
  const QueueCounts counts = TRY(service.queue.Counts());
  std::vector<RunningJob> running;
  std::vector<RenderedJob> renders;
  int64_t failed = 0;
  TRY(service.store.Read([&](Transaction& t) -> Status {
    running = TRY(t.Select(Query<RunningJob>().Equal(&RunningJob::state, JobState::kInProgress)));
    renders = TRY(t.Select(Query<RenderedJob>()
                               .Equal(&RenderedJob::state, JobState::kCompleted)
                               .Greater(&RenderedJob::completed_ms, now_ms - kDayMs)
                               .Limit(kRendersMax)));
    failed = TRY(t.Count(Query<RenderedJob>()
                             .Equal(&RenderedJob::state, JobState::kFailed)
                             .Greater(&RenderedJob::completed_ms, now_ms - kDayMs)));
    return Ok();
  }));
  int64_t render_ms = 0;
  for (const RenderedJob& render : renders) render_ms += render.render_ms;
  const DiskSpace disk = TRY(DiskSpaceOf(service.folder.root));
  return api::AnswerJson(
      {{"object", "admin.status"},
       {"version", service.version},
       {"uptime_seconds", static_cast<int64_t>(service.clock.Seconds())},
       {"queue", {{"queued", counts.queued}, {"in_progress", counts.running}}},
       {"workers", WorkersOf(running, service.queue.limits().lease_ms, now_ms)},
       {"disk", {{"free_bytes", disk.free_bytes}, {"total_bytes", disk.total_bytes}}},
       {"finished_last_day", {{"completed", renders.size()}, {"failed", failed}}},
       {"render_seconds_last_day", render_ms / 1000}});
}

Outcome<http::Response> ListAudit(const api::Service& service, const Call& call) {
  const api::PageQuery page = TRY(api::ReadPageQuery(call.request, kAuditLimitMax));
  Query<AuditRecord> query;
  if (!page.after.empty()) {
    int64_t after = 0;
    const char* const end = page.after.data() + page.after.size();
    if (std::from_chars(page.after.data(), end, after).ptr != end) {
      return api::BadParameter("after", fmt::format("after: there is no entry {}", page.after));
    }
    query.Where(&AuditRecord::seq, page.newest_first ? Compare::kLess : Compare::kGreater, after);
  }
  if (page.newest_first) {
    query.Descending(&AuditRecord::seq);
  } else {
    query.Ascending(&AuditRecord::seq);
  }
  query.Limit(int64_t{page.limit} + 1);
  std::vector<AuditRecord> records =
      TRY(service.store.Read([&](Transaction& t) { return t.Select(query); }));
  const bool has_more = records.size() > page.limit;
  if (has_more) records.pop_back();
  json data = json::array();
  for (const AuditRecord& record : records) {
    data.push_back({{"id", std::to_string(record.seq)},
                    {"object", "audit.entry"},
                    {"at", api::SecondsOf(record.at_ms)},
                    {"who", record.actor},
                    {"what", record.action},
                    {"subject", record.subject},
                    {"detail", record.detail}});
  }
  return api::AnswerJson(api::PageOf(std::move(data), has_more));
}

Outcome<http::Response> VerifyLog(const api::Service& service, const Call&) {
  const Result<AuditVerification> found =
      VerifyAudit(service.store, service.sign_key.public_key(), service.audit_copy);
  if (!found.ok() && found.error().code() != ErrorCode::kCorrupt) return found.error();
  json answer = {{"object", "audit.verification"},
                 {"ok", found.ok()},
                 {"entries", nullptr},
                 {"checkpoints", nullptr},
                 {"copied", nullptr},
                 {"signed_seq", nullptr},
                 {"problem", nullptr}};
  if (found.ok()) {
    answer["entries"] = found->report.row_count;
    answer["checkpoints"] = found->report.checkpoint_count;
    answer["copied"] = found->copied_count;
    answer["signed_seq"] = found->report.signed_seq;
  } else {
    answer["problem"] = found.error().message();
  }
  return api::AnswerJson(answer);
}

Outcome<http::Response> GetPolicy(const api::Service& service, const Call&) {
  const std::shared_ptr<const policy::Policy> policy = service.policy.Current();
  const std::string error = service.policy.error();
  const std::string source = TRY(service.policy.Source());
  return api::AnswerJson({{"object", "policy"},
                          {"version", policy->version},
                          {"dry_run", policy->is_dry_run},
                          {"source", source},
                          {"error", error.empty() ? json(nullptr) : json(error)}});
}

// What the rules say of a text, and what is done: nothing, on a dry run.
Outcome<http::Response> CheckText(const api::Service& service, const Call& call) {
  const std::shared_ptr<const policy::Policy> policy = service.policy.Current();
  const std::string role = call.body.value("role", std::string(NameOf(Role::kArtist)));
  const std::optional<policy::Role> known = policy::FromName<policy::Role>(role);
  if (!known) return api::BadParameter("role", fmt::format("there is no role {}", role));
  const policy::TextDecision decision =
      policy::Check(*policy, call.body["text"].get<std::string>(), *known);
  json hit = nullptr;
  if (decision.category) {
    hit = {
        {"category", policy::NameOf(*decision.category)},
        {"severity", decision.severity ? json(policy::NameOf(*decision.severity)) : json(nullptr)},
        {"rule", decision.rule_id},
        {"text", decision.matched_text},
        {"view", decision.view}};
  }
  return api::AnswerJson({{"object", "policy.decision"},
                          {"action", policy::NameOf(decision.action)},
                          {"verdict", policy::NameOf(decision.verdict)},
                          {"version", decision.policy_version},
                          {"hit", std::move(hit)}});
}

}  // namespace

void AddWatchRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kGet, "/v1/admin/status", "getStatus", GetStatus},
                         {Method::kGet, "/v1/admin/audit", "listAudit", ListAudit},
                         {Method::kPost, "/v1/admin/audit/verify", "verifyAudit", VerifyLog},
                         {Method::kGet, "/v1/admin/policy", "getPolicy", GetPolicy},
                         {Method::kPost, "/v1/admin/policy/check", "checkText", CheckText,
                          BodyKind::kJson, policy::kCheckedPromptBytesMax + 10'000},
                     });
}

}  // namespace aozora::routes
