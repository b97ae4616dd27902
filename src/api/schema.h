// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/result.h"

namespace aozora::api {

// Where a value departs from a schema: the field ("input_reference.file_id", empty for the whole)
// and what would be right.
struct SchemaFault {
  std::string field;
  std::string message;
};

// A JSON schema (draft 7) without references, ready to judge values. Immutable; any thread.
class Schema {
 public:
  static Result<Schema> Compile(const nlohmann::json& schema);
  ~Schema();
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;

  std::optional<SchemaFault> Check(const nlohmann::json& value) const;
  const nlohmann::json& source() const;

 private:
  struct Compiled;
  explicit Schema(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

// What a schema asks of a value, for people: "a whole number from 1 to 20", "one of a, b".
std::string DescribeSchema(const nlohmann::json& schema);

}  // namespace aozora::api
