// SPDX-License-Identifier: Apache-2.0
// Words that were taken apart into single letters.
#include <algorithm>

#include "policy/letters.h"
#include "text/unicode.h"

namespace aozora::policy {
namespace {

constexpr size_t kSinglesMin = 4;    // "a b c" is no word taken apart
constexpr size_t kGapMax = 4;        // more between two letters parts sentences
constexpr size_t kLongWordMin = 16;  // such a "word" may be several without spaces

struct Word {
  size_t begin, end;  // of the letters
};

std::vector<Word> FindWords(const Letters& letters) {
  std::vector<Word> words;
  for (size_t i = 0; i < letters.size();) {
    size_t end = i;
    while (end < letters.size() && IsWordLetter(letters[end].c)) ++end;
    if (end > i) words.push_back({i, end});
    i = end + 1;
  }
  return words;
}

struct Gap {
  size_t length;
  bool has_space;
};

Gap GapAfter(const Letters& letters, const std::vector<Word>& words, size_t word) {
  Gap gap = {words[word + 1].begin - words[word].end, false};
  for (size_t i = words[word].end; i < words[word + 1].begin; ++i) {
    gap.has_space |= IsSpace(letters[i].c);
  }
  return gap;
}

// How gaps inside of words look among words [begin, end).
struct Inner {
  size_t length_min = kGapMax;
  bool has_space = true;
};

Inner FindInner(const Letters& letters, const std::vector<Word>& words, size_t begin, size_t end) {
  Inner inner;
  for (size_t w = begin; w + 1 < end; ++w) {
    const Gap gap = GapAfter(letters, words, w);
    inner.length_min = std::min(inner.length_min, gap.length);
    inner.has_space &= gap.has_space;
  }
  return inner;
}

bool PartsWords(const Gap& gap, const Inner& inner) {
  return gap.length > inner.length_min || (gap.has_space && !inner.has_space);
}

}  // namespace

Letters JoinSingles(const Letters& letters, bool gapless) {
  const std::vector<Word> words = FindWords(letters);
  Letters joined;
  const auto append_word = [&](const Word& word) {
    joined.insert(joined.end(), letters.begin() + word.begin, letters.begin() + word.end);
  };
  const auto append_space = [&] { joined.push_back({' ', {}}); };
  const auto is_single = [&](size_t w) { return words[w].end - words[w].begin == 1; };
  for (size_t w = 0; w < words.size();) {
    size_t end = w;
    while (end < words.size() && is_single(end) &&
           (end == w || GapAfter(letters, words, end - 1).length <= kGapMax)) {
      ++end;
    }
    if (end - w < kSinglesMin) {
      end = std::max(end, w + 1);
      for (; w < end; ++w) {
        if (gapless && words[w].end - words[w].begin < kLongWordMin) continue;
        append_word(words[w]);
        append_space();
      }
      continue;
    }
    const Inner inner = FindInner(letters, words, w, end);
    for (; w < end; ++w) {
      append_word(words[w]);
      if (w + 1 == end || (!gapless && PartsWords(GapAfter(letters, words, w), inner))) {
        append_space();
      }
    }
  }
  return joined;
}

}  // namespace aozora::policy
