// SPDX-License-Identifier: Apache-2.0
#include "api/input_image.h"

#include <gtest/gtest.h>

namespace aozora::api {
namespace {

TEST(DataUrl, CarriesTypeAndBytes) {
  const std::optional<DataUrl> url = ParseDataUrl("data:image/png;base64,aGVsbG8=");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->media_type, "image/png");
  EXPECT_EQ(url->bytes, "hello");
  EXPECT_EQ(ParseDataUrl("data:image/png;name=a;base64,aGVsbG8=")->media_type, "image/png");
  EXPECT_EQ(ParseDataUrl("data:;base64,")->bytes, "");
}

TEST(DataUrl, AnythingElseIsNone) {
  for (const char* text : {"", "data:", "data:image/png,hello", "data:image/png;base64,a",
                           "data:image/png;base64,aGVsbG8", "http://a/b.png",
                           "data:image/png;base64,aGVs bG8="}) {
    EXPECT_FALSE(ParseDataUrl(text)) << text;
  }
}

}  // namespace
}  // namespace aozora::api
