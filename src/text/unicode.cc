// SPDX-License-Identifier: Apache-2.0
#include "text/unicode.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace aozora {
namespace {

icu::UnicodeString ToIcu(std::u32string_view text) {
  static_assert(sizeof(UChar32) == sizeof(char32_t));
  return icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()),
                                       static_cast<int32_t>(text.size()));
}

std::u32string FromIcu(const icu::UnicodeString& text) {
  std::u32string result;
  result.reserve(static_cast<size_t>(text.length()));
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    result.push_back(static_cast<char32_t>(text.char32At(i)));
  }
  return result;
}

// ICU's data for the normalization forms is compiled into its library: what can fail is memory.
std::u32string Normalize(const icu::Normalizer2* form, std::u32string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString normal = form->normalize(ToIcu(text), status);
  CHECK(U_SUCCESS(status));
  return FromIcu(normal);
}

}  // namespace

bool IsSpace(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  return u_isUWhiteSpace(static_cast<UChar32>(c));
}

bool IsWordCharacter(char32_t c) {
  if (IsAscii(c)) return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_';
  const auto code_point = static_cast<UChar32>(c);
  return u_isalpha(code_point) ||
         u_getIntPropertyValue(code_point, UCHAR_NUMERIC_TYPE) != U_NT_NONE;
}

bool IsDecimalDigit(char32_t c) {
  return IsAscii(c) ? IsAsciiDigit(c) : u_isdigit(static_cast<UChar32>(c));
}

size_t DecodeUtf8Prefix(std::string_view bytes, char32_t* code_point) {
  if (bytes.empty()) return 0;
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (lead < 0x80) {
    *code_point = lead;
    return 1;
  }
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) return 0;
  char32_t value = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(bytes[i]);
    if ((next & 0xC0) != 0x80) return 0;
    value = (value << 6) | (next & 0x3Fu);
  }
  static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > kCodePointMax || IsSurrogate(value)) return 0;
  *code_point = value;
  return length;
}

void AppendUtf8(char32_t c, std::string* bytes) {
  CHECK(c <= kCodePointMax && !IsSurrogate(c));
  const auto tail = [&](int shift) {
    bytes->push_back(static_cast<char>(0x80 | ((c >> shift) & 0x3F)));
  };
  if (c < 0x80) {
    bytes->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    bytes->push_back(static_cast<char>(0xC0 | (c >> 6)));
    tail(0);
  } else if (c < 0x10000) {
    bytes->push_back(static_cast<char>(0xE0 | (c >> 12)));
    tail(6);
    tail(0);
  } else {
    bytes->push_back(static_cast<char>(0xF0 | (c >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

Result<std::u32string> DecodeUtf8(std::string_view bytes) {
  std::u32string text;
  text.reserve(bytes.size());
  for (size_t at = 0; at < bytes.size();) {
    char32_t code_point = 0;
    const size_t length = DecodeUtf8Prefix(bytes.substr(at), &code_point);
    if (length == 0) {
      return Error::Invalid("byte {} (0x{:02x}) is not UTF-8; send the text as UTF-8", at,
                            static_cast<unsigned char>(bytes[at]));
    }
    text.push_back(code_point);
    at += length;
  }
  return text;
}

std::string EncodeUtf8(std::u32string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (const char32_t c : text) AppendUtf8(c, &bytes);
  return bytes;
}

std::u32string NormalizeNfc(std::u32string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFCInstance(status);
  CHECK(U_SUCCESS(status));
  return Normalize(form, text);
}

std::u32string NormalizeNfkc(std::u32string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFKCInstance(status);
  CHECK(U_SUCCESS(status));
  return Normalize(form, text);
}

std::u32string ToUpper(std::u32string_view text) {
  icu::UnicodeString upper = ToIcu(text);
  upper.toUpper(icu::Locale::getRoot());
  return FromIcu(upper);
}

std::u32string ToLower(std::u32string_view text) {
  icu::UnicodeString lower = ToIcu(text);
  lower.toLower(icu::Locale::getRoot());
  return FromIcu(lower);
}

}  // namespace aozora
