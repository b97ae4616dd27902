// SPDX-License-Identifier: Apache-2.0
#include "api/yaml_json.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace aozora::api {
namespace {

using nlohmann::json;

json ScalarOf(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  // yaml-cpp marks what was written in quotes with "!".
  if (node.Tag() == "!") return text;
  if (text == "true") return true;
  if (text == "false") return false;
  if (text == "null" || text == "~" || text.empty()) return nullptr;
  const char* end = text.data() + text.size();
  int64_t whole = 0;
  if (const auto read = std::from_chars(text.data(), end, whole);
      read.ec == std::errc() && read.ptr == end) {
    return whole;
  }
  double number = 0;
  if (const auto read = std::from_chars(text.data(), end, number);
      read.ec == std::errc() && read.ptr == end) {
    return number;
  }
  return text;
}

json JsonOf(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Sequence: {
      json array = json::array();
      for (const YAML::Node& item : node) array.push_back(JsonOf(item));
      return array;
    }
    case YAML::NodeType::Map: {
      json object = json::object();
      for (const auto& pair : node) object[pair.first.Scalar()] = JsonOf(pair.second);
      return object;
    }
    case YAML::NodeType::Scalar:
      return ScalarOf(node);
    default:
      return nullptr;
  }
}

}  // namespace

Result<json> JsonOfYaml(std::string_view yaml) {
  try {
    return JsonOf(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& exception) {
    return Error::Corrupt("YAML: {}", exception.what());
  }
}

}  // namespace aozora::api
