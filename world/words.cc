// SPDX-License-Identifier: Apache-2.0
// From words back to what they mean.
#include <algorithm>
#include <map>
#include <set>

#include "world/caption.h"
#include "world/lexicon.h"

namespace aozora::world {
namespace {

using internal::Form;
using internal::Lexicon;

// Words that carry no meaning here, though they stand in phrases that do.
const std::set<std::string>& EmptyWords(Language language) {
  static const std::set<std::string> english = {
      "a",  "an", "the", "of",   "on", "in",    "at",  "is",     "are", "it",
      "by", "to", "and", "with", "as", "while", "one", "single", "like"};
  static const std::set<std::string> french = {"un",  "une",  "le",   "la",  "les",  "l",    "d",
                                               "de",  "des",  "du",   "à",   "au",   "aux",  "en",
                                               "sur", "dans", "par",  "s",   "se",   "et",   "avec",
                                               "ne",  "pas",  "sous", "une", "seul", "comme"};
  return language == Language::kEnglish ? english : french;
}

struct Dictionary {
  std::map<std::string, std::vector<WordSense>, std::less<>> senses;
  std::vector<std::string> known;
};

void AddPhrase(std::string_view phrase, WordSense sense, Language language, Dictionary& d) {
  for (const std::string& word : SplitWords(phrase)) {
    std::vector<WordSense>& senses = d.senses[word];
    // Numbers are words of their own, whatever else they are.
    const bool empty = EmptyWords(language).contains(word) && sense.attribute != Attribute::kCount;
    if (empty || std::find(senses.begin(), senses.end(), sense) != senses.end()) continue;
    senses.push_back(sense);
  }
}

// The words of a template, its placeholders left out.
std::string PlainWords(std::string_view form) {
  std::string text;
  bool inside = false;
  for (const char c : form) {
    if (c == '{') inside = true;
    if (!inside) text += c == '[' || c == ']' ? ' ' : c;
    if (c == '}') inside = false, text += ' ';
  }
  return text;
}

Dictionary Build(Language language) {
  const Lexicon& lexicon = internal::LexiconOf(language);
  Dictionary d;
  for (int i = 0; i < kAttributeCount; ++i) {
    const Attribute attribute = static_cast<Attribute>(i);
    for (int value = 0; value < ValueCount(attribute); ++value) {
      for (const Form& form : lexicon.Of(attribute, value)) {
        for (size_t part = 0; part < form.parts.size(); ++part) {
          const bool noun = attribute == Attribute::kSubject && part == 0;
          const std::string phrase =
              noun ? internal::NounOf(form, language).singular : form.parts[part];
          AddPhrase(phrase, {attribute, value}, language, d);
        }
      }
    }
  }
  for (size_t i = 0; i < lexicon.other_names.size(); ++i) {
    for (const std::string& name : lexicon.other_names[i]) {
      AddPhrase(name, {Attribute::kSubject, static_cast<int>(i)}, language, d);
    }
  }
  std::set<std::string> known = EmptyWords(language);
  for (const auto& [word, senses] : d.senses) known.insert(word);
  for (const std::string& form : lexicon.templates) {
    for (std::string& word : SplitWords(PlainWords(form))) known.insert(std::move(word));
  }
  const std::string_view said = language == Language::kEnglish
                                    ? "it they the scene takes place"
                                    : "il elle ils elles la scène se passe";
  for (std::string& word : SplitWords(said)) known.insert(std::move(word));
  d.known.assign(known.begin(), known.end());
  return d;
}

const Dictionary& DictionaryOf(Language language) {
  static const Dictionary english = Build(Language::kEnglish);
  static const Dictionary french = Build(Language::kFrench);
  return language == Language::kEnglish ? english : french;
}

}  // namespace

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    // The apostrophe of typesetting, U+2019, ends an elided word as ' does; guillemets (C2 ..) and
    // other punctuation end one too.
    if (text.substr(i).starts_with("\xE2\x80\x99")) {
      finish();
      i += 2;
    } else if (c >= 'A' && c <= 'Z') {
      word += static_cast<char>(c - 'A' + 'a');
    } else if (c == 0xC3 && i + 1 < text.size()) {  // À .. Þ become à .. þ
      const unsigned char next = static_cast<unsigned char>(text[++i]);
      word += static_cast<char>(c);
      word += static_cast<char>(next < 0xA0 && next != 0x97 ? next + 0x20 : next);
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 0x80 && c != 0xC2)) {
      word += static_cast<char>(c);
    } else {
      finish();
      if (c == 0xC2) ++i;
    }
  }
  finish();
  return words;
}

std::span<const WordSense> ParseWord(std::string_view word, Language language) {
  const std::vector<std::string> words = SplitWords(word);
  if (words.empty()) return {};
  const Dictionary& d = DictionaryOf(language);
  const auto found = d.senses.find(words.back());
  return found == d.senses.end() ? std::span<const WordSense>() : found->second;
}

const std::vector<std::string>& KnownWords(Language language) {
  return DictionaryOf(language).known;
}

}  // namespace aozora::world
