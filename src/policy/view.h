// SPDX-License-Identifier: Apache-2.0
// A prompt as it may be meant: the ways of reading that rules are held against.
#pragma once

#include <string_view>

#include "policy/letters.h"

namespace aozora::policy {

// In which form phrases are looked for in a view.
enum class Form {
  kWords,      // as they are written
  kSkeleton,   // as skeletons of confusables
  kCollapsed,  // with each run of a letter as one; counts only where the text had more of them
  kCompact,    // without spaces and bounds of words; short phrases do not count
};
inline constexpr size_t kFormCount = 4;

struct View {
  std::string_view name;  // for the reviewer: "plain", "reversed" ...
  Form form = Form::kWords;
  // A reading that hardly anybody means (reversed prose, say): short phrases do not count.
  bool is_doubtful = false;
  std::u32string text;            // words with single spaces around each
  Letters letters;                // as many as text
  std::vector<uint32_t> word_of;  // for each letter
};

// Parts the letters into words.
View MakeView(std::string_view name, Form form, const Letters& letters);

// All views of a prompt: some thirty of it as it stands and of each of the three notations that it
// may hold text in. None has more than kFoldedMax times the characters of the prompt, most have
// about as many; equal ones are left out.
std::vector<View> MakeViews(std::string_view prompt);

}  // namespace aozora::policy
