// SPDX-License-Identifier: Apache-2.0
#include "jobs/webhooks.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/encoding.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/ids.h"

namespace aozora {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr size_t kSecretBytes = 32;
constexpr int kGone = 410;

bool Wants(const WebhookEndpointRecord& endpoint, std::string_view type) {
  if (endpoint.disabled_ms) return false;
  const std::string padded = fmt::format(" {} ", endpoint.event_types);
  return endpoint.event_types.empty() ||
         padded.find(fmt::format(" {} ", type)) != std::string::npos;
}

Error NoEndpoint(std::string_view id) { return Error::NotFound("there is no webhook {}", id); }

Status CheckUrl(std::string_view url, const WebhookLimits& limits) {
  const bool http = url.starts_with("http://") || url.starts_with("https://");
  const size_t host = http ? url.find("://") + 3 : 0;
  const std::string_view authority = url.substr(host, url.find_first_of("/?#", host) - host);
  const bool printable =
      std::all_of(url.begin(), url.end(), [](char c) { return c > 32 && c < 127; });
  if (http && !authority.empty() && printable && authority.find('@') == std::string_view::npos &&
      static_cast<int64_t>(url.size()) <= limits.url_bytes_max) {
    return Ok();
  }
  return Error::Invalid(
      "a webhook url begins with https:// or http://, names a host and no user, and has at most {} "
      "printable characters",
      limits.url_bytes_max);
}

Result<WebhookEndpointRecord> FindOwn(Transaction& t, std::string_view person_id,
                                      std::string_view id) {
  std::optional<WebhookEndpointRecord> endpoint = TRY(t.Find<WebhookEndpointRecord>(id));
  if (!endpoint || endpoint->person_id != person_id) return NoEndpoint(id);
  return std::move(*endpoint);
}

// One for each secret that counts now.
Result<std::string> Signatures(const WebhookEndpointRecord& endpoint,
                               const DeliveryRecord& delivery, int64_t now_ms) {
  std::string all =
      TRY(WebhookSignature(endpoint.secret, delivery.event_id, now_ms / 1000, delivery.body));
  if (!endpoint.previous_secret.empty() && now_ms < endpoint.previous_secret_until_ms) {
    all += " " + TRY(WebhookSignature(endpoint.previous_secret, delivery.event_id, now_ms / 1000,
                                      delivery.body));
  }
  return all;
}

}  // namespace

Result<std::string> WebhookSignature(std::string_view secret, std::string_view id,
                                     int64_t timestamp_s, std::string_view body) {
  if (!secret.starts_with(kSecretPrefix)) {
    return Error::Invalid("a webhook secret begins with {}", kSecretPrefix);
  }
  const std::optional<std::string> key = Base64Decode(secret.substr(kSecretPrefix.size()));
  if (!key) return Error::Invalid("a webhook secret is {} and base64", kSecretPrefix);
  return "v1," + Base64Encode(HmacSha256(*key, fmt::format("{}.{}.{}", id, timestamp_s, body)));
}

