// SPDX-License-Identifier: Apache-2.0
#include "http/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/ascii.h"
#include "base/file.h"
#include "base/log.h"
#include "http/cors.h"
#include "http/http_date.h"
#include "http/random_text.h"
#include "http/sse.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

// RFC 9110, section 15, and RFC 6585. Clients do not read them; people with a terminal do.
std::string_view Reason(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 35> kReasons = {{
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
  }};
  for (const auto& [each, reason] : kReasons) {
    if (each == status) return reason;
  }
  return "Other";
}

// Ours to write: what a handler says of them is dropped.
bool IsOurs(std::string_view name) {
  constexpr std::array kNames = {
      "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date",
      "Server",         "X-Request-Id"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view each) { return EqualsNoCase(each, name); });
}

bool AreFields(const Headers& headers) {
  return std::all_of(headers.fields().begin(), headers.fields().end(), [](const auto& field) {
    return IsToken(field.first) && IsFieldValue(field.second);
  });
}

// Section 6.4.1: these answers have no content, not even an empty one.
bool HasNoContent(int status) { return status < 200 || status == 204 || status == 304; }

void Merge(const Headers& from, Headers* into) {
  for (const auto& [name, value] : from.fields()) into->Set(name, value);
}

}  // namespace

Response AnswerComposer::ErrorResponse(const Problem& problem) const {
  Response response = error_(problem.status, problem.code, problem.message);
  response.status = problem.status;
  if (problem.status == 503) {
    response.headers.Set("Retry-After", fmt::format("{}", settings_.limits.retry_after.count()));
  }
  return response;
}

// Puts the file's pieces into `out`. Returns the answer's status and fields, with a body of its own
// if the file is not the answer.
Response AnswerComposer::OpenFile(const Asked& asked, Response response, Outgoing* out) const {
  const FileBody file = std::get<FileBody>(std::move(response.body));
  out->file = Descriptor(open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (out->file.get() < 0 || fstat(out->file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    const bool missing = errno == ENOENT || (out->file.get() >= 0 && !S_ISREG(status.st_mode));
    if (missing) return ErrorResponse({404, "not_found", "the file is no longer there"});
    Log(LogLevel::kError, "{}: {}", asked.request_id, IoError("cannot open", file.path).message());
    return ErrorResponse({500, "server_error", "the file cannot be read"});
  }
  const Headers none;
  FileAnswer answer = AnswerWithFile(file, static_cast<uint64_t>(status.st_size), asked.method,
                                     asked.headers == nullptr ? none : *asked.headers,
                                     settings_.limits.range_count_max, RandomHex32());
  if (answer.status == 412 || answer.status == 416) {
    Response error = ErrorResponse(
        answer.status == 412
            ? Problem{412, "precondition_failed", "the file is another than the one named"}
            : Problem{416, "range_not_satisfiable", "the file has no such ranges, or too many"});
    Merge(answer.headers, &error.headers);
    return error;
  }
  Merge(answer.headers, &response.headers);
  response.status = answer.status;
  response.body = std::string();
  out->pieces = std::move(answer.pieces);
  return response;
}

Outgoing AnswerComposer::Compose(const Asked& asked, Response response) const {
  Outgoing out;
  if (std::holds_alternative<FileBody>(response.body)) {
    response = OpenFile(asked, std::move(response), &out);
  }
  if (!AreFields(response.headers) || response.status < 200 || response.status > 599) {
    Log(LogLevel::kError, "{}: the handler's answer has a malformed status or field",
        asked.request_id);
    response = ErrorResponse(
        {500, "server_error", fmt::format("the server failed ({})", asked.request_id)});
    out = Outgoing();
  }
  out.status = response.status;
  out.keep_alive = asked.keep_alive;
  if (auto* events = std::get_if<EventStream>(&response.body)) {
    response.headers.Set("Content-Type", "text/event-stream; charset=utf-8");
    response.headers.Set("Cache-Control", "no-store");
    response.headers.Set("X-Accel-Buffering", "no");  // nginx: hand each event on as it comes
    out.events = std::move(*events);
    if (!out.events->after_id && asked.headers != nullptr) {
      out.events->after_id = LastEventId(*asked.headers);
    }
    out.chunked = !asked.http_1_0;
    out.keep_alive = false;
  } else if (std::string& text = std::get<std::string>(response.body); !text.empty()) {
    out.pieces.push_back({std::move(text), 0, 0});
  }
  if (HasNoContent(out.status)) out.pieces.clear();
  uint64_t bytes = 0;
  for (const FileAnswer::Piece& piece : out.pieces) bytes += piece.text.size() + piece.file_bytes;
  WriteHead(asked, response.headers, bytes, &out);
  if (asked.method == Method::kHead) {
    out.pieces.clear();
    out.events.reset();
  }
  return out;
}

void AnswerComposer::WriteHead(const Asked& asked, const Headers& headers, uint64_t bytes,
                               Outgoing* out) const {
  Headers more;
  if (!headers.Has("X-Content-Type-Options")) more.Set("X-Content-Type-Options", "nosniff");
  if (asked.headers != nullptr) AllowOrigin(settings_.allowed_origins, *asked.headers, &more);
  std::string& head = out->head;
  head += fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nServer: aozora\r\nx-request-id: {}\r\n",
                      out->status, Reason(out->status), HttpDate(settings_.clock->Now()),
                      asked.request_id);
  for (const Headers* each : {&headers, static_cast<const Headers*>(&more)}) {
    for (const auto& [name, value] : each->fields()) {
      if (!IsOurs(name)) head += fmt::format("{}: {}\r\n", name, value);
    }
  }
  if (out->events) {
    if (out->chunked) head += "Transfer-Encoding: chunked\r\n";
  } else if (!HasNoContent(out->status)) {
    head += fmt::format("Content-Length: {}\r\n", bytes);
  }
  head += out->keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
}

}  // namespace aozora::http
