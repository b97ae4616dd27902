// SPDX-License-Identifier: Apache-2.0
// The data files of captions, parsed.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "world/caption.h"

namespace aozora::world::internal {

extern const std::string_view kWordsEn, kWordsFr, kGrammarEn, kGrammarFr, kWordnetEn;

// One way to say a value: its parts between commas, and for which subjects it is right (a mask).
struct Form {
  std::vector<std::string> parts;
  uint32_t subjects = ~0u;
};

struct Lexicon {
  // [attribute][value]
  std::array<std::vector<std::vector<Form>>, kAttributeCount> forms;
  std::vector<std::vector<std::string>> other_names;  // [subject], singular, of WordNet
  std::vector<std::string> templates;

  const std::vector<Form>& Of(Attribute attribute, int value) const {
    return forms[static_cast<size_t>(attribute)][static_cast<size_t>(value)];
  }
};

const Lexicon& LexiconOf(Language language);

// A French noun without the mark of its gender ("f fusée"), an English one without "the " or "- ".
struct Noun {
  std::string singular, plural;
  bool feminine = false;
  bool definite = false;     // "the moon"
  bool plural_only = false;  // "fireworks"
};
Noun NounOf(const Form& form, Language language);

}  // namespace aozora::world::internal
