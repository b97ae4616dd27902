// SPDX-License-Identifier: Apache-2.0
// What is left of a character when only its looks matter. Unlike normal forms of whole texts, these
// go by one code point at a time, so that a caller knows where each result came from, and the time
// is linear whatever marks are piled up.
#pragma once

#include <string>

namespace aozora {

// Appends NFKC_Casefold of `c` (Unicode chapter 3, definition D145 and UAX 31) in canonical
// decomposition without its marks: "É" and "Ｅ" give "e", "ß" gives "ss", "œ" gives "oe". Nothing
// for default-ignorable characters: zero-width ones, bidi controls, variation selectors, tags.
// Dropping marks makes it the same whether the text was composed or not. At most
// kFoldedMax characters.
void AppendFolded(char32_t c, std::u32string* text);
inline constexpr size_t kFoldedMax = 24;  // U+FDFA has 18

// Appends the skeleton of `c` (UTS 39, section 4: its prototype among confusables), folded as
// above: Cyrillic "а" gives "a"; "m", "M" and Greek "Μ" give "rn".
void AppendSkeleton(char32_t c, std::u32string* text);

}  // namespace aozora
