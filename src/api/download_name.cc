// SPDX-License-Identifier: Apache-2.0
#include "api/download_name.h"

#include <algorithm>

#include "text/fold.h"
#include "text/unicode.h"

namespace aozora::api {
namespace {

constexpr char32_t kApostrophe = U'\'', kRightQuote = U'\u2019';

bool IsNameCharacter(char32_t c) { return (c >= U'a' && c <= U'z') || IsAsciiDigit(c); }

// Whether the word went in: whole, but for a first one that is too long by itself.
bool AddWord(const std::string& word, std::string* name) {
  if (name->empty()) {
    *name = word.substr(0, kDownloadNameBytesMax);
    return true;
  }
  if (name->size() + 1 + word.size() > kDownloadNameBytesMax) return false;
  *name += '-' + word;
  return true;
}

}  // namespace

std::string DownloadName(std::string_view prompt, std::string_view otherwise) {
  std::string name, word;
  bool has_room = true;
  const auto end_word = [&] {
    if (!word.empty()) has_room = AddWord(word, &name);
    word.clear();
  };
  while (!prompt.empty() && has_room) {
    char32_t c = 0;
    const size_t bytes = DecodeUtf8Prefix(prompt, &c);
    prompt.remove_prefix(std::max<size_t>(1, bytes));
    if (c == kApostrophe || c == kRightQuote) continue;  // "it's" is one word
    std::u32string folded;
    if (bytes > 0) AppendFolded(c, &folded);
    if (bytes > 0 && folded.empty()) continue;  // a mark on the letter before
    const bool is_word =
        !folded.empty() && std::all_of(folded.begin(), folded.end(), IsNameCharacter);
    if (!is_word) {
      end_word();
    } else if (word.size() <= kDownloadNameBytesMax) {
      for (const char32_t each : folded) word.push_back(static_cast<char>(each));
    }
  }
  if (has_room) end_word();
  const bool has_letter =
      std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return has_letter ? name : std::string(otherwise);
}

}  // namespace aozora::api
