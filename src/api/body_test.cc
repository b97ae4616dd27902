// SPDX-License-Identifier: Apache-2.0
#include "api/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace aozora::api {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class BodyTest : public testing::Test {
 protected:
  json FromForm(std::vector<std::pair<std::string, std::string>> fields) const {
    http::Form form;
    form.fields = std::move(fields);
    Outcome<json> body = JsonOfForm(form, *contract_->RequestSchema("createVideo"));
    return body.ok() ? std::move(body).value() : json(body.error().message);
  }

  std::unique_ptr<const Contract> contract_ = Contract::Load().value();
};

TEST_F(BodyTest, AFormIsTheSameRequestAsJson) {
  EXPECT_EQ(FromForm({{"prompt", "a boat"},
                      {"seconds", "8"},
                      {"seed", "42"},
                      {"guidance", "2.5"},
                      {"input_reference[file_id]", "file-1"},
                      {"characters[][id]", "char_1"},
                      {"characters[][id]", "char_2"}}),
            json({{"prompt", "a boat"},
                  {"seconds", "8"},  // a text there, since the schema takes one
                  {"seed", 42},
                  {"guidance", 2.5},
                  {"input_reference", {{"file_id", "file-1"}}},
                  {"characters", {{{"id", "char_1"}}, {{"id", "char_2"}}}}}));
}

TEST_F(BodyTest, APromptThatLooksLikeANumberStaysAText) {
  EXPECT_EQ(FromForm({{"prompt", "42"}}), json({{"prompt", "42"}}));
}

TEST_F(BodyTest, WhatIsNoNumberIsLeftForTheSchemaToRefuse) {
  EXPECT_EQ(FromForm({{"seed", "many"}}), json({{"seed", "many"}}));
  EXPECT_EQ(FromForm({{"seed", "1 "}}), json({{"seed", "1 "}}));
}

TEST_F(BodyTest, ContradictionsAreRefused) {
  EXPECT_THAT(FromForm({{"prompt", "a"}, {"prompt", "b"}}).dump(), HasSubstr("said twice"));
  EXPECT_THAT(FromForm({{"a", "1"}, {"a[b]", "2"}}).dump(), HasSubstr("two ways"));
  EXPECT_THAT(FromForm({{"a[b", "1"}}).dump(), HasSubstr("no name"));
  EXPECT_THAT(FromForm({{"[b]", "1"}}).dump(), HasSubstr("no name"));
}

TEST_F(BodyTest, ListsAndDepthHaveBounds) {
  std::vector<std::pair<std::string, std::string>> many;
  for (size_t i = 0; i <= kFormListMax; ++i) many.emplace_back("list[]", "x");
  EXPECT_TRUE(FromForm(many).is_string());
  std::string deep = "a";
  for (int i = 0; i < 40; ++i) deep += "[b]";
  EXPECT_TRUE(FromForm({{deep, "x"}}).is_string());
}

TEST(ParseJson, TakesJsonAndNothingElse) {
  EXPECT_EQ(ParseJson(R"({"a": 1})").value(), json({{"a", 1}}));
  for (const char* text : {"", "{", "{'a': 1}", "{} {}", "nul", "\"\xff\""}) {
    EXPECT_FALSE(ParseJson(text).ok()) << text;
  }
}

TEST(ParseJson, DepthIsBounded) {
  const std::string open(100'000, '[');
  EXPECT_THAT(ParseJson(open).error().message, HasSubstr("nested"));
  const std::string fine = std::string(20, '[') + std::string(20, ']');
  EXPECT_TRUE(ParseJson(fine).ok());
}

}  // namespace
}  // namespace aozora::api
