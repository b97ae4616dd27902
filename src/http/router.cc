// SPDX-License-Identifier: Apache-2.0
#include "http/router.h"

#include <fmt/ranges.h>

#include <utility>

#include "base/check.h"
#include "http/syntax.h"

namespace aozora::http {

// One segment of a path: the segments that may follow by name, the one that takes any value, and
// what is served where a path ends here.
struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> named;
  std::unique_ptr<Node> any;
  std::unique_ptr<Node> rest;  // takes all segments from here on
  std::map<Method, Route> routes;
  std::vector<std::string> value_names;  // of the pattern that ends here, in their order

  using Segments = std::vector<std::string>;
  // The node where the path ends that begins at segments[index]; appends the values that were
  // taken. Names win over values, and give way if they lead nowhere.
  const Node* Walk(const Segments& segments, size_t index, Segments* values) const {
    if (index == segments.size()) return routes.empty() ? nullptr : this;
    const std::string& segment = segments[index];
    const auto found = named.find(segment);
    if (found != named.end()) {
      if (const Node* end = found->second->Walk(segments, index + 1, values)) return end;
    }
    if (any != nullptr && !segment.empty()) {
      values->push_back(segment);
      if (const Node* end = any->Walk(segments, index + 1, values)) return end;
      values->pop_back();
    }
    if (rest == nullptr || found != named.end()) return nullptr;
    values->push_back(fmt::format("{}", fmt::join(segments.begin() + index, segments.end(), "/")));
    return rest.get();
  }
};

namespace {

constexpr size_t kSegmentCountMax = 32;  // no pattern has as many; bounds the walk

bool IsValue(std::string_view pattern_segment) {
  return pattern_segment.starts_with('{') && pattern_segment.ends_with('}');
}

bool IsRest(std::string_view pattern_segment) {
  return IsValue(pattern_segment) && pattern_segment.ends_with("*}");
}

// The segments after the leading slash, decoded; none if one is no text, or is not what it looks
// like (an encoded slash, "..").
std::optional<std::vector<std::string>> DecodeSegments(std::string_view path) {
  std::vector<std::string> segments;
  if (!path.starts_with('/')) return std::nullopt;
  for (const std::string_view raw : Split(path.substr(1), '/')) {
    std::optional<std::string> segment = PercentDecode(raw, false);
    if (!segment || !IsUtf8(*segment) || HasControlCharacter(*segment)) return std::nullopt;
    if (segment->find('/') != std::string::npos || *segment == "." || *segment == "..") {
      return std::nullopt;
    }
    segments.push_back(std::move(*segment));
    if (segments.size() > kSegmentCountMax) return std::nullopt;
  }
  return segments;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::Add(Method method, std::string_view pattern, RouteOptions options, Handler handler) {
  CHECK(pattern.starts_with('/'));
  CHECK(handler != nullptr);
  CHECK(method != Method::kHead && method != Method::kOptions);  // answered without a handler
  Node* node = root_.get();
  std::vector<std::string> value_names;
  bool is_over = false;
  for (const std::string_view segment : Split(pattern.substr(1), '/')) {
    CHECK(!is_over);  // a rest is the last
    std::unique_ptr<Node>* next = &node->any;
    if (IsRest(segment)) {
      value_names.emplace_back(segment.substr(1, segment.size() - 3));
      next = &node->rest;
      is_over = true;
    } else if (IsValue(segment)) {
      value_names.emplace_back(segment.substr(1, segment.size() - 2));
    } else {
      next = &node->named[std::string(segment)];
    }
    if (*next == nullptr) *next = std::make_unique<Node>();
    node = next->get();
  }
  CHECK(node->routes.empty() || node->value_names == value_names);
  node->value_names = std::move(value_names);
  const bool added =
      node->routes.emplace(method, Route{std::move(options), std::move(handler)}).second;
  CHECK(added);
}

Router::Match Router::Find(Method method, std::string_view path) const {
  Match match;
  const std::optional<std::vector<std::string>> segments = DecodeSegments(path);
  match.malformed = !segments.has_value();
  if (!segments) return match;
  std::vector<std::string> values;
  const Node* node = root_->Walk(*segments, 0, &values);
  if (node == nullptr) return match;
  for (const auto& [each, route] : node->routes) {
    match.allowed.push_back(each);
    if (each == Method::kGet) match.allowed.push_back(Method::kHead);
  }
  const auto found = node->routes.find(method == Method::kHead ? Method::kGet : method);
  if (found == node->routes.end()) return match;
  match.route = &found->second;
  CHECK_EQ(values.size(), node->value_names.size());
  for (size_t i = 0; i < values.size(); ++i) match.values[node->value_names[i]] = values[i];
  return match;
}

}  // namespace aozora::http
