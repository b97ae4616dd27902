// SPDX-License-Identifier: Apache-2.0
// Which words the embedded model was taught, for src/model/vocabulary.h.
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "trainer/presets.h"
#include "world/caption.h"

namespace aozora::trainer {
namespace {

using world::Attribute;

// A word is taught if it means something that is in the subset, or nothing in particular.
bool Taught(std::string_view word, world::Language language, const world::WorldSubset& subset) {
  const auto senses = ParseWord(word, language);
  for (const world::WordSense& sense : senses) {
    if (sense.attribute == Attribute::kRelation ? subset.two_subjects
                                                : subset.Allows(sense.attribute, sense.value)) {
      return true;
    }
  }
  return senses.empty();
}

std::string Spoken(std::string_view name) {
  std::string text(name);
  for (char& c : text) c = c == '_' ? ' ' : c;
  return text;
}

}  // namespace

Status WriteVocabulary(const RunOptions& options) {
  const world::WorldSubset subset = options.subset();
  std::set<std::string> words;
  for (const world::Language language : world::kLanguages) {
    for (const std::string& word : world::KnownWords(language)) {
      if (Taught(word, language, subset)) words.insert(word);
    }
  }
  nlohmann::json topics = nlohmann::json::array();
  for (int i = 0; i < world::kAttributeCount; ++i) {
    const Attribute attribute = static_cast<Attribute>(i);
    if (attribute == Attribute::kRelation && !subset.two_subjects) continue;
    nlohmann::json things = nlohmann::json::array();
    for (int value = 0; value < ValueCount(attribute); ++value) {
      if (subset.Allows(attribute, value)) things.push_back(Spoken(ValueName(attribute, value)));
    }
    topics.push_back({{"name", AttributeName(attribute)}, {"things", things}});
  }
  std::ofstream file(options.out / "vocabulary.json");
  file << nlohmann::json({{"words", words}, {"topics", topics}}).dump(1) << '\n';
  return file ? Status() : Error::Io("vocabulary.json cannot be written");
}

}  // namespace aozora::trainer
