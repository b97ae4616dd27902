// SPDX-License-Identifier: Apache-2.0
#include "policy/view.h"

#include <algorithm>
#include <array>
#include <string>

#include "text/unicode.h"

namespace aozora::policy {
namespace {

// Of compact views, which have no words: an average word of English and French.
constexpr size_t kCompactWordLetters = 5;

// A reading with more of these than the prompt as it stands is language, and was meant.
constexpr std::array<std::u32string_view, 61> kCommonWords = {
    U"a",   U"an",   U"and",  U"are",   U"as",   U"at",  U"but",  U"by",  U"for",  U"from", U"her",
    U"his", U"i",    U"in",   U"is",    U"it",   U"my",  U"not",  U"of",  U"on",   U"or",   U"our",
    U"she", U"that", U"the",  U"their", U"this", U"to",  U"was",  U"who", U"with", U"you",  U"au",
    U"aux", U"avec", U"dans", U"de",    U"des",  U"du",  U"elle", U"en",  U"est",  U"et",   U"il",
    U"je",  U"la",   U"le",   U"les",   U"ma",   U"mon", U"par",  U"pas", U"pour", U"que",  U"qui",
    U"sa",  U"ses",  U"son",  U"sur",   U"un",   U"une"};

constexpr LeetReading kLeetReadings[] = {{'i', false}, {'l', false}, {'i', true}, {'l', true}};

size_t CountCommonWords(const View& view) {
  size_t count = 0;
  for (size_t begin = 1; begin < view.text.size();) {
    const size_t end = view.text.find(U' ', begin);
    const std::u32string_view word = std::u32string_view(view.text).substr(begin, end - begin);
    count += std::find(kCommonWords.begin(), kCommonWords.end(), word) != kCommonWords.end();
    begin = end + 1;
  }
  return count;
}

// The readings of one text (the prompt, or what it holds in another notation).
class Readings {
 public:
  Readings(std::string_view notation, std::vector<View>* views)
      : notation_(notation), views_(views) {}

  void Add(const Letters& letters) {
    const Letters folded = Fold(letters);
    AddPlain(folded);
    Letters skeleton = Skeleton(letters);
    Add("confusables", Form::kSkeleton, skeleton);
    skeleton = Skeleton(folded);
    Add("confusables", Form::kSkeleton, skeleton);
    Add("confusables", Form::kSkeleton, DropMarksInWords(skeleton));
    AddJoined(folded);
    AddTurned(letters, folded);
  }

 private:
  void AddPlain(const Letters& folded) {
    Add("plain", Form::kWords, folded);
    Add("joined", Form::kWords, DropMarksInWords(folded));
    AddLeet(folded);
  }

  void AddLeet(const Letters& folded) {
    for (const LeetReading& reading : kLeetReadings) {
      const Letters leet = ReadLeet(folded, reading);
      Add("look-alike signs", Form::kWords, leet);
      Add("repeated letters", Form::kCollapsed, CollapseRuns(leet));
      Add("joined", Form::kWords, DropMarksInWords(leet));
    }
  }

  void AddJoined(const Letters& folded) {
    const Letters joined = JoinSingles(folded, false);
    Add("spaced letters", Form::kWords, joined);
    for (const LeetReading& reading : kLeetReadings) {
      Add("spaced letters", Form::kWords, ReadLeet(joined, reading));
      Add("spaced letters", Form::kWords, JoinSingles(ReadLeet(folded, reading), false));
    }
    Add("no spaces", Form::kCompact, JoinSingles(folded, true));
    Add("no spaces", Form::kCompact, JoinSingles(DropMarksInWords(folded), true));
  }

  void AddTurned(const Letters& letters, const Letters& folded) {
    const size_t common = CountCommonWords(MakeView("", Form::kWords, folded));
    const auto add = [&](std::string_view name, const Letters& turned) {
      const bool is_language = CountCommonWords(MakeView(name, Form::kWords, turned)) > common;
      Add(name, Form::kWords, turned, !is_language);
    };
    add("reversed", Reverse(folded));
    add("reversed words", ReverseWords(folded));
    add("rot13", Fold(Rot13(letters)));
  }

  void Add(std::string_view name, Form form, const Letters& letters, bool is_doubtful = false) {
    View view = MakeView(notation_.empty() ? name : notation_, form, letters);
    view.is_doubtful = is_doubtful;
    const bool known = std::any_of(views_->begin(), views_->end(), [&](const View& other) {
      return other.form == form && other.is_doubtful <= is_doubtful && other.text == view.text;
    });
    if (!known && view.text.size() > 1) views_->push_back(std::move(view));
  }

  std::string_view notation_;
  std::vector<View>* views_;
};

}  // namespace

View MakeView(std::string_view name, Form form, const Letters& letters) {
  View view;
  view.name = name;
  view.form = form;
  view.text.reserve(letters.size() + 2);
  view.letters.reserve(letters.size() + 2);
  const auto append = [&](const Letter& letter) {
    view.text.push_back(letter.c);
    view.letters.push_back(letter);
  };
  append({' ', {}});
  for (const Letter& letter : letters) {
    const bool in_word = IsWordLetter(letter.c);
    if (in_word) append(letter);
    if (!in_word && view.text.back() != ' ') append({' ', letter.bytes});
  }
  if (view.text.back() != ' ') append({' ', {}});
  view.word_of.reserve(view.text.size());
  uint32_t word = 0;
  for (size_t i = 0; i < view.text.size(); ++i) {
    view.word_of.push_back(form == Form::kCompact ? static_cast<uint32_t>(i / kCompactWordLetters)
                                                  : word);
    word += view.text[i] == ' ';
  }
  return view;
}

std::vector<View> MakeViews(std::string_view prompt) {
  std::vector<View> views;
  Readings("", &views).Add(DecodeLetters(prompt));
  const auto add_decoded = [&](std::string_view name, const Letters& letters) {
    if (!letters.empty()) Readings(name, &views).Add(letters);
  };
  add_decoded("percent code", DecodePercent(prompt));
  add_decoded("html references", DecodeHtml(prompt));
  add_decoded("base64", DecodeBase64(prompt));
  return views;
}

}  // namespace aozora::policy
