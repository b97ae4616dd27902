// SPDX-License-Identifier: Apache-2.0
// A request as a handler gets it, and the answer that it gives. Nothing here knows of sockets.
#pragma once

#include <any>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/event_source.h"

namespace aozora::http {

// Other methods are answered 501 and never seen by a handler.
enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };
std::string_view MethodName(Method method);  // "GET"
std::optional<Method> ParseMethod(std::string_view name);

// Header fields in the order in which they came. Names are compared without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  // The value of the first field of that name.
  std::optional<std::string_view> Find(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name).has_value(); }
  size_t Count(std::string_view name) const;
  void Add(std::string_view name, std::string_view value);
  void Set(std::string_view name, std::string_view value);  // instead of all that had the name
  void Remove(std::string_view name);
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

// A file that is removed with this object, unless taken.
class TemporaryFile {
 public:
  TemporaryFile() = default;
  explicit TemporaryFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~TemporaryFile() { Remove(); }
  TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFile& operator=(TemporaryFile&& other) noexcept;

  const std::filesystem::path& path() const { return path_; }
  // From now on the file is the caller's, under the same path.
  std::filesystem::path Take() { return std::exchange(path_, {}); }

 private:
  void Remove();

  std::filesystem::path path_;  // empty: nothing to remove
};

// A part of a form that had a filename (RFC 7578, section 4.2). All strings are the client's, valid
// UTF-8 and nothing more: `filename` names no file of ours and may hold slashes.
struct FormFile {
  std::string field;
  std::string filename;
  std::string content_type;  // "application/octet-stream" if the part has none
  uint64_t bytes = 0;
  TemporaryFile content;  // in ServerSettings::upload_folder, mode 0600; closed

  const std::filesystem::path& path() const { return content.path(); }
  std::filesystem::path Take() { return content.Take(); }
};

// A multipart/form-data body. Names are kept as sent, brackets and all ("characters[][id]").
struct Form {
  std::vector<std::pair<std::string, std::string>> fields;  // name, value; UTF-8; in their order
  std::vector<FormFile> files;                              // in their order

  const std::string* FindField(std::string_view name) const;  // the first, or nullptr
  FormFile* FindFile(std::string_view field);
};

struct Request {
  Method method = Method::kGet;
  std::string target;  // as sent: "/v1/videos?limit=2"
  std::string path;    // the target's path, not decoded: "/v1/videos"
  std::vector<std::pair<std::string, std::string>> query;  // decoded, UTF-8, in their order
  Headers headers;
  std::string peer_address;  // "192.0.2.1", "2001:db8::1"
  std::string request_id;    // "req_" and 32 hexadecimal digits; also in the answer, x-request-id
  std::map<std::string, std::string, std::less<>> route_values;  // {name} -> decoded, not empty
  std::string body;          // unless it is a form; at most RouteOptions::body_bytes_max
  std::optional<Form> form;  // if it is one
  std::any principal;        // who asks: the gate's word to the handler

  std::optional<std::string_view> QueryValue(std::string_view name) const;  // the first
  std::string_view RouteValue(std::string_view name) const;  // of the pattern: a bug if it has none
};

// A file as the answer to a GET: ranges, conditions and HEAD are taken care of. It is opened before
// the first byte of the answer leaves, so it may be unlinked or replaced while it is sent.
struct FileBody {
  std::filesystem::path path = {};
  std::string content_type = {};
  std::string etag = {};  // without quotes; the same bytes have the same, and only they. Or empty
  std::string download_name = {};  // Content-Disposition: attachment; or empty
};

// An answer that goes on until its source has ended. After each Server::Notify of one of `topics`,
// the connection reads on after the last id that it has sent.
struct EventStream {
  std::shared_ptr<EventSource> source = {};
  // Where to begin; if not set, after the id in the header Last-Event-ID, or at the beginning.
  std::optional<uint64_t> after_id = {};
  std::vector<std::string> topics = {};
};

// Content-Length, Connection, Date, Server, x-request-id and what the body needs are added on the
// way out. A field that is none (a line break in a value, say) makes the answer a 500.
struct Response {
  int status = 200;
  Headers headers;
  std::variant<std::string, FileBody, EventStream> body;

  static Response Empty(int status);
  static Response Json(int status, std::string json);
  static Response Text(int status, std::string text);  // text/plain; charset=utf-8
  static Response Data(int status, std::string_view content_type, std::string bytes);
  static Response File(FileBody file);         // 200, 206, 304 or 416, as the request asks
  static Response Events(EventStream events);  // 200
  Response With(std::string_view name, std::string_view value) &&;
};

}  // namespace aozora::http
