// SPDX-License-Identifier: Apache-2.0
#include "policy/obfuscate_testonly.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/result.h"
#include "text/unicode.h"

namespace aozora::policy {
namespace {

bool IsLetter(char32_t c) { return IsWordCharacter(c) && !IsDecimalDigit(c) && c != '_'; }

// Each character replaced by what `replace` makes of it.
template <class Replace>
std::string Each(std::string_view prompt, Replace replace) {
  std::u32string result;
  const std::u32string text = DecodeUtf8(prompt).value();
  for (size_t i = 0; i < text.size(); ++i) result += replace(text, i);
  return EncodeUtf8(result);
}

std::u32string Same(const std::u32string& text, size_t i) { return text.substr(i, 1); }

bool BothLetters(const std::u32string& text, size_t i) {
  return IsLetter(text[i]) && i + 1 < text.size() && IsLetter(text[i + 1]);
}

char32_t Swap(char32_t c, std::u32string_view from, std::u32string_view to) {
  const size_t at = from.find(c);
  return at == from.npos ? c : to[at];
}

std::string Substitute(std::string_view prompt, std::u32string_view from, std::u32string_view to) {
  return Each(prompt, [&](const std::u32string& text, size_t i) {
    return std::u32string(1, Swap(text[i], from, to));
  });
}

// Behind each letter that another one follows.
std::string Insert(std::string_view prompt, const std::u32string& what) {
  return Each(prompt, [&](const std::u32string& text, size_t i) {
    return Same(text, i) + (BothLetters(text, i) ? what : U"");
  });
}

std::string FullWidth(std::string_view prompt) {
  return Each(prompt, [](const std::u32string& text, size_t i) {
    const char32_t c = text[i];
    return std::u32string(1, c > 0x20 && c < 0x7F ? c + 0xFEE0 : c);
  });
}

std::string MathScript(std::string_view prompt) {  // bold script, U+1D4D0
  return Each(prompt, [](const std::u32string& text, size_t i) {
    const char32_t c = text[i];
    if (c >= 'A' && c <= 'Z') return std::u32string(1, 0x1D4D0 + (c - 'A'));
    if (c >= 'a' && c <= 'z') return std::u32string(1, 0x1D4EA + (c - 'a'));
    return Same(text, i);
  });
}

std::string Homoglyphs(std::string_view prompt) {  // Cyrillic and Greek
  return Substitute(prompt, U"aceijopsxyABEHKMOPTX", U"асеіјорѕхуΑΒΕΗΚΜΟΡΤΧ");
}

std::string Repeats(std::string_view prompt) {  // each vowel three times
  return Each(prompt, [](const std::u32string& text, size_t i) {
    const bool vowel =
        std::u32string_view(U"aeiouyAEIOUYéèàêû").find(text[i]) != std::u32string::npos;
    return std::u32string(vowel ? 3 : 1, text[i]);
  });
}

std::string Spaced(std::string_view prompt) {
  return Each(prompt, [](const std::u32string& text, size_t i) {
    return text[i] == ' ' ? U"  " : Same(text, i) + (BothLetters(text, i) ? U" " : U"");
  });
}

std::string Reversed(std::string_view prompt) {
  std::u32string text = DecodeUtf8(prompt).value();
  std::reverse(text.begin(), text.end());
  return EncodeUtf8(text);
}

std::string ReversedWords(std::string_view prompt) {
  std::u32string text = DecodeUtf8(prompt).value();
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(U' ', begin), text.size());
    std::reverse(text.begin() + begin, text.begin() + end);
    begin = end + 1;
  }
  return EncodeUtf8(text);
}

std::string Rot13(std::string_view prompt) {
  return Substitute(prompt, U"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
                    U"nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM");
}

std::string Percent(std::string_view prompt) {
  std::string coded;
  for (const char c : prompt) coded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return coded;
}

std::string HtmlReferences(std::string_view prompt) {
  std::string coded;
  const std::u32string text = DecodeUtf8(prompt).value();
  for (const char32_t c : text) coded += fmt::format("&#{};", static_cast<uint32_t>(c));
  return coded;
}

std::string NoSpaces(std::string_view prompt) {
  return Each(prompt, [](const std::u32string& text, size_t i) {
    return text[i] == ' ' ? std::u32string() : Same(text, i);
  });
}

std::string MixedCase(std::string_view prompt) {
  return Each(prompt, [](const std::u32string& text, size_t i) {
    return i % 2 == 0 ? ToUpper(Same(text, i)) : Same(text, i);
  });
}

}  // namespace

const std::vector<Obfuscation>& Obfuscations() {
  const auto insert = [](const std::u32string& what) {
    return [what](std::string_view prompt) { return Insert(prompt, what); };
  };
  static const std::vector<Obfuscation> all = {
      {"full width", FullWidth},
      {"script letters", MathScript},
      {"homoglyphs", Homoglyphs},
      {"zero-width spaces", insert(U"\u200B")},
      {"soft hyphens and bidi", insert(U"\u00AD\u202E\u202C")},
      {"combining marks", insert(U"\u0336\u0301\u0489")},
      {"look-alike digits",
       [](std::string_view prompt) {
         return Substitute(prompt, U"aeiostAEIOST", U"431057431057");
       }},
      {"look-alike signs",
       [](std::string_view prompt) { return Substitute(prompt, U"aislAISL", U"@!$|@!$|"); }},
      {"repeated letters", Repeats},
      {"spaced letters", Spaced},
      {"dotted letters", insert(U".")},
      {"hyphened letters", insert(U"-")},
      {"reversed", Reversed},
      {"reversed words", ReversedWords},
      {"rot13", Rot13},
      {"base64", [](std::string_view prompt) { return Base64Encode(prompt); }},
      {"percent code", Percent},
      {"html references", HtmlReferences},
      {"mixed case", MixedCase},
      {"no spaces", NoSpaces},
  };
  return all;
}

}  // namespace aozora::policy
