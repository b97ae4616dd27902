// SPDX-License-Identifier: Apache-2.0
// Every number that the queue, its workers, webhooks and the sweeper obey.
#pragma once

#include <cstdint>

#include "base/units.h"

namespace aozora {

struct QueueLimits {
  // For each person; grants on the person record replace the first three.
  int64_t running_per_person_max = 2;  // more of theirs wait, they are not refused
  int64_t queued_per_person_max = 20;
  int64_t video_seconds_per_day_max = 600;
  int64_t creates_per_minute_max = 60;

  int64_t queued_max = 1'000;  // of everybody
  int64_t variations_max = 8;  // n
  int64_t prompt_bytes_max = 128'000;

  // New work is refused unless this much stays free when all that runs has been written.
  uint64_t output_bytes_max = 512_MiB;
  double disk_free_share_min = 0.05;

  int64_t lease_ms = 30'000;
  int64_t heartbeat_ms = 5'000;
  int64_t crashes_max = 3;         // the third fails the job
  int64_t retries_max = 2;         // of failures that say they may go away
  int64_t retry_delay_ms = 5'000;  // doubled each time

  int64_t output_kept_ms = kDayMs;
  int64_t batch_output_kept_ms = 48 * kHourMs;
  int64_t idempotency_kept_ms = kDayMs;

  int64_t speed_sample_max = 20;  // renders that a wait is estimated from
  int64_t retry_after_s_max = 3'600;
  int64_t order_kept_ms = 500;  // the queue's order is worked out at most so often for Position
  int64_t list_limit_max = 100;
};

struct WorkerLimits {
  int64_t poll_ms = 500;  // how late a job of another process is seen
  int64_t reap_ms = 1'000;
  int64_t look_ms = 400;    // how late a running render hears of a cancel or a stop
  int64_t report_ms = 800;  // how often its progress is written down, if there is any
  // How a render ended is said again where the store could not take it, before the render is lost.
  int64_t finish_tries_max = 10;
  int64_t finish_retry_ms = 1'000;
};

struct WebhookLimits {
  int64_t give_up_ms = 72 * kHourMs;
  int64_t first_delay_ms = 5'000;  // doubled each time, up to:
  int64_t delay_max_ms = 6 * kHourMs;
  double jitter_share = 0.2;        // either way
  int64_t timeout_ms = 15'000;      // of one try, connecting included
  int64_t body_bytes_max = 20'000;  // of what is sent
  int64_t answer_bytes_max = 64'000;
  int64_t claim_ms = 60'000;     // a sender that died has its tries taken over after this
  int64_t batch_max = 16;        // tries of one round
  int64_t rotation_ms = kDayMs;  // how long the old secret signs too
  int64_t endpoints_per_person_max = 10;
  int64_t url_bytes_max = 2'000;
};

struct SweepLimits {
  int64_t batch_max = 100;  // rows or folders of one transaction
  int64_t events_kept_ms = 7 * kDayMs;
  int64_t deliveries_kept_ms = 30 * kDayMs;
  int64_t deleted_jobs_kept_ms = 30 * kDayMs;  // the row, without files
  int64_t orphan_age_ms = kHourMs;             // younger ones may be about to get their row
  // A wall clock that ran away from the monotonic one by more is not trusted with deletions until
  // it has kept pace for the second figure.
  int64_t clock_jump_ms = 120'000;
  int64_t clock_settle_ms = 900'000;
};

}  // namespace aozora
