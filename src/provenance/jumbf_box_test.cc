// SPDX-License-Identifier: Apache-2.0
#include "provenance/jumbf_box.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aozora {
namespace {

TEST(JumbfBox, WhatIsMadeIsRead) {
  const std::string inner = MakeJumbf(kJumbfCbor, "b", MakeBox("cbor", "xyz"));
  const std::string bytes = MakeJumbf(kJumbfStore, "a", inner);
  const JumbfBox box = ParseJumbf(bytes).value();
  EXPECT_TRUE(box.Is(kJumbfStore));
  EXPECT_FALSE(box.Is(kJumbfManifest));
  EXPECT_EQ(box.label, "a");
  EXPECT_EQ(box.whole, bytes);
  EXPECT_EQ(box.contents, bytes.substr(8));
  ASSERT_NE(box.Child("b"), nullptr);
  EXPECT_EQ(box.Child("c"), nullptr);
  EXPECT_EQ(box.Child("b")->whole, inner);
  ASSERT_NE(box.Child("b")->OnlyContent(kJumbfCbor), nullptr);
  EXPECT_EQ(*box.Child("b")->OnlyContent(kJumbfCbor), "xyz");
  EXPECT_EQ(box.Child("b")->OnlyContent(kJumbfJson), nullptr);
}

TEST(JumbfBox, EveryCutIsRefused) {
  const std::string bytes =
      MakeJumbf(kJumbfStore, "a", MakeJumbf(kJumbfCbor, "b", MakeBox("cbor", "xyz")));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParseJumbf(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(ParseJumbf(bytes + '\0').ok());
}

TEST(JumbfBox, LabelsStandOnceAndAreNotEmpty) {
  const std::string child = MakeJumbf(kJumbfCbor, "b", "");
  EXPECT_FALSE(ParseJumbf(MakeJumbf(kJumbfStore, "a", child + child)).ok());
  EXPECT_FALSE(ParseJumbf(MakeJumbf(kJumbfStore, "", child)).ok());
  EXPECT_FALSE(
      ParseJumbf(MakeJumbf(kJumbfStore, std::string(kJumbfLabelBytesMax + 1, 'a'), "")).ok());
}

TEST(JumbfBox, OtherTogglesAreRefused) {
  std::string bytes = MakeJumbf(kJumbfStore, "a", "");
  const size_t toggles = 8 + 8 + 16;
  ASSERT_EQ(bytes[toggles], 3);
  for (int value = 0; value < 256; ++value) {
    bytes[toggles] = static_cast<char>(value);
    EXPECT_EQ(ParseJumbf(bytes).ok(), value == 3) << value;
  }
}

TEST(JumbfBox, DepthAndNumberAreCapped) {
  std::string deep = MakeJumbf(kJumbfCbor, "x", "");
  for (uint32_t i = 0; i < kJumbfDepthMax; ++i) deep = MakeJumbf(kJumbfStore, "x", deep);
  EXPECT_TRUE(ParseJumbf(deep).ok());
  EXPECT_FALSE(ParseJumbf(MakeJumbf(kJumbfStore, "x", deep)).ok());
  std::string many;
  for (uint32_t i = 0; i < kJumbfBoxesMax; ++i) many += MakeBox("cbor", "");
  EXPECT_FALSE(ParseJumbf(MakeJumbf(kJumbfStore, "x", many)).ok());
}

}  // namespace
}  // namespace aozora
