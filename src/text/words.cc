// SPDX-License-Identifier: Apache-2.0
#include "text/words.h"

#include "text/unicode.h"

namespace aozora {

std::vector<std::string> SplitWords(std::string_view text) {
  std::u32string all;
  char32_t c = 0;
  while (const size_t used = DecodeUtf8Prefix(text, &c)) {
    text.remove_prefix(used);
    all += c;
  }
  std::vector<std::string> words;
  std::u32string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(EncodeUtf8(ToLower(word)));
    word.clear();
  };
  for (const char32_t letter : NormalizeNfc(all)) {
    if (IsWordCharacter(letter) && letter != '_') {
      word += letter;
    } else {
      finish();
    }
  }
  finish();
  return words;
}

}  // namespace aozora
