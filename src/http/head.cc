// SPDX-License-Identifier: Apache-2.0
#include "http/head.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

constexpr size_t kMethodBytesMax = 32;
constexpr size_t kVersionBytes = 8;                                          // "HTTP/1.1"
constexpr size_t kLineExtraBytes = kMethodBytesMax + 1 + 1 + kVersionBytes;  // beside the target

// RFC 3986 has no other characters in an authority.
bool IsAuthority(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alnum ||
           (c != '\0' && std::string_view("-._~%!$&'()*+,;=:[]").find(c) != std::string_view::npos);
  });
}

MaybeProblem ParseRequestLine(std::string_view line, RequestHead* head) {
  const size_t method_end = line.find(' ');
  const size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end == method_end) {
    return BadRequest("the request line is not METHOD TARGET HTTP/1.1");
  }
  const std::string_view method = line.substr(0, method_end);
  const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
  const std::string_view version = line.substr(target_end + 1);
  if (!IsToken(method) || method.size() > kMethodBytesMax) return BadRequest("no such method");
  if (version.size() != kVersionBytes || !version.starts_with("HTTP/")) {
    return BadRequest("the request line does not end with HTTP/1.1");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Problem{505, "http_version_not_supported", "HTTP/1.1 and HTTP/1.0 are spoken here"};
  }
  const bool visible = std::all_of(target.begin(), target.end(),
                                   [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (target.empty() || !visible) {
    return BadRequest("the target has characters that must be percent-encoded");
  }
  head->method = method;
  head->target = target;
  head->http_1_0 = version == "HTTP/1.0";
  return std::nullopt;
}

MaybeProblem ParseFields(std::string_view lines, const Limits& limits, Headers* headers) {
  size_t count = 0;
  while (!lines.empty()) {
    const size_t end = lines.find("\r\n");
    CHECK(end != std::string_view::npos);  // ParseHead cuts so
    std::string_view name;
    std::string_view value;
    if (!ParseFieldLine(lines.substr(0, end), &name, &value)) {
      return BadRequest("a header field is malformed");
    }
    if (++count > limits.header_count_max) {
      return Problem{431, "too_many_headers",
                     fmt::format("more than {} header fields", limits.header_count_max)};
    }
    headers->Add(name, value);
    lines.remove_prefix(end + 2);
  }
  return std::nullopt;
}

MaybeProblem ParseQuery(std::string_view text, RequestHead* head) {
  for (const std::string_view pair : Split(text, '&')) {
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const std::string_view raw_value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    std::optional<std::string> name = PercentDecode(pair.substr(0, equals), true);
    std::optional<std::string> value = PercentDecode(raw_value, true);
    if (!name || !value || !IsUtf8(*name) || !IsUtf8(*value) ||
        (*name + *value).find('\0') != std::string::npos) {
      return BadRequest("the query is not percent-encoded UTF-8");
    }
    head->query.emplace_back(std::move(*name), std::move(*value));
  }
  return std::nullopt;
}

// RFC 9112, sections 3.2 and 3.3: the origin form, the absolute form that names this very host,
// and OPTIONS *.
MaybeProblem ParseTarget(RequestHead* head) {
  std::string_view rest = head->target;
  const std::optional<std::string_view> host = head->headers.Find("Host");
  const size_t host_count = head->headers.Count("Host");
  if (host_count > 1 || (host_count == 0 && !head->http_1_0)) {
    return BadRequest("there must be one Host header");
  }
  if (host && !IsAuthority(*host)) return BadRequest("the Host header is malformed");
  const std::string lower = LowerAscii(rest.substr(0, 8));
  if (lower.starts_with("http://") || lower.starts_with("https://")) {
    rest.remove_prefix(lower.starts_with("https://") ? 8 : 7);
    const size_t end = rest.find_first_of("/?");
    const std::string_view authority = rest.substr(0, end);
    if (authority.empty() || (host && !EqualsNoCase(authority, *host))) {
      return BadRequest("the target names another host than the Host header");
    }
    rest = end == std::string_view::npos ? std::string_view("/") : rest.substr(end);
    if (rest.front() == '?') return BadRequest("the target has no path");
  } else if (rest == "*" && head->method == "OPTIONS") {
    head->path = "*";
    return std::nullopt;
  }
  if (rest.front() != '/') return BadRequest("the target does not begin with a slash");
  const size_t question = rest.find('?');
  head->path = rest.substr(0, question);
  if (question == std::string_view::npos) return std::nullopt;
  return ParseQuery(rest.substr(question + 1), head);
}

// RFC 9112, section 6. Where it leaves a choice between repairing and refusing, we refuse.
MaybeProblem ParseFraming(RequestHead* head) {
  const size_t length_count = head->headers.Count("Content-Length");
  const size_t coding_count = head->headers.Count("Transfer-Encoding");
  if (coding_count > 0) {
    if (length_count > 0) {
      return BadRequest("Content-Length and Transfer-Encoding exclude each other");
    }
    if (coding_count > 1 || head->http_1_0) return BadRequest("wrong use of Transfer-Encoding");
    const std::string_view coding = *head->headers.Find("Transfer-Encoding");
    if (EqualsNoCase(coding, "chunked")) {
      head->framing = Framing::kChunked;
      return std::nullopt;
    }
    if (LowerAscii(coding).find("chunked") != std::string::npos || coding.empty()) {
      return BadRequest("a body is chunked once, and nothing else");
    }
    return Problem{501, "transfer_coding_not_implemented", "the only transfer coding is chunked"};
  }
  if (length_count == 0) return std::nullopt;
  const std::optional<uint64_t> length = ParseDecimal(*head->headers.Find("Content-Length"));
  if (length_count > 1 || !length) return BadRequest("Content-Length is not one number");
  head->content_length = *length;
  if (*length > 0) head->framing = Framing::kLength;
  return std::nullopt;
}

MaybeProblem ParseExpectations(RequestHead* head) {
  bool close = false;
  bool keep_alive = false;
  for (const auto& [name, value] : head->headers.fields()) {
    if (EqualsNoCase(name, "Connection")) {
      close = close || ListHas(value, "close");
      keep_alive = keep_alive || ListHas(value, "keep-alive");
    }
    if (EqualsNoCase(name, "Expect") && !head->http_1_0) {
      if (!EqualsNoCase(value, "100-continue")) {
        return Problem{417, "expectation_failed", "the only expectation is 100-continue"};
      }
      head->expects_continue = head->framing != Framing::kNone;
    }
  }
  head->keep_alive = !close && (keep_alive || !head->http_1_0);
  return std::nullopt;
}

}  // namespace

