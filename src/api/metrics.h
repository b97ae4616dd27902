// SPDX-License-Identifier: Apache-2.0
// What an operator watches, in Prometheus' text format (prometheus-cpp writes it).
#pragma once

#include <memory>
#include <string>

#include "http/server.h"
#include "jobs/queue.h"
#include "store/job_records.h"

namespace aozora::api {

// Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void Count(const http::Exchange& exchange);
  // A job that changed: ends, waits and render times are counted from it.
  void Count(const JobRecord& job);

  struct Now {
    QueueCounts queue;
    size_t connection_count = 0;
    size_t stream_count = 0;
    uint64_t disk_free_bytes = 0;
  };
  std::string Text(const Now& now);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace aozora::api
