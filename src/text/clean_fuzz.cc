// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes are, cleaning refuses them or returns UTF-8 of bounded size with single
// spaces.
#include "base/check.h"
#include "text/clean.h"
#include "text/unicode.h"

namespace aozora {
namespace {

void Run(std::string_view prompt) {
  Result<std::string> clean = CleanPrompt(prompt);
  if (!clean.ok()) return;
  CHECK_LE(clean->size(), kCleanPromptBytesMax);
  Result<std::u32string> text = DecodeUtf8(*clean);
  CHECK(text.ok());
  bool space_before = true;  // none at the start
  for (const char32_t c : *text) {
    CHECK(!IsSpace(c) || (c == ' ' && !space_before));
    space_before = c == ' ';
  }
  CHECK(text->empty() || text->back() != ' ');
}

}  // namespace
}  // namespace aozora

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  aozora::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