std::string NewWebhookSecret(RandomSource& random) {
  std::array<std::byte, kSecretBytes> bytes;
  random.Fill(bytes);
  return std::string(kSecretPrefix) +
         Base64Encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<int64_t> AddDeliveries(Transaction& transaction, const JobRecord& job, RandomSource& random,
                              int64_t now_ms) {
  const std::vector<WebhookEndpointRecord> endpoints = TRY(transaction.Select(
      Query<WebhookEndpointRecord>().Equal(&WebhookEndpointRecord::person_id, job.person_id)));
  if (endpoints.empty()) return int64_t{0};
  const std::string type = job.state == JobState::kCompleted ? "video.completed" : "video.failed";
  const std::string event_id = NewId("evt_", random);
  // Only the id: whoever wants to know more asks, and is asked for a key.
  const nlohmann::ordered_json body{{"id", event_id},
                                    {"object", "event"},
                                    {"created_at", now_ms / 1000},
                                    {"type", type},
                                    {"data", {{"id", job.id}}}};
  int64_t count = 0;
  for (const WebhookEndpointRecord& endpoint : endpoints) {
    if (!Wants(endpoint, type)) continue;
    TRY(transaction.Insert(DeliveryRecord{.id = NewId("dlv_", random),
                                          .endpoint_id = endpoint.id,
                                          .event_id = event_id,
                                          .event_type = type,
                                          .job_id = job.id,
                                          .body = body.dump(),
                                          .next_attempt_ms = now_ms,
                                          .created_ms = now_ms,
                                          .ended_ms = {},
                                          .last_error = {}}));
    ++count;
  }
  return count;
}

Webhooks::Webhooks(Store& store, const Clock& clock, RandomSource& random, Poster& poster,
                   WebhookLimits limits)
    : store_(store), clock_(clock), random_(random), poster_(poster), limits_(limits) {}

Result<int64_t> Webhooks::SendDue() {
  const std::vector<DeliveryRecord> claimed = TRY(Claim());
  for (const DeliveryRecord& delivery : claimed) TRY(Try(delivery));
  return static_cast<int64_t>(claimed.size());
}

// Moves what is due into the near future, so that nobody else sends it meanwhile, and somebody does
// if we die.
Result<std::vector<DeliveryRecord>> Webhooks::Claim() {
  const int64_t now_ms = NowMs(clock_);
  Query<DeliveryRecord> due;
  due.Equal(&DeliveryRecord::state, DeliveryState::kPending)
      .AtMost(&DeliveryRecord::next_attempt_ms, now_ms)
      .Ascending(&DeliveryRecord::next_attempt_ms)
      .Limit(limits_.batch_max);
  const auto first = TRY(store_.Read([&](Transaction& t) { return t.SelectFirst(due); }));
  if (!first) return std::vector<DeliveryRecord>();
  return store_.Write([&](Transaction& t) -> Result<std::vector<DeliveryRecord>> {
    std::vector<DeliveryRecord> claimed = TRY(t.Select(due));
    for (DeliveryRecord& delivery : claimed) {
      const DeliveryRecord before = delivery;
      delivery.next_attempt_ms = now_ms + limits_.claim_ms;
      delivery.attempt_count += 1;
      TRY(t.Change(before, delivery));
    }
    return claimed;
  });
}

Status Webhooks::Try(const DeliveryRecord& delivery) {
  const std::optional<WebhookEndpointRecord> endpoint = TRY(store_.Read(
      [&](Transaction& t) { return t.Find<WebhookEndpointRecord>(delivery.endpoint_id); }));
  if (!endpoint) return Ok();  // removed, and its log with it
  if (endpoint->disabled_ms) return Settle(delivery, Error::Invalid("the webhook is disabled"));
  const int64_t now_ms = NowMs(clock_);
  const Result<std::string> signatures = Signatures(*endpoint, delivery, now_ms);
  if (!signatures.ok()) return Settle(delivery, signatures.error());
  CHECK_LT(static_cast<int64_t>(delivery.body.size()), limits_.body_bytes_max);
  return Settle(delivery,
                poster_.Send({.url = endpoint->url,
                              .headers = {{"content-type", "application/json"},
                                          {"webhook-id", delivery.event_id},
                                          {"webhook-timestamp", fmt::format("{}", now_ms / 1000)},
                                          {"webhook-signature", *signatures}},
                              .body = delivery.body,
                              .timeout_ms = limits_.timeout_ms,
                              .answer_bytes_max = limits_.answer_bytes_max}));
}

Status Webhooks::Settle(const DeliveryRecord& claimed, const Result<PostAnswer>& answer) {
  const int64_t now_ms = NowMs(clock_);
  const int64_t delay_ms = DelayMs(claimed.attempt_count);
  return store_.Write([&](Transaction& t) -> Status {
    const std::optional<DeliveryRecord> before = TRY(t.Find<DeliveryRecord>(claimed.id));
    // Gone, or taken over because we were slow.
    if (!before || before->attempt_count != claimed.attempt_count) return Ok();
    DeliveryRecord after = *before;
    after.last_status = answer.ok() ? answer->status : 0;
    after.last_error = answer.ok() ? "" : answer.error().message();
    after.ended_ms = now_ms;
    const std::optional<WebhookEndpointRecord> endpoint =
        TRY(t.Find<WebhookEndpointRecord>(claimed.endpoint_id));
    if (answer.ok() && answer->status >= 200 && answer->status < 300) {
      after.state = DeliveryState::kDelivered;
    } else if (endpoint && (endpoint->disabled_ms || after.last_status == kGone)) {
      after.state = DeliveryState::kDisabled;
      WebhookEndpointRecord disabled = *endpoint;
      if (!disabled.disabled_ms) disabled.disabled_reason = "the receiver answered 410 Gone";
      disabled.disabled_ms = disabled.disabled_ms.value_or(now_ms);
      TRY(t.Change(*endpoint, disabled));
    } else if (now_ms + delay_ms > after.created_ms + limits_.give_up_ms) {
      after.state = DeliveryState::kGivenUp;
    } else {
      after.ended_ms.reset();
      after.next_attempt_ms = now_ms + delay_ms;
    }
    return t.Change(*before, after);
  });
}

int64_t Webhooks::DelayMs(int64_t attempt_count) {
  const double doubled = static_cast<double>(limits_.first_delay_ms) *
                         std::exp2(static_cast<double>(std::min<int64_t>(attempt_count - 1, 40)));
  const double delay = std::min(doubled, static_cast<double>(limits_.delay_max_ms));
  // Jitter, or all that failed together would come back together.
  constexpr uint64_t kSteps = 1'000;
  const double jitter = 2 * static_cast<double>(random_.Below(kSteps + 1)) / kSteps - 1;
  return static_cast<int64_t>(delay * (1 + limits_.jitter_share * jitter));
}

Result<WebhookEndpointRecord> Webhooks::AddEndpoint(std::string_view person_id,
                                                    std::string_view url,
                                                    std::string_view event_types) {
  TRY(CheckUrl(url, limits_));
  const WebhookEndpointRecord endpoint{.id = NewId("we_", random_),
                                       .person_id = std::string(person_id),
                                       .url = std::string(url),
                                       .event_types = std::string(event_types),
                                       .secret = NewWebhookSecret(random_),
                                       .previous_secret = {},
                                       .created_ms = NowMs(clock_),
                                       .disabled_ms = {},
                                       .disabled_reason = {}};
  return store_.Write([&](Transaction& t) -> Result<WebhookEndpointRecord> {
    const int64_t count = TRY(t.Count(Query<WebhookEndpointRecord>().Equal(
        &WebhookEndpointRecord::person_id, endpoint.person_id)));
    if (count >= limits_.endpoints_per_person_max) {
      return Error::Exhausted("{} webhooks are as many as may be; remove one", count);
    }
    TRY(t.Insert(endpoint));
    return endpoint;
  });
}

Result<std::vector<WebhookEndpointRecord>> Webhooks::Endpoints(std::string_view person_id) {
  return store_.Read([&](Transaction& t) {
    return t.Select(Query<WebhookEndpointRecord>()
                        .Equal(&WebhookEndpointRecord::person_id, std::string(person_id))
                        .Ascending(&WebhookEndpointRecord::created_ms)
                        .Ascending(&WebhookEndpointRecord::id));
  });
}

Result<WebhookEndpointRecord> Webhooks::GetEndpoint(std::string_view person_id,
                                                    std::string_view id) {
  return store_.Read([&](Transaction& t) { return FindOwn(t, person_id, id); });
}

Status Webhooks::RemoveEndpoint(std::string_view person_id, std::string_view id) {
  return store_.Write([&](Transaction& t) -> Status {
    TRY(FindOwn(t, person_id, id));
    TRY(t.EraseWhere(Query<DeliveryRecord>().Equal(&DeliveryRecord::endpoint_id, std::string(id))));
    TRY(t.Erase<WebhookEndpointRecord>(id));
    return Ok();
  });
}

Result<WebhookEndpointRecord> Webhooks::RotateSecret(std::string_view person_id,
                                                     std::string_view id) {
  const int64_t now_ms = NowMs(clock_);
  const std::string secret = NewWebhookSecret(random_);
  return store_.Write([&](Transaction& t) -> Result<WebhookEndpointRecord> {
    const WebhookEndpointRecord before = TRY(FindOwn(t, person_id, id));
    WebhookEndpointRecord after = before;
    after.previous_secret = before.secret;
    after.previous_secret_until_ms = now_ms + limits_.rotation_ms;
    after.secret = secret;
    TRY(t.Change(before, after));
    return after;
  });
}

Result<WebhookEndpointRecord> Webhooks::EnableEndpoint(std::string_view person_id,
                                                       std::string_view id) {
  return store_.Write([&](Transaction& t) -> Result<WebhookEndpointRecord> {
    const WebhookEndpointRecord before = TRY(FindOwn(t, person_id, id));
    WebhookEndpointRecord after = before;
    after.disabled_ms.reset();
    after.disabled_reason.clear();
    TRY(t.Change(before, after));
    return after;
  });
}

Result<std::vector<DeliveryRecord>> Webhooks::Log(std::string_view person_id,
                                                  std::string_view endpoint_id, int64_t limit) {
  return store_.Read([&](Transaction& t) -> Result<std::vector<DeliveryRecord>> {
    TRY(FindOwn(t, person_id, endpoint_id));
    return t.Select(Query<DeliveryRecord>()
                        .Equal(&DeliveryRecord::endpoint_id, std::string(endpoint_id))
                        .Descending(&DeliveryRecord::created_ms)
                        .Descending(&DeliveryRecord::id)
                        .Limit(limit));
  });
}

}  // namespace aozora
