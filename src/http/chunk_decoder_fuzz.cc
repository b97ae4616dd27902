// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "http/chunk_decoder.h"

namespace aozora::http {
namespace {

struct Outcome {
  bool refused = false;
  bool done = false;
  size_t consumed_bytes = 0;
  std::string content;
};

Outcome Decode(std::string_view input, size_t piece_bytes) {
  ChunkDecoder decoder;
  Outcome outcome;
  while (!input.empty() && !decoder.done() && !outcome.refused) {
    const std::string_view piece = input.substr(0, piece_bytes);
    size_t consumed = 0;
    outcome.refused = decoder.Feed(piece, &consumed, &outcome.content).has_value();
    CHECK_LE(consumed, piece.size());
    CHECK(consumed == piece.size() || decoder.done() || outcome.refused);
    outcome.consumed_bytes += consumed;
    input.remove_prefix(consumed);
  }
  outcome.done = decoder.done();
  return outcome;
}

}  // namespace
}  // namespace aozora::http

// However the bytes come, they mean the same. The first byte says how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aozora::http;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = Decode(input, SIZE_MAX);
  const Outcome pieces = Decode(input, std::max<size_t>(1, data[0]));
  CHECK_EQ(whole.refused, pieces.refused);
  CHECK_EQ(whole.done, pieces.done);
  CHECK(whole.content == pieces.content);
  CHECK_EQ(whole.consumed_bytes, pieces.consumed_bytes);
  CHECK_LE(whole.content.size(), input.size());
  return 0;
}
