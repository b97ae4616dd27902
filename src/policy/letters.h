// SPDX-License-Identifier: Apache-2.0
// A text as characters that remember which bytes of the prompt they came from, through all that is
// done to them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aozora::policy {

struct Span {  // bytes of the prompt
  uint32_t begin = 0;
  uint32_t end = 0;
  bool operator==(const Span&) const = default;
};

struct Letter {
  char32_t c;
  Span bytes;
  uint32_t run = 1;  // how many equal letters this one stands for
};
using Letters = std::vector<Letter>;

// `origins[i]` is where byte i came from; without, each byte from itself. Bytes that are not UTF-8
// become spaces.
Letters DecodeLetters(std::string_view bytes, const std::vector<Span>& origins = {});

bool IsWordLetter(char32_t c);  // a letter or digit of any script; no underscore

Letters Fold(const Letters& letters);      // text/fold.h, AppendFolded
Letters Skeleton(const Letters& letters);  // text/fold.h, AppendSkeleton

// "k1ll" as "kill": digits and signs in words as the letters that they look like.
struct LeetReading {
  char32_t one = 'i';    // what '1' and '|' stand for: i or l
  bool is_bold = false;  // also numbers ("45" as "as") and exclamation marks that end words
};
Letters ReadLeet(const Letters& folded, const LeetReading& reading);

Letters CollapseRuns(const Letters& letters);  // "kiiill" as "kil", with the runs' lengths

// "w.a.r" and "w a r" as "war". Where wider gaps, or gaps of another kind, part some of the single
// letters, they part words; `gapless` leaves no gap at all, and drops all the other text except
// words that are too long for one.
Letters JoinSingles(const Letters& letters, bool gapless);

Letters DropMarksInWords(const Letters& letters);  // "mur-der" as "murder"
Letters Reverse(const Letters& letters);
Letters ReverseWords(const Letters& letters);  // each word for itself, apostrophes inside
Letters Rot13(const Letters& letters);         // ASCII only, before folding

// Texts that the prompt holds in another notation, empty if none. For base64: the words that are
// the code of readable text.
Letters DecodePercent(std::string_view prompt);
Letters DecodeHtml(std::string_view prompt);
Letters DecodeBase64(std::string_view prompt);

}  // namespace aozora::policy
