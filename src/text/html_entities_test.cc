// SPDX-License-Identifier: Apache-2.0
#include "text/html_entities.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "text/unicode.h"

namespace aozora {
namespace {

std::string Unescape(std::string_view text) {
  return EncodeUtf8(UnescapeHtml(DecodeUtf8(text).value()));
}
std::string UnescapeUnambiguous(std::string_view text) {
  return EncodeUtf8(UnescapeUnambiguousHtml(DecodeUtf8(text).value()));
}

TEST(UnescapeHtml, KnowsAllNamesOfTheStandard) {
  // 2231 names (html.spec.whatwg.org/entities.json), 106 of them without a semicolon.
  const std::string_view lines = internal::kHtmlEntityLines;
  size_t name_count = 0;
  size_t bare_count = 0;
  for (size_t at = 0; at < lines.size();) {
    const size_t end = lines.find('\n', at);
    const std::string_view line = lines.substr(at, end - at);
    if (line[0] != '#') {
      ++name_count;
      const std::string_view name = line.substr(0, line.find(' '));
      if (name.back() != ';') ++bare_count;
      const std::string reference = "&" + std::string(name);
      EXPECT_NE(Unescape(reference), reference);
      // ftfy looks at names of up to 24 letters.
      const bool unambiguous = name.back() == ';' && name.size() <= 25;
      EXPECT_EQ(UnescapeUnambiguous(reference) != reference, unambiguous) << name;
    }
    at = end + 1;
  }
  EXPECT_EQ(name_count, 2231u);
  EXPECT_EQ(bare_count, 106u);
}

TEST(UnescapeHtml, TakesTheLongestName) {
  EXPECT_EQ(Unescape("&notin;"), "∉");
  EXPECT_EQ(Unescape("&notit;"), "¬it;");
  EXPECT_EQ(Unescape("&noti"), "¬i");
  EXPECT_EQ(Unescape("&CounterClockwiseContourIntegral;"), "∳");
  EXPECT_EQ(Unescape("&NotEqualTilde;"), "≂̸");
  EXPECT_EQ(Unescape("&copyé"), "©é");
  EXPECT_EQ(Unescape("&amp&lt"), "&<");
  EXPECT_EQ(Unescape("&g &Gt"), "&g &Gt");  // "Gt;" needs its semicolon
}

TEST(UnescapeHtml, DecodesNumbersAsBrowsersDo) {
  EXPECT_EQ(Unescape("&#97;&#x61;&#X61;&#97"), "aaaa");
  EXPECT_EQ(Unescape("&#128;&#x99;"), "€™");
  EXPECT_EQ(Unescape("&#x81;"), "\xC2\x81");
  EXPECT_EQ(Unescape("&#0;&#xDFFF;&#x110000;"), "���");
  EXPECT_EQ(Unescape("&#99999999999999999999999999;&#xFFFFFFFFFFFFFFFFFFFFF;"), "��");
  EXPECT_EQ(Unescape("a&#1;&#127;&#xFDD0;&#x1FFFE;b"), "ab");
  EXPECT_EQ(Unescape("&#13;&#10;&#9;&#12;"), "\r\n\t\f");
  EXPECT_EQ(Unescape("&#x10FFFD;"), "\xF4\x8F\xBF\xBD");
}

TEST(UnescapeHtml, LeavesWhatIsNoReference) {
  for (const std::string_view text : {"&", "&&", "& amp;", "&#;", "&#x;", "&#xg;", "&;", "&zzz;"}) {
    EXPECT_EQ(Unescape(text), text);
  }
}

TEST(UnescapeHtml, DecodesOnce) { EXPECT_EQ(Unescape("&amp;lt;"), "&lt;"); }

TEST(UnescapeUnambiguousHtml, NeedsTheSemicolon) {
  EXPECT_EQ(UnescapeUnambiguous("fish&chips &copy 1&lt2 &notit;"),
            "fish&chips &copy 1&lt2 &notit;");
  EXPECT_EQ(UnescapeUnambiguous("&lt;tag&gt; &hellip;"), "<tag> …");
  EXPECT_EQ(UnescapeUnambiguous("&#233; &#233 &#xE9;"), "é &#233 é");
  EXPECT_EQ(UnescapeUnambiguous("&#12ab; &#59; &#x3B;"), "&#12ab; &#59; &#x3B;");
}

TEST(UnescapeUnambiguousHtml, ReadsCapitalsWhereTheyMeanNothingElse) {
  EXPECT_EQ(UnescapeUnambiguous("P&EACUTE;REZ"), "PÉREZ");
  EXPECT_EQ(UnescapeUnambiguous("STRA&SZLIG;E"), "STRASSE");
  EXPECT_EQ(UnescapeUnambiguous("&ntilde; &Ntilde; &NTILDE; &nTILDE;"), "ñ Ñ Ñ &nTILDE;");
  // Begins with "LT", which is a name without a semicolon.
  EXPECT_EQ(UnescapeUnambiguous("&LTRIE;"), "&LTRIE;");
}

}  // namespace
}  // namespace aozora
