// SPDX-License-Identifier: Apache-2.0
#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace aozora::api {
namespace {

const prometheus::Histogram::BucketBoundaries kRequestSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025,
                                                                 0.05,  0.1,    0.25,  1,    10};
const prometheus::Histogram::BucketBoundaries kJobSeconds = {1,   5,   15,   30,   60,   120,
                                                             300, 600, 1800, 3600, 14400};

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("aozora_http_requests_total")
                                                          .Help("Answers by operation and status")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& request_seconds =
      prometheus::BuildHistogram()
          .Name("aozora_http_request_seconds")
          .Help("From a request's first byte to its answer's last, without event streams")
          .Register(registry);
  prometheus::Counter& bytes_in = prometheus::BuildCounter()
                                      .Name("aozora_http_received_bytes_total")
                                      .Help("Bytes of bodies that came")
                                      .Register(registry)
                                      .Add({});
  prometheus::Counter& bytes_out = prometheus::BuildCounter()
                                       .Name("aozora_http_sent_bytes_total")
                                       .Help("Bytes of answers that left")
                                       .Register(registry)
                                       .Add({});
  prometheus::Family<prometheus::Counter>& ended = prometheus::BuildCounter()
                                                       .Name("aozora_jobs_ended_total")
                                                       .Help("Jobs by model and how they ended")
                                                       .Register(registry);
  prometheus::Family<prometheus::Histogram>& waits =
      prometheus::BuildHistogram()
          .Name("aozora_job_wait_seconds")
          .Help("From a job's creation to the start of its render")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& renders = prometheus::BuildHistogram()
                                                           .Name("aozora_job_render_seconds")
                                                           .Help("Time of the renders that ended")
                                                           .Register(registry);
  prometheus::Family<prometheus::Gauge>& jobs = prometheus::BuildGauge()
                                                    .Name("aozora_jobs")
                                                    .Help("Jobs that wait or run now")
                                                    .Register(registry);
  prometheus::Gauge& queued = jobs.Add({{"state", "queued"}});
  prometheus::Gauge& running = jobs.Add({{"state", "in_progress"}});
  prometheus::Gauge& connections = prometheus::BuildGauge()
                                       .Name("aozora_http_connections")
                                       .Help("Open connections, event streams included")
                                       .Register(registry)
                                       .Add({});
  prometheus::Gauge& streams = prometheus::BuildGauge()
                                   .Name("aozora_http_event_streams")
                                   .Help("Open event streams")
                                   .Register(registry)
                                   .Add({});
  prometheus::Gauge& disk_free = prometheus::BuildGauge()
                                     .Name("aozora_disk_free_bytes")
                                     .Help("Where the data folder is")
                                     .Register(registry)
                                     .Add({});
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::Count(const http::Exchange& exchange) {
  // Paths that do not exist share one name: names from outside would be without number.
  const std::string route = exchange.route.empty() ? "none" : exchange.route;
  families_->requests.Add({{"operation", route}, {"status", std::to_string(exchange.status)}})
      .Increment();
  families_->bytes_in.Increment(static_cast<double>(exchange.bytes_in));
  families_->bytes_out.Increment(static_cast<double>(exchange.bytes_out));
  if (route.starts_with("stream")) return;
  families_->request_seconds.Add({{"operation", route}}, kRequestSeconds).Observe(exchange.seconds);
}

void Metrics::Count(const JobRecord& job) {
  if (!IsTerminal(job.state)) return;
  families_->ended.Add({{"model", job.model}, {"state", std::string(NameOf(job.state))}})
      .Increment();
  const auto seconds = [](int64_t ms) { return static_cast<double>(ms) / 1000; };
  if (job.started_ms) {
    families_->waits.Add({{"model", job.model}}, kJobSeconds)
        .Observe(seconds(*job.started_ms - job.created_ms));
  }
  if (job.render_ms > 0) {
    families_->renders.Add({{"model", job.model}}, kJobSeconds).Observe(seconds(job.render_ms));
  }
}

std::string Metrics::Text(const Now& now) {
  families_->queued.Set(static_cast<double>(now.queue.queued));
  families_->running.Set(static_cast<double>(now.queue.running));
  families_->connections.Set(static_cast<double>(now.connection_count));
  families_->streams.Set(static_cast<double>(now.stream_count));
  families_->disk_free.Set(static_cast<double>(now.disk_free_bytes));
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace aozora::api
