// SPDX-License-Identifier: Apache-2.0
#include "model/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/words.h"

namespace aozora {
namespace {

constexpr size_t kUnknownShownMax = 6;  // in a line; a prompt may be a page
constexpr size_t kWordBytesShownMax = 40;

Result<std::vector<std::string>> Strings(const nlohmann::json& list, std::string_view what) {
  if (!list.is_array() || list.size() > Vocabulary::kWordsMax) {
    return Error::Corrupt("vocabulary: {} must be a list of at most {}", what,
                          Vocabulary::kWordsMax);
  }
  std::vector<std::string> strings;
  for (const nlohmann::json& item : list) {
    if (!item.is_string()) return Error::Corrupt("vocabulary: {} must hold texts", what);
    strings.push_back(item.get<std::string>());
  }
  return strings;
}

}  // namespace

Result<Vocabulary> Vocabulary::FromJson(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("words") || !json.contains("topics")) {
    return Error::Corrupt("vocabulary: must be an object with \"words\" and \"topics\"");
  }
  Vocabulary vocabulary;
  for (std::string& word : TRY(Strings(json["words"], "\"words\""))) {
    vocabulary.words_.insert(std::move(word));
  }
  if (!json["topics"].is_array() || json["topics"].size() > kWordsMax) {
    return Error::Corrupt("vocabulary: \"topics\" must be a list");
  }
  for (const nlohmann::json& topic : json["topics"]) {
    if (!topic.is_object() || !topic.contains("name") || !topic["name"].is_string() ||
        !topic.contains("things")) {
      return Error::Corrupt("vocabulary: a topic needs a \"name\" and \"things\"");
    }
    std::vector<std::string> things = TRY(Strings(topic["things"], "\"things\""));
    vocabulary.topics_.push_back({topic["name"].get<std::string>(), std::move(things)});
  }
  return vocabulary;
}

std::vector<std::string> Vocabulary::UnknownWords(std::string_view prompt) const {
  std::vector<std::string> unknown;
  std::unordered_set<std::string> told;
  for (std::string& word : SplitWords(prompt)) {
    if (!words_.contains(word) && told.insert(word).second) unknown.push_back(std::move(word));
  }
  return unknown;
}

std::string UnknownWordsNote(const Vocabulary& vocabulary, std::string_view prompt) {
  std::vector<std::string> unknown = vocabulary.UnknownWords(prompt);
  if (unknown.empty()) return "";
  const size_t count = unknown.size();
  unknown.resize(std::min(count, kUnknownShownMax));
  for (std::string& word : unknown) {
    if (word.size() > kWordBytesShownMax) word = "a very long word";
  }
  std::string note = fmt::format("this small model does not know: {}", fmt::join(unknown, ", "));
  if (count > unknown.size()) note += fmt::format(" and {} more", count - unknown.size());
  for (const Vocabulary::Topic& topic : vocabulary.topics()) {
    if (topic.name == "subject") {
      note += fmt::format("; it knows {}", fmt::join(topic.things, ", "));
    }
  }
  return note;
}

}  // namespace aozora
