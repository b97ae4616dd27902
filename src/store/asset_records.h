// SPDX-License-Identifier: Apache-2.0
// Uploads, characters, batches and webhooks.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "store/record.h"

namespace aozora {

enum class BatchState {
  kValidating,
  kInProgress,
  kFinalizing,
  kCompleted,
  kFailed,
  kExpired,
  kCancelling,
  kCancelled
};
template <>
struct EnumNames<BatchState> {
  static constexpr std::array<std::string_view, 8> kNames{"validating", "in_progress", "finalizing",
                                                          "completed",  "failed",      "expired",
                                                          "cancelling", "cancelled"};
};

// Disabled: its endpoint was, before it got there.
enum class DeliveryState { kPending, kDelivered, kGivenUp, kDisabled };
template <>
struct EnumNames<DeliveryState> {
  static constexpr std::array<std::string_view, 4> kNames{"pending", "delivered", "given_up",
                                                          "disabled"};
};

// An upload. Its bytes are at DataFolder::File(id).
struct FileRecord {
  std::string id;  // "file-..."
  std::string person_id;
  std::string purpose;
  std::string name;  // as uploaded
  std::string media_type;
  int64_t bytes = 0;
  std::string sha256;
  int64_t created_ms = 0;
  std::optional<int64_t> expires_ms;
  std::optional<int64_t> deleted_ms;  // the sweeper removes the bytes after the row says so

  static constexpr TableShape kTable{
      .name = "files",
      .key = "id",
      .indexes = {{{"person_id, created_ms"}, {"expires_ms"}, {"deleted_ms"}}},
      .references = {{"person_id people"}}};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &FileRecord::id), Field("person_id", &FileRecord::person_id),
        Field("purpose", &FileRecord::purpose), Field("name", &FileRecord::name),
        Field("media_type", &FileRecord::media_type), Field("bytes", &FileRecord::bytes),
        Field("sha256", &FileRecord::sha256), Field("created_ms", &FileRecord::created_ms),
        Field("expires_ms", &FileRecord::expires_ms), Field("deleted_ms", &FileRecord::deleted_ms));
  }
};

struct CharacterRecord {
  std::string id;  // "char_..."
  std::string person_id;
  std::string name;
  std::string file_id;  // its clip
  int64_t created_ms = 0;
  std::string details_json = "{}";

  static constexpr TableShape kTable{.name = "characters",
                                     .key = "id",
                                     .indexes = {{{"person_id, created_ms"}}},
                                     .references = {{"person_id people"}}};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &CharacterRecord::id), Field("person_id", &CharacterRecord::person_id),
        Field("name", &CharacterRecord::name), Field("file_id", &CharacterRecord::file_id),
        Field("created_ms", &CharacterRecord::created_ms),
        Field("details_json", &CharacterRecord::details_json));
  }
};

struct BatchRecord {
  std::string id;  // "batch_..."
  std::string person_id;
  std::string endpoint;
  BatchState state = BatchState::kValidating;
  std::string input_file_id;
  std::string output_file_id;
  std::string error_file_id;
  std::string completion_window;
  std::string metadata_json = "{}";
  std::string errors_json = "[]";
  int64_t created_ms = 0;
  std::optional<int64_t> in_progress_ms;
  std::optional<int64_t> finalizing_ms;
  std::optional<int64_t> ended_ms;  // completed, failed, expired or cancelled
  std::optional<int64_t> cancelling_ms;
  int64_t expires_ms = 0;
  int64_t item_count = 0;
  int64_t completed_count = 0;
  int64_t failed_count = 0;

  static constexpr TableShape kTable{.name = "batches",
                                     .key = "id",
                                     .indexes = {{{"person_id, created_ms"}, {"state"}}},
                                     .references = {{"person_id people"}}};
  static constexpr auto Fields() {
    return std::tuple(Field("id", &BatchRecord::id), Field("person_id", &BatchRecord::person_id),
                      Field("endpoint", &BatchRecord::endpoint),
                      Field("state", &BatchRecord::state),
                      Field("input_file_id", &BatchRecord::input_file_id),
                      Field("output_file_id", &BatchRecord::output_file_id),
                      Field("error_file_id", &BatchRecord::error_file_id),
                      Field("completion_window", &BatchRecord::completion_window),
                      Field("metadata_json", &BatchRecord::metadata_json),
                      Field("errors_json", &BatchRecord::errors_json),
                      Field("created_ms", &BatchRecord::created_ms),
                      Field("in_progress_ms", &BatchRecord::in_progress_ms),
                      Field("finalizing_ms", &BatchRecord::finalizing_ms),
                      Field("ended_ms", &BatchRecord::ended_ms),
                      Field("cancelling_ms", &BatchRecord::cancelling_ms),
                      Field("expires_ms", &BatchRecord::expires_ms),
                      Field("item_count", &BatchRecord::item_count),
                      Field("completed_count", &BatchRecord::completed_count),
                      Field("failed_count", &BatchRecord::failed_count));
  }
};

