// SPDX-License-Identifier: Apache-2.0
#include "text/clean.h"

#include "text/fix_text.h"
#include "text/html_entities.h"
#include "text/unicode.h"

namespace aozora {
namespace {

std::u32string CollapseSpace(std::u32string_view text) {
  std::u32string result;
  bool space_before = false;
  for (const char32_t c : text) {
    if (IsSpace(c)) {
      space_before = true;
      continue;
    }
    if (space_before && !result.empty()) result.push_back(' ');
    space_before = false;
    result.push_back(c);
  }
  return result;
}

}  // namespace

Result<std::string> CleanPrompt(std::string_view prompt) {
  if (prompt.size() > kPromptBytesMax) {
    return Error::Invalid("prompt: {} bytes, at most {} are taken; shorten it", prompt.size(),
                          kPromptBytesMax);
  }
  std::u32string text = FixText(TRY_WITHIN("prompt", DecodeUtf8(prompt)));
  text = UnescapeHtml(UnescapeHtml(text));
  std::string clean = EncodeUtf8(CollapseSpace(text));
  if (clean.size() > kCleanPromptBytesMax) {
    return Error::Invalid("prompt: {} bytes once it is cleaned; shorten it", clean.size());
  }
  return clean;
}

}  // namespace aozora
