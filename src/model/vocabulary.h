// SPDX-License-Identifier: Apache-2.0
// What a small model knows. Most models take any words; one that knows a few hundred says which,
// and a person is told which of theirs it does not know.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"

namespace aozora {

class Vocabulary {
 public:
  // Things of a kind that the model knows, as people call them: "subject": "sailboat", ...
  struct Topic {
    std::string name;
    std::vector<std::string> things;
  };

  // {"words": ["a", "sailboat", ...], "topics": [{"name": "subject", "things": ["sailboat"]}]}
  // kCorrupt for anything else, or more than kWordsMax words.
  static constexpr size_t kWordsMax = 100'000;
  static Result<Vocabulary> FromJson(std::string_view json);

  // Words of the prompt that the model does not know, each once, as SplitWords (text/words.h) gives
  // them.
  std::vector<std::string> UnknownWords(std::string_view prompt) const;
  const std::vector<Topic>& topics() const { return topics_; }

 private:
  std::unordered_set<std::string> words_;
  std::vector<Topic> topics_;
};

// One line for a person: which words are not known, and what is. Empty if all are.
std::string UnknownWordsNote(const Vocabulary& vocabulary, std::string_view prompt);

}  // namespace aozora
