// SPDX-License-Identifier: Apache-2.0
#include "world/lexicon.h"

#include <algorithm>

#include "base/check.h"

namespace aozora::world::internal {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(Trim(text.substr(0, end)));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

template <class Each>
void ForEachLine(std::string_view text, Each each) {
  for (const std::string& line : Split(text, '\n')) {
    if (!line.empty() && line[0] != '#') each(line);
  }
}

Attribute AttributeOf(std::string_view name) {
  for (int i = 0; i < kAttributeCount; ++i) {
    if (AttributeName(static_cast<Attribute>(i)) == name) return static_cast<Attribute>(i);
  }
  CHECK(false);  // a mistake in a data file of ours
  return Attribute::kSetting;
}

// "motion left car train | drives left, drive left, driving left"
void ReadWords(std::string_view line, Lexicon& lexicon) {
  const std::vector<std::string> fields = Split(line, '|');
  const std::vector<std::string> head = Split(fields[0], ' ');
  CHECK(head.size() >= 2 && fields.size() >= 2);
  const Attribute attribute = AttributeOf(head[0]);
  const std::optional<int> value = ParseValue(attribute, head[1]);
  CHECK(value.has_value());
  uint32_t subjects = head.size() == 2 ? ~0u : 0u;
  for (size_t i = 2; i < head.size(); ++i) {
    const std::optional<int> subject = ParseValue(Attribute::kSubject, head[i]);
    CHECK(subject.has_value());
    subjects |= 1u << *subject;
  }
  for (size_t i = 1; i < fields.size(); ++i) {
    Form form;
    form.parts = Split(fields[i], ',');
    form.subjects = subjects;
    lexicon.forms[static_cast<size_t>(attribute)][static_cast<size_t>(*value)].push_back(form);
  }
}

void ReadOtherNames(std::string_view line, Lexicon& lexicon) {
  const std::vector<std::string> fields = Split(line, '|');
  const std::vector<std::string> head = Split(fields[0], ' ');
  CHECK_EQ(head.size(), size_t{2});
  const std::optional<int> subject = ParseValue(Attribute::kSubject, head[1]);
  CHECK(subject.has_value());
  lexicon.other_names[static_cast<size_t>(*subject)].assign(fields.begin() + 1, fields.end());
}

Lexicon Read(std::string_view words, std::string_view grammar, std::string_view other_names) {
  Lexicon lexicon;
  for (int i = 0; i < kAttributeCount; ++i) {
    const int count = ValueCount(static_cast<Attribute>(i));
    lexicon.forms[static_cast<size_t>(i)].resize(static_cast<size_t>(count));
  }
  lexicon.other_names.resize(static_cast<size_t>(ValueCount(Attribute::kSubject)));
  ForEachLine(words, [&](const std::string& line) { ReadWords(line, lexicon); });
  ForEachLine(other_names, [&](const std::string& line) { ReadOtherNames(line, lexicon); });
  ForEachLine(grammar, [&](const std::string& line) { lexicon.templates.push_back(line); });
  for (const auto& values : lexicon.forms) {
    for (const std::vector<Form>& forms : values) CHECK(!forms.empty());
  }
  return lexicon;
}

}  // namespace

const Lexicon& LexiconOf(Language language) {
  static const Lexicon english = Read(kWordsEn, kGrammarEn, kWordnetEn);
  static const Lexicon french = Read(kWordsFr, kGrammarFr, {});
  return language == Language::kEnglish ? english : french;
}

Noun NounOf(const Form& form, Language language) {
  Noun noun;
  std::string first = form.parts[0];
  if (language == Language::kFrench) {
    noun.feminine = first.starts_with("f ");
    first = first.substr(2);
  } else if (first.starts_with("the ")) {
    noun.definite = true;
    first = first.substr(4);
  } else if (first.starts_with("- ")) {
    noun.plural_only = true;
    first = first.substr(2);
  }
  noun.singular = first;
  noun.plural = form.parts.size() > 1 ? form.parts[1] : first;
  return noun;
}

}  // namespace aozora::world::internal
