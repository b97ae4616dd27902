// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "http/media_type.h"
#include "http/multipart.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

// Writes down what it is told, and sees that it is told in order.
class Recorder final : public MultipartParser::Sink {
 public:
  MaybeProblem BeginPart(PartHead head) override {
    CHECK(!open_);
    CHECK(!head.name.empty() && IsUtf8(head.name) && IsUtf8(head.filename.value_or("")));
    open_ = true;
    story += "<" + head.name + "|" + head.filename.value_or("-") + "|" + head.content_type + ">";
    return std::nullopt;
  }
  MaybeProblem PartData(std::string_view bytes) override {
    CHECK(open_ && !bytes.empty());
    story += bytes;
    return std::nullopt;
  }
  MaybeProblem EndPart() override {
    CHECK(open_);
    open_ = false;
    story += "</>";
    return std::nullopt;
  }
  std::string story;

 private:
  bool open_ = false;
};

bool Parse(std::string_view input, size_t piece_bytes, std::string* story) {
  Recorder recorder;
  MultipartParser parser("b", 200, &recorder);
  bool refused = false;
  while (!input.empty() && !refused) {
    refused = parser.Feed(input.substr(0, piece_bytes)).has_value();
    input.remove_prefix(std::min(piece_bytes, input.size()));
  }
  if (!refused) refused = parser.Finish().has_value();
  *story = recorder.story;
  return !refused;
}

}  // namespace
}  // namespace aozora::http

// However the bytes come, they mean the same. The first byte says how long the pieces are, and
// the bytes are a Content-Type as well.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aozora::http;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string whole;
  std::string pieces;
  const bool whole_ok = Parse(input, SIZE_MAX, &whole);
  CHECK_EQ(whole_ok, Parse(input, std::max<size_t>(1, data[0]), &pieces));
  if (whole_ok) CHECK(whole == pieces);
  const auto type = ParseParameterised(input);
  if (type) CHECK(!type->word.empty());
  return 0;
}
