// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace aozora {

inline constexpr size_t kPromptBytesMax = 64_KiB;
// Cleaning can make text longer: some characters are several in NFC, three times the bytes at most.
inline constexpr size_t kCleanPromptBytesMax = 4 * kPromptBytesMax;

// Turns a prompt into the form in which the models saw their training captions: ftfy.fix_text,
// html.unescape twice, and each run of white space one space, none at the ends (Wan-Video/Wan2.2
// wan/modules/tokenizers.py, mode "whitespace"; diffusers pipeline_wan.py, prompt_clean).
//
// Errors: kInvalid for more than kPromptBytesMax bytes or what is not UTF-8. Any thread. The time
// is linear in the text, except that ICU sorts each run of combining marks in quadratic time: half
// a second for a prompt of nothing else.
Result<std::string> CleanPrompt(std::string_view prompt);

}  // namespace aozora
