// SPDX-License-Identifier: Apache-2.0
// api/openapi.yaml as the program knows it: what each operation takes and answers.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/problem.h"
#include "base/result.h"

namespace aozora::api {

// Immutable once loaded; any thread.
class Contract {
 public:
  // Reads the description that was built in. An error is one of the description.
  static Result<std::unique_ptr<const Contract>> Load();
  static Result<std::unique_ptr<const Contract>> Parse(std::string_view yaml);
  ~Contract();

  // What is wrong with the body of a request to `operation`, an operationId. The names and bounds
  // in the message are those of the schema.
  std::optional<Problem> CheckRequest(std::string_view operation, const nlohmann::json& body) const;
  // What is wrong with an answer of ours: empty if it is as described, or is not JSON.
  std::string CheckAnswer(std::string_view operation, int status, const nlohmann::json& body) const;

  // The schema of the body of a request with all references resolved, or null: what a form's texts
  // are meant to be is told by it (api/body.h).
  const nlohmann::json* RequestSchema(std::string_view operation) const;

  // Whether a stop can name it: an operationId or the first part of a path ("batches").
  Status CheckFeature(std::string_view name) const;

  // The whole description as JSON.
  const std::string& document() const;

 private:
  struct Parts;
  explicit Contract(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace aozora::api
