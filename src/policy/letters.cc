// SPDX-License-Identifier: Apache-2.0
#include "policy/letters.h"

#include <algorithm>

#include "text/fold.h"
#include "text/unicode.h"

namespace aozora::policy {
namespace {

template <class Append>
Letters Map(const Letters& letters, Append append) {
  Letters mapped;
  mapped.reserve(letters.size());
  std::u32string to;
  for (const Letter& letter : letters) {
    to.clear();
    append(letter.c, &to);
    for (const char32_t c : to) mapped.push_back({c, letter.bytes});
  }
  return mapped;
}

// What a sign in a word looks like; 0 for none. ('1' and '|' are the caller's.)
char32_t LooksLike(char32_t c) {
  switch (c) {
    case '0':
      return 'o';
    case '2':
      return 'z';
    case '3':
      return 'e';
    case '4':
      return 'a';
    case '5':
      return 's';
    case '6':
      return 'g';
    case '7':
      return 't';
    case '8':
      return 'b';
    case '9':
      return 'g';
    case '@':
      return 'a';
    case '$':
      return 's';
    case '+':
      return 't';
    case '!':
      return 'i';
    case U'€':
      return 'e';
    case U'£':
      return 'l';
    case U'¢':
      return 'c';
    default:
      return 0;
  }
}

bool IsOne(char32_t c) { return c == '1' || c == '|'; }
bool IsEndMark(char32_t c) { return c == '!' || c == '+'; }
bool IsLeetSign(char32_t c) { return !IsWordLetter(c) && (LooksLike(c) != 0 || IsOne(c)); }

}  // namespace

bool IsWordLetter(char32_t c) { return c != '_' && IsWordCharacter(c); }

Letters DecodeLetters(std::string_view bytes, const std::vector<Span>& origins) {
  Letters letters;
  letters.reserve(bytes.size());
  for (size_t at = 0; at < bytes.size();) {
    char32_t c = ' ';
    const size_t length = std::max<size_t>(DecodeUtf8Prefix(bytes.substr(at), &c), 1);
    const auto begin = static_cast<uint32_t>(at);
    const auto end = static_cast<uint32_t>(at + length);
    letters.push_back(
        {c, origins.empty() ? Span{begin, end} : Span{origins[at].begin, origins[end - 1].end}});
    at += length;
  }
  return letters;
}

Letters Fold(const Letters& letters) {
  return Map(letters, [](char32_t c, std::u32string* to) { AppendFolded(c, to); });
}

Letters Skeleton(const Letters& letters) {
  return Map(letters, [](char32_t c, std::u32string* to) { AppendSkeleton(c, to); });
}

Letters ReadLeet(const Letters& folded, const LeetReading& reading) {
  Letters read = folded;
  const auto in_token = [&](size_t i) {
    return i < folded.size() && (IsWordLetter(folded[i].c) || IsLeetSign(folded[i].c));
  };
  for (size_t begin = 0; begin < folded.size();) {
    size_t end = begin;
    bool has_letter = reading.is_bold;
    for (; in_token(end); ++end) {
      has_letter |= IsWordLetter(folded[end].c) && !IsDecimalDigit(folded[end].c);
    }
    size_t last = end;  // exclamation marks end words more often than they are letters
    while (!reading.is_bold && last > begin && IsEndMark(folded[last - 1].c)) --last;
    for (size_t i = begin; has_letter && i < last; ++i) {
      const char32_t like = IsOne(folded[i].c) ? reading.one : LooksLike(folded[i].c);
      if (like != 0) read[i].c = like;
    }
    begin = end + 1;
  }
  return read;
}

Letters CollapseRuns(const Letters& letters) {
  Letters collapsed;
  collapsed.reserve(letters.size());
  for (const Letter& letter : letters) {
    if (!collapsed.empty() && collapsed.back().c == letter.c && IsWordLetter(letter.c)) {
      collapsed.back().run += letter.run;
      collapsed.back().bytes.end = std::max(collapsed.back().bytes.end, letter.bytes.end);
    } else {
      collapsed.push_back(letter);
    }
  }
  return collapsed;
}

Letters DropMarksInWords(const Letters& letters) {
  constexpr size_t kMarksMax = 2;  // "mur--der"; three are a dash
  Letters joined;
  joined.reserve(letters.size());
  for (size_t i = 0; i < letters.size();) {
    size_t end = i;
    while (end < letters.size() && !IsWordLetter(letters[end].c) && !IsSpace(letters[end].c)) {
      ++end;
    }
    const bool inside = i > 0 && end > i && end - i <= kMarksMax && end < letters.size() &&
                        IsWordLetter(letters[i - 1].c) && IsWordLetter(letters[end].c);
    if (!inside) joined.insert(joined.end(), letters.begin() + i, letters.begin() + end);
    if (end < letters.size()) joined.push_back(letters[end]);
    i = end + 1;
  }
  return joined;
}

Letters Reverse(const Letters& letters) { return Letters(letters.rbegin(), letters.rend()); }

Letters ReverseWords(const Letters& letters) {
  Letters reversed = letters;
  for (size_t begin = 0; begin < reversed.size();) {
    size_t end = begin;
    while (end < reversed.size() && (IsWordLetter(reversed[end].c) || reversed[end].c == '\'' ||
                                     reversed[end].c == U'\u2019')) {
      ++end;
    }
    std::reverse(reversed.begin() + begin, reversed.begin() + end);
    begin = end + 1;
  }
  return reversed;
}

Letters Rot13(const Letters& letters) {
  Letters turned = letters;
  for (Letter& letter : turned) {
    const char32_t c = letter.c;
    if (!IsAsciiLetter(c)) continue;
    const char32_t first = c >= 'a' ? 'a' : 'A';
    letter.c = first + (c - first + 13) % 26;
  }
  return turned;
}

}  // namespace aozora::policy
