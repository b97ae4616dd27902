// SPDX-License-Identifier: Apache-2.0
#include "routes/batches/input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aozora::routes {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

class BatchInputTest : public testing::Test {
 protected:
  BatchInput Read(std::string_view text) const {
    return ReadBatchInput(*contract_, "batch_1", text, limits_);
  }
  std::string CodeOf(std::string_view line) const {
    const BatchInput input = Read(line);
    return input.faults.empty() ? "" : input.faults.front().code;
  }

  std::unique_ptr<const api::Contract> contract_ = api::Contract::Load().value();
  BatchLimits limits_;
};

constexpr std::string_view kLine =
    R"({"custom_id": "a", "method": "POST", "url": "/v1/videos", "body": {"prompt": "a boat"}})";

TEST_F(BatchInputTest, EachLineIsARequest) {
  std::string second(kLine);
  second.replace(second.find("\"a\""), 3, "\"b\"");
  const BatchInput input = Read(std::string(kLine) + "\r\n\n" + second);
  EXPECT_THAT(input.faults, IsEmpty());
  EXPECT_THAT(input.items, ElementsAre(Field(&BatchItemRecord::custom_id, "a"),
                                       Field(&BatchItemRecord::custom_id, "b")));
  EXPECT_EQ(input.items[1].line, 3);
  EXPECT_EQ(input.items[1].batch_id, "batch_1");
}

TEST_F(BatchInputTest, WhatIsWrongIsToldWithItsLine) {
  EXPECT_EQ(CodeOf("nonsense"), "invalid_json");
  EXPECT_EQ(CodeOf(R"({"custom_id": ""})"), "invalid_custom_id");
  EXPECT_EQ(CodeOf(R"({"custom_id": "a", "method": "GET"})"), "invalid_method");
  EXPECT_EQ(CodeOf(R"({"custom_id": "a", "method": "POST", "url": "/v1/images"})"), "invalid_url");
  EXPECT_EQ(CodeOf(R"({"custom_id": "a", "method": "POST", "url": "/v1/videos", "body": {}})"),
            "invalid_value");
  const BatchInput twice = Read(std::string(kLine) + "\n" + std::string(kLine));
  ASSERT_EQ(twice.faults.size(), 1u);
  EXPECT_EQ(twice.faults[0].code, "duplicate_custom_id");
  EXPECT_EQ(twice.faults[0].line, 2);
  EXPECT_EQ(CodeOf("\n \n"), "empty_file");
}

TEST_F(BatchInputTest, LinesAndTheirNumberHaveBounds) {
  limits_.line_count_max = 2;
  EXPECT_EQ(CodeOf("\n\n\n\n"), "too_many_tasks");
  limits_.line_bytes_max = 10;
  EXPECT_EQ(CodeOf(kLine), "line_too_long");
}

}  // namespace
}  // namespace aozora::routes