MaybeProblem HeadScanner::CheckLengths(size_t bytes) const {
  if (!first_line_ended_ && bytes > limits_->uri_bytes_max + kLineExtraBytes) {
    return Problem{414, "uri_too_long",
                   fmt::format("the target has more than {} bytes", limits_->uri_bytes_max)};
  }
  if (bytes > limits_->head_bytes_max) {
    return Problem{431, "headers_too_large",
                   fmt::format("the head has more than {} bytes", limits_->head_bytes_max)};
  }
  return std::nullopt;
}

MaybeProblem HeadScanner::Scan(std::string_view input) {
  for (; scanned_bytes_ < input.size() && !head_bytes_; ++scanned_bytes_) {
    const size_t i = scanned_bytes_;
    const char c = input[i];
    if (c == '\r') {
      if (i + 1 == input.size()) break;  // looked at again with what follows
      if (input[i + 1] != '\n') return BadRequest("a carriage return without a line feed");
    } else if (c == '\n') {
      if (i == 0 || input[i - 1] != '\r')
        return BadRequest("a line feed without a carriage return");
      if (i - line_begin_ == 1) head_bytes_ = i + 1;
      if (MaybeProblem problem = CheckLengths(i + 1)) return problem;
      first_line_ended_ = true;
      line_begin_ = i + 1;
    } else if (!IsFieldValue(std::string_view(&c, 1))) {
      return BadRequest("a control character in the head");
    }
  }
  if (head_bytes_) return std::nullopt;
  return CheckLengths(scanned_bytes_);
}

bool ParseFieldLine(std::string_view line, std::string_view* name, std::string_view* value) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  *name = line.substr(0, colon);
  *value = TrimBlanks(line.substr(colon + 1));
  return IsToken(*name) && IsFieldValue(*value);
}

MaybeProblem ParseHead(std::string_view head, const Limits& limits, RequestHead* parsed) {
  CHECK(head.ends_with("\r\n"));
  head.remove_suffix(2);  // the empty line
  const size_t line_end = head.find("\r\n");
  if (line_end == std::string_view::npos) return BadRequest("there is no request line");
  if (MaybeProblem problem = ParseRequestLine(head.substr(0, line_end), parsed)) return problem;
  if (parsed->target.size() > limits.uri_bytes_max) {
    return Problem{414, "uri_too_long",
                   fmt::format("the target has more than {} bytes", limits.uri_bytes_max)};
  }
  if (MaybeProblem problem = ParseFields(head.substr(line_end + 2), limits, &parsed->headers)) {
    return problem;
  }
  if (MaybeProblem problem = ParseFraming(parsed)) return problem;
  if (MaybeProblem problem = ParseTarget(parsed)) return problem;
  return ParseExpectations(parsed);
}

}  // namespace aozora::http
