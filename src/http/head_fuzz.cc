// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "http/head.h"
#include "http/syntax.h"

// Any bytes, in any pieces: a problem, or a head with one meaning. The first byte says where the
// bytes are cut.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aozora::http;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  Limits limits;
  limits.uri_bytes_max = 200;
  limits.head_bytes_max = 1000;
  limits.header_count_max = 8;
  HeadScanner at_once(limits);
  const MaybeProblem problem = at_once.Scan(input);
  HeadScanner in_pieces(limits);
  MaybeProblem piecewise = in_pieces.Scan(input.substr(0, data[0]));
  if (!piecewise && !in_pieces.head_bytes()) piecewise = in_pieces.Scan(input);
  CHECK_EQ(problem.has_value(), piecewise.has_value());
  if (problem || !at_once.head_bytes()) return 0;
  CHECK(at_once.head_bytes() == in_pieces.head_bytes());
  const size_t head_bytes = *at_once.head_bytes();
  CHECK_LE(head_bytes, size_t{limits.head_bytes_max});
  RequestHead head;
  if (ParseHead(input.substr(0, head_bytes), limits, &head)) return 0;
  CHECK(IsToken(head.method));
  CHECK(head.path == "*" || head.path.starts_with('/'));
  CHECK_LE(head.headers.Count("Host"), size_t{1});
  CHECK_LE(head.headers.Count("Content-Length") + head.headers.Count("Transfer-Encoding"),
           size_t{1});
  CHECK_EQ(head.framing == Framing::kChunked, head.headers.Has("Transfer-Encoding"));
  for (const auto& [name, value] : head.headers.fields())
    CHECK(IsToken(name) && IsFieldValue(value));
  for (const auto& [name, value] : head.query) CHECK(IsUtf8(name) && IsUtf8(value));
  return 0;
}
