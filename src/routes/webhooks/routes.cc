// SPDX-License-Identifier: Apache-2.0
#include "routes/webhooks/routes.h"

#include "api/endpoint.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr int64_t kLogLengthMax = 100;
constexpr std::string_view kAll = "/v1/webhook_endpoints";
constexpr std::string_view kOne = "/v1/webhook_endpoints/{endpoint_id}";

json EventTypes(std::string_view types) {
  json list = json::array();
  while (!types.empty()) {
    const size_t space = types.find(' ');
    list.push_back(types.substr(0, space));
    types = space == std::string_view::npos ? "" : types.substr(space + 1);
  }
  return list;
}

json EndpointJson(const WebhookEndpointRecord& endpoint, bool with_secret) {
  json shown = {{"id", endpoint.id},
                {"object", "webhook_endpoint"},
                {"url", endpoint.url},
                {"events", EventTypes(endpoint.event_types)},
                {"created_at", api::SecondsOf(endpoint.created_ms)},
                {"disabled", endpoint.disabled_ms.has_value()}};
  if (with_secret) shown["secret"] = endpoint.secret;
  return shown;
}

json DeliveryJson(const DeliveryRecord& delivery) {
  const bool waiting = delivery.state == DeliveryState::kPending;
  const bool delivered = delivery.state == DeliveryState::kDelivered;
  return {
      {"id", delivery.event_id},
      {"event", delivery.event_type},
      {"video_id", delivery.job_id},
      {"status", waiting     ? "waiting"
                 : delivered ? "delivered"
                             : "failed"},
      {"attempts", delivery.attempt_count},
      {"last_status", delivery.last_status > 0 ? json(delivery.last_status) : json(nullptr)},
      {"last_error", delivery.last_error.empty() ? json(nullptr) : json(delivery.last_error)},
      {"next_attempt_at", waiting ? json(api::SecondsOf(delivery.next_attempt_ms)) : json(nullptr)},
      {"created_at", api::SecondsOf(delivery.created_ms)}};
}

Outcome<WebhookEndpointRecord> Find(const api::Service& service, const Call& call) {
  const std::string id = call.Value("endpoint_id");
  Result<WebhookEndpointRecord> endpoint =
      service.webhooks.GetEndpoint(call.principal.person_id, id);
  if (endpoint.ok()) return std::move(endpoint).value();
  if (endpoint.error().code() == ErrorCode::kNotFound) return api::NoSuch("webhook endpoint", id);
  return endpoint.error();
}

Outcome<http::Response> Create(const api::Service& service, const Call& call) {
  std::string types;
  for (const json& type : call.body.value("events", json::array())) {
    types += (types.empty() ? "" : " ") + type.get<std::string>();
  }
  if (types.empty()) types = "video.completed video.failed";
  Result<WebhookEndpointRecord> endpoint = service.webhooks.AddEndpoint(
      call.principal.person_id, call.body["url"].get<std::string>(), types);
  // Too many is what the client can mend: no 503 that it would repeat.
  if (!endpoint.ok() && endpoint.error().code() != ErrorCode::kIo) {
    return api::BadParameter("url", endpoint.error().message());
  }
  if (!endpoint.ok()) return endpoint.error();
  return api::AnswerJson(EndpointJson(*endpoint, /*with_secret=*/true));
}

Outcome<http::Response> List(const api::Service& service, const Call& call) {
  json data = json::array();
  for (const auto& endpoint : TRY(service.webhooks.Endpoints(call.principal.person_id))) {
    data.push_back(EndpointJson(endpoint, /*with_secret=*/false));
  }
  return api::AnswerList(std::move(data));
}

Outcome<http::Response> Get(const api::Service& service, const Call& call) {
  return api::AnswerJson(EndpointJson(TRY(Find(service, call)), /*with_secret=*/false));
}

Outcome<http::Response> Delete(const api::Service& service, const Call& call) {
  const WebhookEndpointRecord endpoint = TRY(Find(service, call));
  TRY(service.webhooks.RemoveEndpoint(call.principal.person_id, endpoint.id));
  return api::AnswerJson(
      {{"id", endpoint.id}, {"object", "webhook_endpoint.deleted"}, {"deleted", true}});
}

Outcome<http::Response> Rotate(const api::Service& service, const Call& call) {
  const WebhookEndpointRecord endpoint = TRY(Find(service, call));
  return api::AnswerJson(
      EndpointJson(TRY(service.webhooks.RotateSecret(call.principal.person_id, endpoint.id)),
                   /*with_secret=*/true));
}

Outcome<http::Response> Deliveries(const api::Service& service, const Call& call) {
  const WebhookEndpointRecord endpoint = TRY(Find(service, call));
  json data = json::array();
  for (const DeliveryRecord& delivery :
       TRY(service.webhooks.Log(call.principal.person_id, endpoint.id, kLogLengthMax))) {
    data.push_back(DeliveryJson(delivery));
  }
  return api::AnswerList(std::move(data));
}

}  // namespace

void AddWebhookRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kPost, kAll, "createWebhookEndpoint", Create, BodyKind::kJson},
                         {Method::kGet, kAll, "listWebhookEndpoints", List},
                         {Method::kGet, kOne, "getWebhookEndpoint", Get},
                         {Method::kDelete, kOne, "deleteWebhookEndpoint", Delete},
                         {Method::kPost, "/v1/webhook_endpoints/{endpoint_id}/rotate",
                          "rotateWebhookSecret", Rotate},
                         {Method::kGet, "/v1/webhook_endpoints/{endpoint_id}/deliveries",
                          "listWebhookDeliveries", Deliveries},
                     });
}

}  // namespace aozora::routes
