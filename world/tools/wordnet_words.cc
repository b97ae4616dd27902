// SPDX-License-Identifier: Apache-2.0
// Writes world/data/wordnet.en.txt: other names of the subjects, out of WordNet (Debian:
// wordnet-base). Run by hand when the seeds change; the build reads only what it wrote.
//   wordnet_words /usr/share/wordnet world/data/wordnet_seeds.txt > world/data/wordnet.en.txt
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/units.h"

namespace aozora::world {
namespace {

constexpr uint64_t kFileBytesMax = 64_MiB;
constexpr size_t kNamesMax = 14;  // of a subject

// Formats: wndb(5WN). A line of index.noun: lemma pos synset_cnt p_cnt [symbols] sense_cnt
// tagsense_cnt offset...; of data.noun at its offset: offset lex pos w_cnt(hex) (word lex_id)...
// p_cnt (symbol offset pos source)...
std::vector<uint64_t> OffsetsOf(const std::string& index, const std::string& lemma) {
  const size_t at = index.find("\n" + lemma + " n ");
  if (at == std::string::npos) return {};
  std::istringstream line(index.substr(at + 1, index.find('\n', at + 1) - at - 1));
  std::string word;
  size_t synset_count = 0, pointer_count = 0, skipped = 0;
  line >> word >> word >> synset_count >> pointer_count;
  for (size_t i = 0; i < pointer_count; ++i) line >> word;
  line >> skipped >> skipped;
  std::vector<uint64_t> offsets;
  for (uint64_t offset = 0; line >> offset;) offsets.push_back(offset);
  return offsets;
}

struct Synset {
  std::vector<std::string> words;
  std::vector<uint64_t> hyponyms;
};

Synset ReadSynset(const std::string& data, uint64_t offset) {
  Synset synset;
  if (offset >= data.size()) return synset;
  std::istringstream line(data.substr(offset, data.find('\n', offset) - offset));
  std::string word, kind;
  size_t word_count = 0, pointer_count = 0;
  line >> word >> word >> word >> std::hex >> word_count >> std::dec;
  for (size_t i = 0; i < word_count; ++i) {
    line >> word >> kind;
    synset.words.push_back(word);
  }
  line >> pointer_count;
  for (size_t i = 0; i < pointer_count; ++i) {
    std::string symbol, part, source;
    uint64_t to = 0;
    line >> symbol >> to >> part >> source;
    if (symbol == "~") synset.hyponyms.push_back(to);
  }
  return synset;
}

// Names that a person would type: small letters, at most two words.
bool IsPlain(const std::string& word) {
  const bool letters = std::all_of(word.begin(), word.end(),
                                   [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return letters && word.size() <= 18 && std::count(word.begin(), word.end(), '_') <= 1;
}

void PrintNames(const std::string& seed, const std::string& index, const std::string& data) {
  std::istringstream line(seed);
  std::string subject, lemma, depth, word;
  size_t sense = 0;
  line >> subject >> lemma >> sense >> depth;
  std::set<std::string> seen;
  while (line >> word) seen.insert(word);
  const std::vector<uint64_t> offsets = OffsetsOf(index, lemma);
  if (sense == 0 || sense > offsets.size()) return;
  const Synset root = ReadSynset(data, offsets[sense - 1]);
  std::vector<std::string> names;
  const auto take = [&](const Synset& synset) {
    for (const std::string& name : synset.words) {
      if (IsPlain(name) && seen.insert(name).second && names.size() < kNamesMax)
        names.push_back(name);
    }
  };
  take(root);
  for (const uint64_t hyponym : root.hyponyms) {
    if (depth == "all") take(ReadSynset(data, hyponym));
  }
  std::string text = "subject " + subject;
  for (std::string& name : names) {
    std::replace(name.begin(), name.end(), '_', ' ');
    text += " | " + name;
  }
  if (!names.empty()) fmt::print("{}\n", text);
}

Status Run(const std::filesystem::path& wordnet, const std::filesystem::path& seeds) {
  const std::string index = TRY(ReadFile(wordnet / "index.noun", kFileBytesMax));
  const std::string data = TRY(ReadFile(wordnet / "data.noun", kFileBytesMax));
  std::istringstream lines(TRY(ReadFile(seeds, kFileBytesMax)));
  fmt::print(
      "# More names of the subjects, written by wordnet_words from WordNet 3.0 (Debian package\n"
      "# wordnet-base) and wordnet_seeds.txt. WordNet 3.0 Copyright 2006 by Princeton University.\n"
      "# All rights reserved. THIS SOFTWARE AND DATABASE IS PROVIDED \"AS IS\" AND PRINCETON\n"
      "# UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. Used under the\n"
      "# WordNet License (https://wordnet.princeton.edu/license-and-commercial-use): use, "
      "copying,\n"
      "# modification and distribution for any purpose, without fee, with this notice.\n");
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != '#') PrintNames(line, index, data);
  }
  return {};
}

}  // namespace
}  // namespace aozora::world

int main(int count, char** arguments) {
  if (count != 3) {
    fmt::print(stderr, "usage: wordnet_words WORDNET_FOLDER SEEDS_FILE\n");
    return 2;
  }
  const aozora::Status status = aozora::world::Run(arguments[1], arguments[2]);
  if (!status.ok()) fmt::print(stderr, "{}\n", status.error().message());
  return status.ok() ? 0 : 1;
}
