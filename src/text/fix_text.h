// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aozora {

// Mends what happens to text on its way: misread encodings, HTML references, terminal colours,
// ligatures, full-width letters, curly quotes, odd line breaks, control characters; then NFC. These
// are the steps of ftfy.fix_text with its default settings, version 6.3.1
// (github.com/rspeer/python-ftfy, ftfy/__init__.py and ftfy/fixes.py), line by line as there.
//
// One of its steps has nothing to do here: text that comes as UTF-8 has no surrogates. And there is
// a bound on the work (RepairBudget), so that the time is linear in the text.
std::u32string FixText(std::u32string_view text);

}  // namespace aozora
