// SPDX-License-Identifier: Apache-2.0
#include "routes/batches/input.h"

#include <nlohmann/json.hpp>
#include <set>

#include "api/body.h"

namespace aozora::routes {

using nlohmann::json;

namespace {

std::string TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// One line, or what is wrong with it.
std::variant<BatchItemRecord, BatchFault> ReadLine(const api::Contract& contract,
                                                   std::string_view text,
                                                   const BatchLimits& limits) {
  const auto fault = [](std::string code, std::string message) {
    return BatchFault{0, std::move(code), std::move(message)};
  };
  if (text.size() > limits.line_bytes_max) {
    return fault("line_too_long",
                 fmt::format("a line has at most {} bytes", limits.line_bytes_max));
  }
  api::Outcome<json> line = api::ParseJson(text);
  if (!line.ok() || !line->is_object()) return fault("invalid_json", "this is no JSON object");
  BatchItemRecord item;
  item.custom_id = TextOf(*line, "custom_id");
  if (item.custom_id.empty() || item.custom_id.size() > limits.custom_id_bytes_max) {
    return fault("invalid_custom_id", fmt::format("custom_id must be a text of 1 to {} bytes",
                                                  limits.custom_id_bytes_max));
  }
  if (TextOf(*line, "method") != "POST") return fault("invalid_method", "method must be POST");
  if (TextOf(*line, "url") != "/v1/videos") return fault("invalid_url", "url must be /v1/videos");
  const json body = line->value("body", json());
  if (const auto problem = contract.CheckRequest("createVideo", body)) {
    return fault(problem->code, "body: " + problem->message);
  }
  if (body.value("n", 1) != 1) return fault("invalid_value", "body: n must be 1 in a batch");
  item.body_json = body.dump();
  return item;
}

}  // namespace

BatchInput ReadBatchInput(const api::Contract& contract, std::string_view batch_id,
                          std::string_view text, const BatchLimits& limits) {
  BatchInput input;
  std::set<std::string> seen;
  const auto add_fault = [&](int64_t number, BatchFault fault) {
    fault.line = number;
    input.faults.push_back(std::move(fault));
  };
  for (int64_t number = 1; !text.empty(); ++number) {
    if (number > limits.line_count_max) {
      add_fault(0, {0, "too_many_tasks",
                    fmt::format("a batch has at most {} lines", limits.line_count_max)});
      break;
    }
    if (static_cast<int64_t>(input.faults.size()) >= limits.error_count_max) break;
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto read = ReadLine(contract, line, limits);
    if (auto* fault = std::get_if<BatchFault>(&read)) {
      add_fault(number, std::move(*fault));
      continue;
    }
    BatchItemRecord item = std::get<BatchItemRecord>(std::move(read));
    if (!seen.insert(item.custom_id).second) {
      add_fault(number, {0, "duplicate_custom_id", "custom_id is used before"});
      continue;
    }
    item.batch_id = batch_id;
    item.line = number;
    input.items.push_back(std::move(item));
  }
  if (input.items.empty() && input.faults.empty()) {
    add_fault(0, {0, "empty_file", "the file holds no requests"});
  }
  return input;
}

}  // namespace aozora::routes
