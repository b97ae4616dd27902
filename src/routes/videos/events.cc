// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "api/topics.h"
#include "api/video_json.h"
#include "routes/videos/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

// The events of one job, or of all jobs of a person, out of the store: a stream that broke goes on
// where it was, on whichever server it comes back to.
class StoredEvents : public http::EventSource {
 public:
  StoredEvents(const api::Service& service, std::string job_id, std::string person_id)
      : service_(service), job_id_(std::move(job_id)), person_id_(std::move(person_id)) {}

  Result<Batch> Read(uint64_t after_id, size_t events_max) override {
    const std::vector<EventRecord> records = TRY(service_.queue.Events(
        job_id_, person_id_, static_cast<int64_t>(after_id), static_cast<int64_t>(events_max)));
    Batch batch;
    std::map<std::string, json> videos;
    for (const EventRecord& record : records) {
      auto video = videos.find(record.job_id);
      if (video == videos.end()) {
        const Result<JobRecord> job = service_.queue.Get(record.job_id);
        json shown = nullptr;  // deleted meanwhile
        if (job.ok()) shown = TRY(api::VideoJson(service_, *job));
        video = videos.emplace(record.job_id, std::move(shown)).first;
      }
      const json data = {{"type", api::EventName(record.type)},
                         {"video_id", record.job_id},
                         {"created_at", api::SecondsOf(record.at_ms)},
                         {"video", video->second}};
      batch.events.push_back({static_cast<uint64_t>(record.seq), api::EventName(record.type),
                              data.dump(-1, ' ', false, json::error_handler_t::replace)});
    }
    if (!job_id_.empty() && batch.events.size() < events_max) batch.ended = TRY(IsOver());
    return batch;
  }

 private:
  Result<bool> IsOver() {
    const Result<JobRecord> job = service_.queue.Get(job_id_);
    if (!job.ok()) return job.error().code() == ErrorCode::kNotFound;
    return IsTerminal(job->state);
  }

  const api::Service& service_;
  const std::string job_id_, person_id_;
};

Outcome<http::Response> OfVideo(const api::Service& service, const Call& call) {
  const JobRecord job = TRY(FindVideo(service, call, call.Value("video_id")));
  http::EventStream stream;
  stream.source = std::make_shared<StoredEvents>(service, job.id, "");
  stream.topics = {api::JobTopic(job.id)};
  return http::Response::Events(std::move(stream));
}

Outcome<http::Response> OfPerson(const api::Service& service, const Call& call) {
  const std::string& person_id = call.principal.person_id;
  http::EventStream stream;
  stream.source = std::make_shared<StoredEvents>(service, "", person_id);
  stream.topics = {api::PersonTopic(person_id)};
  // Who says nothing of what they saw wants what comes, not all there ever was.
  if (!call.request.headers.Has("last-event-id")) {
    const std::optional<EventRecord> last = TRY(service.store.Read([](Transaction& transaction) {
      return transaction.SelectFirst(Query<EventRecord>().Descending(&EventRecord::seq));
    }));
    stream.after_id = last ? static_cast<uint64_t>(last->seq) : 0;
  }
  return http::Response::Events(std::move(stream));
}

}  // namespace

void AddEventRoutes(http::Router& router, const api::Service& service) {
  using http::Method;
  api::AddOperations(
      router, service,
      {
          {Method::kGet, "/v1/videos/{video_id}/events", "streamVideoEvents", OfVideo},
          {Method::kGet, "/v1/events", "streamEvents", OfPerson},
      });
}

}  // namespace aozora::routes
