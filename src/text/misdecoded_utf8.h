// SPDX-License-Identifier: Apache-2.0
// What UTF-8 looks like after somebody has read it in a single-byte encoding and written it again.
// The patterns are those of ftfy 6.3.1 (github.com/rspeer/python-ftfy, ftfy/chardata.py and
// ftfy/fixes.py). All functions take time linear in their input.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aozora {

// Puts byte A0 back where it belongs to a character in UTF-8 and became a plain space: "Ã la mode"
// is "à la mode". Few lead bytes are trusted, or spaces would vanish from sound text.
std::string RestoreNoBreakSpaces(std::string_view bytes);

// Characters of which a byte got lost (byte 1A, or one '?') become U+FFFD, as does byte 1A alone.
std::string ReplaceLossySequences(std::string_view bytes);

// UTF-8, and also its two common misspellings: a pair of surrogates for one character (CESU-8,
// unicode.org/reports/tr26) and C0 80 for U+0000 (Java). Nothing if the bytes are neither.
std::optional<std::u32string> DecodeUtf8Variants(std::string_view bytes);

// The length of the run of misread UTF-8 characters that starts at `at`, 0 if none does. Goes by
// what the characters would be as bytes in Latin-1 and the Windows encodings.
size_t MisdecodedRunLength(std::u32string_view text, size_t at);

}  // namespace aozora
