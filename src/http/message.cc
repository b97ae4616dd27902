// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "base/ascii.h"
#include "base/check.h"

namespace aozora::http {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods = {{
    {Method::kGet, "GET"},
    {Method::kHead, "HEAD"},
    {Method::kPost, "POST"},
    {Method::kPut, "PUT"},
    {Method::kPatch, "PATCH"},
    {Method::kDelete, "DELETE"},
    {Method::kOptions, "OPTIONS"},
}};

}  // namespace

std::string_view MethodName(Method method) {
  for (const auto& [each, name] : kMethods) {
    if (each == method) return name;
  }
  return {};
}

std::optional<Method> ParseMethod(std::string_view name) {
  for (const auto& [method, each] : kMethods) {
    if (each == name) return method;
  }
  return std::nullopt;
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const auto& [each, value] : fields_) {
    if (EqualsNoCase(each, name)) return value;
  }
  return std::nullopt;
}

size_t Headers::Count(std::string_view name) const {
  return static_cast<size_t>(std::count_if(fields_.begin(), fields_.end(), [&](const Field& field) {
    return EqualsNoCase(field.first, name);
  }));
}

void Headers::Add(std::string_view name, std::string_view value) {
  fields_.emplace_back(name, value);
}

void Headers::Set(std::string_view name, std::string_view value) {
  Remove(name);
  Add(name, value);
}

void Headers::Remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return EqualsNoCase(field.first, name); });
}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept {
  if (this != &other) {
    Remove();
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

void TemporaryFile::Remove() {
  if (path_.empty()) return;
  std::error_code error;  // somebody may have moved it away without Take
  std::filesystem::remove(path_, error);
  path_.clear();
}

const std::string* Form::FindField(std::string_view name) const {
  for (const auto& [each, value] : fields) {
    if (each == name) return &value;
  }
  return nullptr;
}

FormFile* Form::FindFile(std::string_view field) {
  for (FormFile& file : files) {
    if (file.field == field) return &file;
  }
  return nullptr;
}

std::optional<std::string_view> Request::QueryValue(std::string_view name) const {
  for (const auto& [each, value] : query) {
    if (each == name) return value;
  }
  return std::nullopt;
}

std::string_view Request::RouteValue(std::string_view name) const {
  const auto found = route_values.find(name);
  CHECK(found != route_values.end());
  return found->second;
}

Response Response::Empty(int status) {
  Response response;
  response.status = status;
  return response;
}

Response Response::Data(int status, std::string_view content_type, std::string bytes) {
  Response response = Empty(status);
  response.headers.Set("Content-Type", content_type);
  response.body = std::move(bytes);
  return response;
}

Response Response::Json(int status, std::string json) {
  return Data(status, "application/json", std::move(json));
}

Response Response::Text(int status, std::string text) {
  return Data(status, "text/plain; charset=utf-8", std::move(text));
}

Response Response::File(FileBody file) {
  Response response;
  response.body = std::move(file);
  return response;
}

Response Response::Events(EventStream events) {
  CHECK(events.source != nullptr);
  Response response;
  response.body = std::move(events);
  return response;
}

Response Response::With(std::string_view name, std::string_view value) && {
  headers.Set(name, value);
  return std::move(*this);
}

}  // namespace aozora::http
