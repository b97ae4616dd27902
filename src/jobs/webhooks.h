// SPDX-License-Identifier: Apache-2.0
// Webhooks as Standard Webhooks defines them (standardwebhooks.com), which the clients of the
// Videos API check: deliveries are rows that the queue writes with the job's last change, and this
// sends.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random_source.h"
#include "base/result.h"
#include "jobs/limits.h"
#include "jobs/poster.h"
#include "store/asset_records.h"
#include "store/job_records.h"
#include "store/store.h"

namespace aozora {

// "v1,": base64 of HMAC-SHA256 over "id.timestamp.body" with the decoded secret. kInvalid for a
// secret that is not "whsec_" and base64.
Result<std::string> WebhookSignature(std::string_view secret, std::string_view id,
                                     int64_t timestamp_s, std::string_view body);
std::string NewWebhookSecret(RandomSource& random);

// Rows for the endpoints of the job's person that want its event ("video.completed", or
// "video.failed" for the others): part of the transaction that ends the job. How many.
Result<int64_t> AddDeliveries(Transaction& transaction, const JobRecord& job, RandomSource& random,
                              int64_t now_ms);

class Webhooks {
 public:
  // All are borrowed.
  Webhooks(Store& store, const Clock& clock, RandomSource& random, Poster& poster,
           WebhookLimits limits = {});

  // Sends what is due, some at a time. How many tries were made.
  Result<int64_t> SendDue();

  // kInvalid for a url that is not http(s) or has a user in it, kExhausted for too many.
  Result<WebhookEndpointRecord> AddEndpoint(std::string_view person_id, std::string_view url,
                                            std::string_view event_types);
  Result<std::vector<WebhookEndpointRecord>> Endpoints(std::string_view person_id);
  Result<WebhookEndpointRecord> GetEndpoint(std::string_view person_id, std::string_view id);
  Status RemoveEndpoint(std::string_view person_id, std::string_view id);  // with its log
  // A new secret; the old one signs too for a day.
  Result<WebhookEndpointRecord> RotateSecret(std::string_view person_id, std::string_view id);
  Result<WebhookEndpointRecord> EnableEndpoint(std::string_view person_id, std::string_view id);
  // Newest first.
  Result<std::vector<DeliveryRecord>> Log(std::string_view person_id, std::string_view endpoint_id,
                                          int64_t limit);

 private:
  Result<std::vector<DeliveryRecord>> Claim();
  Status Try(const DeliveryRecord& delivery);
  Status Settle(const DeliveryRecord& delivery, const Result<PostAnswer>& answer);
  int64_t DelayMs(int64_t attempt_count);

  Store& store_;
  const Clock& clock_;
  RandomSource& random_;
  Poster& poster_;
  const WebhookLimits limits_;
};

}  // namespace aozora
