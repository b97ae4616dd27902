// SPDX-License-Identifier: Apache-2.0
#include "api/schema.h"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace aozora::api {

using nlohmann::json;

namespace {

// valijson's context is a list of "<root>", "[field]" and "[3]".
std::vector<std::string> PathOf(const std::vector<std::string>& context) {
  std::vector<std::string> path;
  for (const std::string& part : context) {
    if (part.size() > 2 && part.front() == '[') path.push_back(part.substr(1, part.size() - 2));
  }
  return path;
}

std::string JoinPath(const std::vector<std::string>& path) {
  std::string joined;
  for (const std::string& part : path) joined += joined.empty() ? part : "." + part;
  return joined;
}

// The schema of the value at a path, as far as it is told without choosing between alternatives.
const json* SchemaAt(const json& schema, const std::vector<std::string>& path) {
  const json* at = &schema;
  for (const std::string& part : path) {
    if (const auto properties = at->find("properties");
        properties != at->end() && properties->contains(part)) {
      at = &(*properties)[part];
    } else if (const auto items = at->find("items"); items != at->end()) {
      at = &*items;
    } else {
      return at;
    }
  }
  return at;
}

// The first required field that an object lacks.
const std::string* MissingField(const json& schema, const json& value) {
  const auto required = schema.find("required");
  if (required == schema.end() || !value.is_object()) return nullptr;
  for (const json& name : *required) {
    if (!value.contains(name)) return name.get_ptr<const std::string*>();
  }
  return nullptr;
}

const json* ValueAt(const json& value, const std::vector<std::string>& path) {
  const json* at = &value;
  for (const std::string& part : path) {
    if (at->is_object() && at->contains(part)) {
      at = &(*at)[part];
    } else if (at->is_array() && !part.empty() &&
               part.find_first_not_of("0123456789") == std::string::npos) {
      const size_t index = std::stoul(part.substr(0, 6));
      if (index >= at->size()) return nullptr;
      at = &(*at)[index];
    } else {
      return nullptr;
    }
  }
  return at;
}

std::string Bounds(const json& schema, const char* low, const char* high) {
  const auto text = [&](const char* name) { return schema.at(name).dump(); };
  if (schema.contains(low) && schema.contains(high)) {
    return " from " + text(low) + " to " + text(high);
  }
  if (schema.contains(low)) return " of at least " + text(low);
  return schema.contains(high) ? " of at most " + text(high) : std::string();
}

std::string DescribeList(const json& values, const char* before, const char* between) {
  std::string text = before;
  bool first = true;
  for (const json& value : values) {
    if (!first) text += between;
    text += value.is_string() ? value.get<std::string>() : value.dump();
    first = false;
  }
  return text;
}

std::string DescribeString(const json& schema) {
  if (schema.value("format", "") == "binary") return "a file";
  std::string text = "a text";
  const std::string bounds = Bounds(schema, "minLength", "maxLength");
  if (!bounds.empty()) text += bounds + " characters";
  if (schema.contains("pattern")) text += " like " + schema["pattern"].get<std::string>();
  return text;
}

}  // namespace

std::string DescribeSchema(const json& schema) {
  if (schema.contains("enum")) return DescribeList(schema["enum"], "one of ", ", ");
  if (schema.contains("const")) return schema["const"].dump();
  if (schema.contains("anyOf")) {
    std::string text;
    for (const json& option : schema["anyOf"]) {
      text += (text.empty() ? "" : ", or ") + DescribeSchema(option);
    }
    return text;
  }
  const json type = schema.value("type", json());
  if (type.is_array()) return DescribeList(type, "", " or ");
  if (type == "string") return DescribeString(schema);
  if (type == "integer") return "a whole number" + Bounds(schema, "minimum", "maximum");
  if (type == "number") {
    return "a number" +
           (schema.contains("exclusiveMinimum")
                ? " above " + schema["exclusiveMinimum"].dump() +
                      (schema.contains("maximum") ? " and at most " + schema["maximum"].dump()
                                                  : std::string())
                : Bounds(schema, "minimum", "maximum"));
  }
  if (type == "boolean") return "true or false";
  if (type == "array") return "a list" + Bounds(schema, "minItems", "maxItems");
  if (type != "object") return "something else";
  if (!schema.contains("properties")) return "an object";
  json names = json::array();
  for (const auto& [name, property] : schema["properties"].items()) names.push_back(name);
  const bool one = schema.value("maxProperties", 0) == 1;
  return DescribeList(names, one ? "an object with one of " : "an object with ", ", ");
}

struct Schema::Compiled {
  json source;
  valijson::Schema schema;
};

Schema::Schema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

const json& Schema::source() const { return compiled_->source; }

Result<Schema> Schema::Compile(const nlohmann::json& schema) {
  auto compiled = std::make_unique<Compiled>();
  compiled->source = schema;
  try {
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    valijson::adapters::NlohmannJsonAdapter adapter(compiled->source);
    parser.populateSchema(adapter, compiled->schema);
  } catch (const std::exception& exception) {
    return Error::Corrupt("schema: {}", exception.what());
  }
  return Schema(std::move(compiled));
}

std::optional<SchemaFault> Schema::Check(const nlohmann::json& value) const {
  // It keeps what it compiled of patterns, which took most of the time of a request's check.
  static thread_local valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  valijson::adapters::NlohmannJsonAdapter adapter(value);
  if (validator.validate(compiled_->schema, adapter, &results)) return std::nullopt;
  // The deepest place says most; alternatives that failed are reported where they were asked for.
  std::vector<std::string> path;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    std::vector<std::string> at = PathOf(error.context);
    if (at.size() > path.size()) path = std::move(at);
  }
  const nlohmann::json* schema = SchemaAt(compiled_->source, path);
  const nlohmann::json* part = ValueAt(value, path);
  if (part != nullptr) {
    if (const std::string* missing = MissingField(*schema, *part); missing != nullptr) {
      path.push_back(*missing);
      return SchemaFault{
          JoinPath(path),
          "is missing: " + DescribeSchema(*SchemaAt(*schema, {*missing})) + " is required"};
    }
  }
  return SchemaFault{JoinPath(path), "must be " + DescribeSchema(*schema)};
}

}  // namespace aozora::api
