// SPDX-License-Identifier: Apache-2.0
// The head of a request (RFC 9112, sections 2 to 6), read strictly: what two servers could read in
// two ways is refused, since requests are smuggled through the difference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/limits.h"
#include "http/message.h"
#include "http/problem.h"

namespace aozora::http {

enum class Framing { kNone, kLength, kChunked };  // how the body ends

struct RequestHead {
  std::string method;  // a token; not yet one that we know
  std::string target;
  std::string path;  // of the target; "*" in OPTIONS *
  std::vector<std::pair<std::string, std::string>> query;
  Headers headers;
  bool http_1_0 = false;
  bool keep_alive = false;
  bool expects_continue = false;
  Framing framing = Framing::kNone;
  uint64_t content_length = 0;  // of kLength; not 0 there
};

// Looks for the end of a head in bytes as they come in. What cannot become a head is found early:
// a wrong byte at once, and what is too long as soon as it is.
class HeadScanner {
 public:
  explicit HeadScanner(const Limits& limits) : limits_(&limits) {}

  // `input` is all that came of this head so far, from its first byte on; it only grows.
  MaybeProblem Scan(std::string_view input);
  // Bytes of the head with the empty line that ends it, once that has come.
  std::optional<size_t> head_bytes() const { return head_bytes_; }

 private:
  MaybeProblem CheckLengths(size_t bytes) const;

  const Limits* limits_;
  size_t scanned_bytes_ = 0;
  size_t line_begin_ = 0;
  bool first_line_ended_ = false;
  std::optional<size_t> head_bytes_;
};

// `head` is what a scanner found. 400, 414, 417, 431, 501 or 505.
MaybeProblem ParseHead(std::string_view head, const Limits& limits, RequestHead* parsed);

// One line "Name: value" without its end, for heads, trailers and parts of forms. No blank before
// the colon, no continuation of the line above (obs-fold).
bool ParseFieldLine(std::string_view line, std::string_view* name, std::string_view* value);

}  // namespace aozora::http
