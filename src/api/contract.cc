// SPDX-License-Identifier: Apache-2.0
#include "api/contract.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "api/schema.h"
#include "api/yaml_json.h"

namespace aozora::api {

using nlohmann::json;

extern const std::string_view kOpenApiYaml;

namespace {

constexpr int kReferenceDepthMax = 16;

// `node` with every {"$ref": "#/a/b"} replaced by what it points to.
Result<json> Resolve(const json& document, const json& node, int depth = 0) {
  if (depth > kReferenceDepthMax) return Error::Corrupt("references go in a circle");
  if (node.is_array()) {
    json array = json::array();
    for (const json& item : node) array.push_back(TRY(Resolve(document, item, depth)));
    return array;
  }
  if (!node.is_object()) return node;
  if (const auto reference = node.find("$ref"); reference != node.end()) {
    const std::string pointer = reference->get<std::string>().substr(1);
    const json::json_pointer at(pointer);
    if (!document.contains(at)) return Error::Corrupt("there is no {}", pointer);
    return Resolve(document, document.at(at), depth + 1);
  }
  json object = json::object();
  for (const auto& [name, value] : node.items()) {
    object[name] = TRY_WITHIN(name, Resolve(document, value, depth));
  }
  return object;
}

struct OperationSchemas {
  std::optional<Schema> request;
  std::map<std::string, Schema, std::less<>> answers;  // by status, or "default"
};

Result<OperationSchemas> ReadOperation(const json& description) {
  OperationSchemas operation;
  if (description.contains("requestBody")) {
    // Forms and JSON have the same fields.
    const json& content = description["requestBody"]["content"];
    operation.request = TRY(Schema::Compile(content.begin()->at("schema")));
  }
  for (const auto& [status, answer] : description.at("responses").items()) {
    const json content = answer.value("content", json::object());
    if (!content.contains("application/json")) continue;
    operation.answers.emplace(
        status, TRY_WITHIN(status, Schema::Compile(content["application/json"]["schema"])));
  }
  return operation;
}

}  // namespace

struct Contract::Parts {
  std::string document;
  std::map<std::string, OperationSchemas, std::less<>> operations;
  std::set<std::string, std::less<>> groups;  // first parts of paths

  const OperationSchemas& Find(std::string_view name) const {
    const auto found = operations.find(name);
    CHECK(found != operations.end());
    return found->second;
  }
};

Contract::Contract(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Contract::~Contract() = default;

Result<std::unique_ptr<const Contract>> Contract::Load() { return Parse(kOpenApiYaml); }

Result<std::unique_ptr<const Contract>> Contract::Parse(std::string_view yaml) {
  const json document = TRY(JsonOfYaml(yaml));
  auto parts = std::make_unique<Parts>();
  parts->document = document.dump();
  for (const auto& [path, methods] : document.at("paths").items()) {
    parts->groups.insert(path.substr(1, path.find('/', 1) - 1));
    for (const auto& [method, description] : methods.items()) {
      const std::string name = description.at("operationId").get<std::string>();
      const json resolved = TRY_WITHIN(name, Resolve(document, description));
      parts->operations.emplace(name, TRY_WITHIN(name, ReadOperation(resolved)));
    }
  }
  return std::unique_ptr<const Contract>(new Contract(std::move(parts)));
}

std::optional<Problem> Contract::CheckRequest(std::string_view operation, const json& body) const {
  const OperationSchemas& found = parts_->Find(operation);
  CHECK(found.request.has_value());
  const std::optional<SchemaFault> fault = found.request->Check(body);
  if (!fault) return std::nullopt;
  const std::string name = fault->field.empty() ? "the body" : fault->field;
  return BadParameter(fault->field, name + " " + fault->message);
}

std::string Contract::CheckAnswer(std::string_view operation, int status, const json& body) const {
  const OperationSchemas& found = parts_->Find(operation);
  auto schema = found.answers.find(std::to_string(status));
  if (schema == found.answers.end()) schema = found.answers.find("default");
  if (schema == found.answers.end())
    return fmt::format("{}: {} is not described", operation, status);
  const std::optional<SchemaFault> fault = schema->second.Check(body);
  if (!fault) return {};
  return fmt::format("{} {}: {} {}", operation, status, fault->field, fault->message);
}

const json* Contract::RequestSchema(std::string_view operation) const {
  const OperationSchemas& found = parts_->Find(operation);
  return found.request ? &found.request->source() : nullptr;
}

Status Contract::CheckFeature(std::string_view name) const {
  if (parts_->operations.contains(name) || parts_->groups.contains(name)) return Ok();
  return Error::Invalid(
      "there is no feature {}: name an operation of the API (remixVideo), or the first part of its "
      "path (batches)",
      name);
}

const std::string& Contract::document() const { return parts_->document; }

}  // namespace aozora::api
