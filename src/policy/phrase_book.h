// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/result.h"
#include "policy/phrase_matcher.h"
#include "policy/view.h"

namespace aozora::policy {

inline constexpr size_t kPhraseCharactersMax = 120;

// The phrases of a policy, in lists. Filled once, then immutable: any thread may look.
class PhraseBook {
 public:
  using ListId = uint32_t;

  ListId AddList();
  // Words, in which case, width, accents and marks do not matter; an asterisk at the start or end
  // stands for any letters of the same word ("explosi*"). Errors say what is wrong.
  Status AddPhrase(ListId list, std::string_view phrase);
  void Build();  // after the last phrase

  struct Hit {
    ListId list;
    uint32_t begin;  // characters of the view's text, without spaces around
    uint32_t end;
  };
  // Ordered by list, then by begin.
  std::vector<Hit> Find(const View& view) const;
  size_t list_count() const { return list_count_; }

 private:
  struct Phrase {
    ListId list;
    bool open_left, open_right;
    std::u32string words;  // with single spaces between
    uint32_t letter_count;
    std::array<uint32_t, kFormCount> lengths = {};  // of the patterns
  };
  static std::u32string Pattern(const Phrase& phrase, Form form);
  bool Counts(const Phrase& phrase, const View& view, const Hit& hit) const;

  ListId list_count_ = 0;
  std::vector<Phrase> phrases_;
  std::array<PhraseMatcher, kFormCount> matchers_;
};

}  // namespace aozora::policy
