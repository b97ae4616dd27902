// SPDX-License-Identifier: Apache-2.0
#include "provenance/cbor_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"

namespace aozora {
namespace {

std::string Unhex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// RFC 8949, appendix A: those that are in deterministic form and of the kinds that are read.
TEST(CborValue, ExamplesOfTheStandardComeBackToTheByte) {
  for (const char* hex : {"00",
                          "01",
                          "0a",
                          "17",
                          "1818",
                          "1819",
                          "1864",
                          "1903e8",
                          "1a000f4240",
                          "1b000000e8d4a51000",
                          "20",
                          "29",
                          "3863",
                          "3903e7",
                          "f4",
                          "f5",
                          "f6",
                          "c074323031332d30332d32315432303a30343a30305a",
                          "c11a514b67b0",
                          "d74401020304",
                          "40",
                          "4401020304",
                          "60",
                          "6161",
                          "6449455446",
                          "62225c",
                          "62c3bc",
                          "63e6b0b4",
                          "64f0908591",
                          "80",
                          "83010203",
                          "8301820203820405",
                          "a0",
                          "a201020304",
                          "a26161016162820203",
                          "826161a161626163",
                          "fb3ff199999999999a",
                          "fb7e37e43c8800759c"}) {
    const Result<CborValue> value = DecodeCbor(Unhex(hex));
    ASSERT_TRUE(value.ok()) << hex << ": " << value.error().message();
    EXPECT_EQ(HexEncode(value->Encode()), hex);
  }
}

TEST(CborValue, ShortFloatsAreRead) {
  const std::vector<std::pair<const char*, double>> examples = {
      {"f93c00", 1.0},     {"f93e00", 1.5},
      {"f97bff", 65504.0}, {"f90001", 5.960464477539063e-08},
      {"f9c400", -4.0},    {"fa47c35000", 100000.0}};
  for (const auto& [hex, number] : examples) {
    const CborValue value = DecodeCbor(Unhex(hex)).value();
    ASSERT_NE(value.AsDouble(), nullptr) << hex;
    EXPECT_EQ(*value.AsDouble(), number) << hex;
  }
}

TEST(CborValue, KeysAreWrittenInTheOrderOfTheirBytes) {
  const CborValue map = CborMap{{"aa", 1}, {"b", 2}, {10, 3}, {-1, 4}};
  EXPECT_EQ(HexEncode(map.Encode()),
            "a40a0320046162026261610"
            "1");
}

TEST(CborValue, WhatIsNotWellFormedIsRefused) {
  const std::vector<std::pair<const char*, const char*>> bad = {{"", "ends"},
                                                                {"18", "ends"},
                                                                {"4401", "ends"},
                                                                {"8201", "longer|ends"},
                                                                {"0000", "after the end"},
                                                                {"9f01ff", "indefinite"},
                                                                {"5f4101ff", "indefinite"},
                                                                {"1c", "indefinite or reserved"},
                                                                {"f7", "unknown simple"},
                                                                {"a201020103", "twice"},
                                                                {"61ff", "UTF-8"},
                                                                {"63eda080", "UTF-8"},
                                                                {"62c0af", "UTF-8"},
                                                                {"1bffffffffffffffff", "63 bits"},
                                                                {"9bffffffffffffffff", "longer"},
                                                                {"bb7fffffffffffffff", "longer"},
                                                                {"5b7fffffffffffffff", "ends"}};
  for (const auto& [hex, why] : bad) {
    const Result<CborValue> value = DecodeCbor(Unhex(hex));
    ASSERT_FALSE(value.ok()) << hex;
    EXPECT_THAT(value.error().message(), testing::ContainsRegex(why)) << hex;
  }
}

TEST(CborValue, DepthAndItemsAreCapped) {
  const std::string nested(kCborDepthMax, '\x81');
  EXPECT_TRUE(DecodeCbor(nested + '\x01').ok());
  EXPECT_FALSE(DecodeCbor("\x81" + nested + '\x01').ok());
  std::string many = Unhex("9a00010000");  // 65,536 items and the array
  many += std::string(kCborItemsMax, '\x01');
  EXPECT_FALSE(DecodeCbor(many).ok());
}

TEST(CborValue, LookingIntoAnotherKindFindsNothing) {
  const CborValue text("a");
  EXPECT_EQ(text.Find("a"), nullptr);
  EXPECT_EQ(text.AsBytes(), nullptr);
  EXPECT_EQ(text.AsMap(), nullptr);
  const CborValue map = CborMap{{"a", 1}};
  EXPECT_EQ(map.TextAt("a"), "");
  EXPECT_EQ(*map.Find("a")->AsInteger(), 1);
  EXPECT_EQ(map.Find(int64_t{1}), nullptr);
}

}  // namespace
}  // namespace aozora
