// SPDX-License-Identifier: Apache-2.0
#include "policy/phrase_book.h"

#include <algorithm>
#include <tuple>

#include "text/unicode.h"

namespace aozora::policy {
namespace {

// Without bounds of words, short phrases are found inside of others ("sex" in "sextant").
constexpr uint32_t kCompactLettersMin = 4;
// In prose read backwards, "sun" is "nus"; nothing that long is in the dictionary both ways.
constexpr uint32_t kDoubtfulLettersMin = 6;
// How many more letters a text must have than the phrase to be one with letters repeated:
// "shoot" is not a "shot" of that kind.
constexpr uint32_t kRepeatedLettersMin = 2;

std::u32string Words(const Letters& letters) {
  std::u32string words = MakeView("", Form::kWords, letters).text;
  return words.size() < 2 ? std::u32string() : words.substr(1, words.size() - 2);
}

Letters AsLetters(std::u32string_view text) {
  Letters letters;
  for (const char32_t c : text) letters.push_back({c, {}});
  return letters;
}

}  // namespace

PhraseBook::ListId PhraseBook::AddList() { return list_count_++; }

Status PhraseBook::AddPhrase(ListId list, std::string_view phrase) {
  CHECK_LT(list, list_count_);
  std::string_view bare = phrase;
  const bool open_left = bare.starts_with('*');
  if (open_left) bare.remove_prefix(1);
  const bool open_right = bare.ends_with('*');
  if (open_right) bare.remove_suffix(1);
  if (bare.find('*') != bare.npos) {
    return Error::Invalid("\"{}\" has an asterisk inside; only its ends may be open", phrase);
  }
  if (!DecodeUtf8(bare).ok()) return Error::Invalid("a phrase is not UTF-8");
  const std::u32string words = Words(Fold(DecodeLetters(bare)));
  if (words.empty()) return Error::Invalid("\"{}\" has no letter or digit", phrase);
  if (words.size() > kPhraseCharactersMax) {
    return Error::Invalid("a phrase has {} characters, at most {}", words.size(),
                          kPhraseCharactersMax);
  }
  const auto spaces = std::count(words.begin(), words.end(), U' ');
  phrases_.push_back({list, open_left, open_right, words,
                      static_cast<uint32_t>(words.size() - static_cast<size_t>(spaces))});
  return Ok();
}

std::u32string PhraseBook::Pattern(const Phrase& phrase, Form form) {
  std::u32string words = phrase.words;
  if (form == Form::kSkeleton) words = Words(Skeleton(AsLetters(words)));
  if (form == Form::kCollapsed) words = Words(CollapseRuns(AsLetters(words)));
  if (form == Form::kCompact) {
    std::erase(words, U' ');
    return phrase.letter_count < kCompactLettersMin ? std::u32string() : words;
  }
  return (phrase.open_left ? U"" : U" ") + words + (phrase.open_right ? U"" : U" ");
}

void PhraseBook::Build() {
  for (size_t form = 0; form < kFormCount; ++form) {
    std::vector<std::u32string> patterns;
    for (Phrase& phrase : phrases_) {
      patterns.push_back(Pattern(phrase, static_cast<Form>(form)));
      phrase.lengths[form] = static_cast<uint32_t>(patterns.back().size());
    }
    matchers_[form] = PhraseMatcher({patterns.begin(), patterns.end()});
  }
}

bool PhraseBook::Counts(const Phrase& phrase, const View& view, const Hit& hit) const {
  if (view.is_doubtful && phrase.letter_count < kDoubtfulLettersMin) return false;
  if (view.form != Form::kCollapsed && view.form != Form::kSkeleton) return true;
  uint32_t letter_count = 0;  // of the prompt
  for (uint32_t i = hit.begin; i < hit.end; ++i) {
    const bool same_letter = i > hit.begin && view.letters[i].bytes == view.letters[i - 1].bytes;
    letter_count += view.text[i] == ' ' || same_letter ? 0 : view.letters[i].run;
  }
  // "rn" may be meant as "m", but nobody means "rn" by "m": "pom" begins with "porn" as a skeleton.
  if (view.form == Form::kSkeleton) return letter_count >= phrase.letter_count;
  return letter_count >= phrase.letter_count + kRepeatedLettersMin;
}

std::vector<PhraseBook::Hit> PhraseBook::Find(const View& view) const {
  std::vector<Hit> hits;
  const auto form = static_cast<size_t>(view.form);
  for (const PhraseMatcher::Hit& found : matchers_[form].Find(view.text)) {
    const Phrase& phrase = phrases_[found.pattern_index];
    Hit hit = {phrase.list, found.end - phrase.lengths[form], found.end};
    if (view.text[hit.begin] == ' ') ++hit.begin;
    if (view.text[hit.end - 1] == ' ') --hit.end;
    if (Counts(phrase, view, hit)) hits.push_back(hit);
  }
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return std::tie(a.list, a.begin, a.end) < std::tie(b.list, b.begin, b.end);
  });
  return hits;
}

}  // namespace aozora::policy
