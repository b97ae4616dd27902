// SPDX-License-Identifier: Apache-2.0
// Sentences about scenes, from three words to two sentences, in English and French, made from a
// grammar (data/grammar.*.txt) and words (data/words.*.txt, data/wordnet.en.txt); and the way back:
// which words mean something here. The data is part of the library, no file is read at run time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "world/scene.h"

namespace aozora::world {

enum class Language { kEnglish, kFrench };
inline constexpr std::array<Language, 2> kLanguages = {Language::kEnglish, Language::kFrench};

struct Caption {
  std::string text;  // UTF-8, one line
  Language language = Language::kEnglish;
  uint32_t mentioned = 0;  // bit of each Attribute that the text tells; others are left open

  bool Mentions(Attribute attribute) const {
    return (mentioned >> static_cast<int>(attribute) & 1u) != 0;
  }
};

// The caption that `seed` stands for. The subject is always told, with its setting or its action.
// Three in four captions of more than three words tell the colour.
Caption WriteCaption(const Scene& scene, Language language, uint64_t seed);

// One thing that a word can mean. "green" is a colour, and part of "green hills".
struct WordSense {
  Attribute attribute;
  int value;
  bool operator==(const WordSense&) const = default;
};

// What a word means in captions; empty for words that mean nothing ("the") and for unknown ones.
// Case and French elision ("l'avion") do not matter.
std::span<const WordSense> ParseWord(std::string_view word, Language language);

// Every word that captions are made of, in lower case and sorted: for telling a person which words
// of a prompt are not known.
const std::vector<std::string>& KnownWords(Language language);

// The words of a text as ParseWord takes them: lower case, no punctuation, elided articles apart.
std::vector<std::string> SplitWords(std::string_view text);

}  // namespace aozora::world
