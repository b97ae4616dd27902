// SPDX-License-Identifier: Apache-2.0
#include "text/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <array>

#include "base/check.h"
#include "text/unicode.h"

namespace aozora {
namespace {

bool IsMark(UChar32 c) {
  const int8_t type = u_charType(c);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK;
}

void AppendWithoutMarks(const icu::UnicodeString& text, std::u32string* to) {
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (IsMark(c) || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) continue;
    to->push_back(static_cast<char32_t>(c));
  }
}

// ICU's data is compiled into its libraries: what can fail here is memory.
struct Forms {
  const icu::Normalizer2* casefold = nullptr;
  const icu::Normalizer2* decompose = nullptr;
  USpoofChecker* spoof = nullptr;  // lives as long as the process; its const use is thread-safe

  Forms() {
    UErrorCode status = U_ZERO_ERROR;
    casefold = icu::Normalizer2::getNFKCCasefoldInstance(status);
    decompose = icu::Normalizer2::getNFDInstance(status);
    spoof = uspoof_open(&status);
    CHECK(U_SUCCESS(status));
  }
};

const Forms& GetForms() {
  static const Forms forms;
  return forms;
}

std::u32string FoldedPrototype(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString prototype;
  uspoof_getSkeletonUnicodeString(GetForms().spoof, 0, icu::UnicodeString(static_cast<UChar32>(c)),
                                  prototype, &status);
  CHECK(U_SUCCESS(status));
  std::u32string bare, folded;
  AppendWithoutMarks(prototype, &bare);
  for (const char32_t letter : bare) AppendFolded(letter, &folded);
  return folded;
}

// Twice, since what was folded may have another prototype: Greek capital my is M, and m is rn.
std::u32string Skeleton(char32_t c) {
  std::u32string skeleton;
  for (const char32_t letter : FoldedPrototype(c)) skeleton += FoldedPrototype(letter);
  return skeleton;
}

}  // namespace

void AppendFolded(char32_t c, std::u32string* text) {
  if (IsAscii(c)) {
    text->push_back(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    return;
  }
  // Letters of their own in Unicode, two letters in spelling.
  if (c == U'œ' || c == U'Œ') return text->append(U"oe"), void();
  if (c == U'æ' || c == U'Æ') return text->append(U"ae"), void();
  UErrorCode status = U_ZERO_ERROR;
  const Forms& forms = GetForms();
  const icu::UnicodeString folded =
      forms.casefold->normalize(icu::UnicodeString(static_cast<UChar32>(c)), status);
  const icu::UnicodeString parts = forms.decompose->normalize(folded, status);
  CHECK(U_SUCCESS(status));
  AppendWithoutMarks(parts, text);
}

void AppendSkeleton(char32_t c, std::u32string* text) {
  static const std::array<std::u32string, 128> ascii = [] {
    std::array<std::u32string, 128> skeletons;
    for (char32_t i = 0; i < 128; ++i) skeletons[i] = Skeleton(i);
    return skeletons;
  }();
  text->append(IsAscii(c) ? ascii[c] : Skeleton(c));
}

}  // namespace aozora