// A line of a batch.
struct BatchItemRecord {
  std::string batch_id;
  int64_t line = 0;
  std::string custom_id;
  std::string body_json;
  std::string job_id;
  int64_t status_code = 0;  // of the answer; 0 while there is none
  std::string answer_json;

  static constexpr TableShape kTable{.name = "batch_items",
                                     .key = "batch_id, line",
                                     .indexes = {{{"job_id"}}},
                                     .references = {{"batch_id batches"}}};
  static constexpr auto Fields() {
    return std::tuple(
        Field("batch_id", &BatchItemRecord::batch_id), Field("line", &BatchItemRecord::line),
        Field("custom_id", &BatchItemRecord::custom_id),
        Field("body_json", &BatchItemRecord::body_json), Field("job_id", &BatchItemRecord::job_id),
        Field("status_code", &BatchItemRecord::status_code),
        Field("answer_json", &BatchItemRecord::answer_json));
  }
};

struct WebhookEndpointRecord {
  std::string id;  // "we_..."
  std::string person_id;
  std::string url;
  std::string event_types;      // separated by spaces; empty: all
  std::string secret;           // "whsec_..."
  std::string previous_secret;  // signs too until it expires
  int64_t previous_secret_until_ms = 0;
  int64_t created_ms = 0;
  std::optional<int64_t> disabled_ms;
  std::string disabled_reason;

  static constexpr TableShape kTable{.name = "webhook_endpoints",
                                     .key = "id",
                                     .indexes = {{{"person_id"}}},
                                     .references = {{"person_id people"}}};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &WebhookEndpointRecord::id),
        Field("person_id", &WebhookEndpointRecord::person_id),
        Field("url", &WebhookEndpointRecord::url),
        Field("event_types", &WebhookEndpointRecord::event_types),
        Field("secret", &WebhookEndpointRecord::secret),
        Field("previous_secret", &WebhookEndpointRecord::previous_secret),
        Field("previous_secret_until_ms", &WebhookEndpointRecord::previous_secret_until_ms),
        Field("created_ms", &WebhookEndpointRecord::created_ms),
        Field("disabled_ms", &WebhookEndpointRecord::disabled_ms),
        Field("disabled_reason", &WebhookEndpointRecord::disabled_reason));
  }
};

// One event on its way to one endpoint, and the log of it.
struct DeliveryRecord {
  std::string id;  // "dlv_..."
  std::string endpoint_id;
  std::string event_id;  // "evt_...": the webhook-id, the same at each try
  std::string event_type;
  std::string job_id;
  std::string body;
  DeliveryState state = DeliveryState::kPending;
  int64_t attempt_count = 0;
  int64_t next_attempt_ms = 0;
  int64_t created_ms = 0;
  std::optional<int64_t> ended_ms;
  int64_t last_status = 0;  // of HTTP; 0: there was no answer
  std::string last_error;

  static constexpr TableShape kTable{
      .name = "deliveries",
      .key = "id",
      .indexes = {{{"state, next_attempt_ms"}, {"endpoint_id, created_ms"}, {"created_ms"}}},
      .references = {{"endpoint_id webhook_endpoints"}}};
  static constexpr auto Fields() {
    return std::tuple(
        Field("id", &DeliveryRecord::id), Field("endpoint_id", &DeliveryRecord::endpoint_id),
        Field("event_id", &DeliveryRecord::event_id),
        Field("event_type", &DeliveryRecord::event_type), Field("job_id", &DeliveryRecord::job_id),
        Field("body", &DeliveryRecord::body), Field("state", &DeliveryRecord::state),
        Field("attempt_count", &DeliveryRecord::attempt_count),
        Field("next_attempt_ms", &DeliveryRecord::next_attempt_ms),
        Field("created_ms", &DeliveryRecord::created_ms),
        Field("ended_ms", &DeliveryRecord::ended_ms),
        Field("last_status", &DeliveryRecord::last_status),
        Field("last_error", &DeliveryRecord::last_error));
  }
};

}  // namespace aozora
