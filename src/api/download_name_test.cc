// SPDX-License-Identifier: Apache-2.0
#include "api/download_name.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "http/file_answer.h"

namespace aozora::api {
namespace {

std::string Name(std::string_view prompt) { return DownloadName(prompt, "video_1"); }

TEST(DownloadName, IsTheFirstWordsOfThePrompt) {
  EXPECT_EQ(Name("A red sailboat drifts."), "a-red-sailboat-drifts");
  EXPECT_EQ(Name("  It's 2 o’clock -- at sea!  "), "its-2-oclock-at-sea");
  EXPECT_EQ(Name("Un café à Orléans, l'été"), "un-cafe-a-orleans-lete");
  EXPECT_EQ(Name("e\u0301te\u0301"), "ete");  // marks that stand by themselves
  EXPECT_EQ(Name("青い空 and a boat"), "and-a-boat");
}

TEST(DownloadName, EndsBetweenWordsWhereItGetsTooLong) {
  const std::string word(19, 'a');
  EXPECT_EQ(Name(word + " " + word + " " + word + " b"), word + "-" + word + "-" + word);
  EXPECT_EQ(Name(std::string(5'000, 'x') + " boat"), std::string(kDownloadNameBytesMax, 'x'));
}

TEST(DownloadName, IsTheIdWhereNothingIsLeftOfThePrompt) {
  for (const char* prompt : {"", "   ", "青い空", "1234", "../../..", "\xff\xfe", "\r\n\"\\"}) {
    EXPECT_EQ(Name(prompt), "video_1") << prompt;
  }
}

// Whatever somebody writes, the header has one name and nothing beside it.
TEST(DownloadName, CarriesNothingIntoTheHeader) {
  const std::string hostile =
      "a\"; filename=\"evil.exe\r\nSet-Cookie: x=1\r\n\r\n<b>../\\b;%00*\x01";
  const std::string name = Name(hostile);
  EXPECT_EQ(name, "a-filename-evil-exe-set-cookie-x-1-b-b-00");
  EXPECT_EQ(http::AttachmentDisposition(name + ".mp4"),
            "attachment; filename=\"a-filename-evil-exe-set-cookie-x-1-b-b-00.mp4\"");
}

}  // namespace
}  // namespace aozora::api
