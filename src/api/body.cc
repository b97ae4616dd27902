// SPDX-License-Identifier: Apache-2.0
#include "api/body.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace aozora::api {

using nlohmann::json;

namespace {

// "characters[][id]" -> "characters", "", "id".
std::optional<std::vector<std::string>> SplitName(std::string_view name) {
  std::vector<std::string> parts;
  const size_t bracket = name.find('[');
  if (bracket == 0 || name.empty()) return std::nullopt;
  parts.emplace_back(name.substr(0, bracket));
  std::string_view rest = bracket == std::string_view::npos ? "" : name.substr(bracket);
  while (!rest.empty()) {
    const size_t end = rest.find(']');
    if (rest.front() != '[' || end == std::string_view::npos) return std::nullopt;
    parts.emplace_back(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    if (parts.size() > kJsonDepthMax) return std::nullopt;
  }
  return parts;
}

const json* Property(const json* schema, const std::string& name) {
  if (schema == nullptr) return nullptr;
  if (const auto items = schema->find("items"); name.empty() && items != schema->end()) {
    return &*items;
  }
  if (const auto properties = schema->find("properties");
      properties != schema->end() && properties->contains(name)) {
    return &(*properties)[name];
  }
  if (const auto options = schema->find("anyOf"); options != schema->end()) {
    for (const json& option : *options) {
      if (const json* found = Property(&option, name)) return found;
    }
  }
  return nullptr;
}

bool Allows(const json& schema, std::string_view type) {
  if (const auto options = schema.find("anyOf"); options != schema.end()) {
    return std::any_of(options->begin(), options->end(),
                       [&](const json& option) { return Allows(option, type); });
  }
  const auto types = schema.find("type");
  if (types == schema.end()) return type == "string";  // enum and const of texts
  if (types->is_array()) return std::find(types->begin(), types->end(), type) != types->end();
  return *types == type;
}

template <class Number>
std::optional<json> NumberOf(std::string_view text) {
  Number value{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return json(value);
}

// A text of a form as what the schema asks for, where it can be read so.
json ValueOf(const std::string& text, const json* schema) {
  if (schema == nullptr || Allows(*schema, "string")) return text;
  if (Allows(*schema, "integer")) {
    if (auto number = NumberOf<int64_t>(text)) return *number;
  } else if (Allows(*schema, "number")) {
    if (auto number = NumberOf<double>(text)) return *number;
  } else if (Allows(*schema, "boolean") && (text == "true" || text == "false")) {
    return text == "true";
  }
  return text;
}

// Puts a value at its place. Under "[]" a new element begins where the last one already has the
// field, so that characters[][id]=a, characters[][id]=b are two characters.
bool Put(json* at, const std::vector<std::string>& path, size_t index, json value) {
  if (index == path.size()) {
    if (!at->is_null()) return false;  // said twice
    *at = std::move(value);
    return true;
  }
  if (!path[index].empty()) {
    if (at->is_null()) *at = json::object();
    if (!at->is_object()) return false;
    return Put(&(*at)[path[index]], path, index + 1, std::move(value));
  }
  if (at->is_null()) *at = json::array();
  if (!at->is_array()) return false;
  const bool fresh = at->empty() || index + 1 >= path.size() || !at->back().is_object() ||
                     at->back().contains(path[index + 1]);
  if (fresh) {
    if (at->size() >= kFormListMax) return false;
    at->push_back(nullptr);
  }
  return Put(&at->back(), path, index + 1, std::move(value));
}

std::optional<Problem> PutField(const std::string& name, json value, bool is_text,
                                const json& schema, json* body) {
  const auto path = SplitName(name);
  if (!path) return BadParameter(name, "the form field " + name + " has no name that makes sense");
  const json* property = &schema;
  for (const std::string& part : *path) property = Property(property, part);
  if (is_text) value = ValueOf(value.get<std::string>(), property);
  if (Put(body, *path, 0, std::move(value))) return std::nullopt;
  return BadParameter(name, "the form field " + name + " is said twice or in two ways");
}

}  // namespace

Outcome<json> ParseJson(std::string_view text) {
  bool too_deep = false;
  const auto bound = [&](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > kJsonDepthMax;
    return !too_deep;
  };
  json body = json::parse(text, bound, /*allow_exceptions=*/false);
  if (!too_deep && !body.is_discarded()) return body;
  Problem problem;
  problem.code = "invalid_json";
  problem.message = too_deep ? fmt::format("the JSON is nested more than {} deep", kJsonDepthMax)
                             : "the body is not valid JSON";
  return problem;
}

Outcome<json> JsonOfForm(const http::Form& form, const json& schema) {
  json body = json::object();
  for (const auto& [name, text] : form.fields) {
    if (auto problem = PutField(name, text, true, schema, &body)) return *std::move(problem);
  }
  for (const http::FormFile& file : form.files) {
    if (auto problem = PutField(file.field, kFileMark, false, schema, &body)) {
      return *std::move(problem);
    }
  }
  return body;
}

Outcome<json> ReadBody(const Contract& contract, std::string_view operation,
                       const http::Request& request) {
  const json* schema = contract.RequestSchema(operation);
  CHECK(schema != nullptr);
  json body = TRY(request.form ? JsonOfForm(*request.form, *schema) : ParseJson(request.body));
  if (auto problem = contract.CheckRequest(operation, body)) return *std::move(problem);
  return body;
}

}  // namespace aozora::api
