// SPDX-License-Identifier: Apache-2.0
#include "api/contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace aozora::api {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ContractTest : public testing::Test {
 protected:
  // The message about a body of createVideo; empty if it is fine.
  std::string MessageOf(const json& body) const {
    const std::optional<Problem> problem = contract_->CheckRequest("createVideo", body);
    return problem ? problem->message : "";
  }

  std::unique_ptr<const Contract> contract_ = Contract::Load().value();
};

TEST_F(ContractTest, TakesWhatClientsSend) {
  EXPECT_EQ(MessageOf({{"prompt", "a boat"}}), "");
  EXPECT_EQ(MessageOf({{"prompt", "a boat"}, {"seconds", "8"}, {"size", "1280x720"}}), "");
  EXPECT_EQ(MessageOf({{"prompt", "a boat"}, {"seconds", 8}}), "");
  EXPECT_EQ(MessageOf({{"prompt", "a boat"}, {"input_reference", {{"file_id", "file-1"}}}}), "");
  EXPECT_EQ(MessageOf({{"prompt", "a boat"}, {"input_reference", "data:image/png;base64,"}}), "");
  EXPECT_EQ(MessageOf({{"prompt", "a boat"}, {"field_of_another_client", 1}}), "");
}

TEST_F(ContractTest, NamesTheFieldAndTheWayOut) {
  EXPECT_THAT(MessageOf(json::object()), HasSubstr("prompt is missing"));
  EXPECT_THAT(MessageOf({{"prompt", ""}}), HasSubstr("prompt must be a text from 1 to 32000"));
  EXPECT_THAT(MessageOf({{"prompt", 3}}), HasSubstr("prompt must be a text"));
  EXPECT_THAT(MessageOf({{"prompt", "a"}, {"seconds", "0"}}), HasSubstr("seconds must be"));
  EXPECT_THAT(MessageOf({{"prompt", "a"}, {"seconds", 21}}), HasSubstr("from 1 to 20"));
  EXPECT_THAT(MessageOf({{"prompt", "a"}, {"n", 5}}), HasSubstr("n must be a whole number from 1"));
  EXPECT_THAT(MessageOf({{"prompt", "a"}, {"size", "big"}}), HasSubstr("size must be"));
  EXPECT_THAT(MessageOf(
                  {{"prompt", "a"},
                   {"input_reference", {{"file_id", "file-1"}, {"image_url", "data:"}}}}),
              HasSubstr("input_reference"));
  EXPECT_THAT(MessageOf("prompt"), HasSubstr("the body must be an object"));
  EXPECT_THAT(MessageOf({{"prompt", "a"}, {"characters", {{{"id", "x"}}, {{"id", 4}}}}}),
              HasSubstr("characters.1.id must be a text"));
}

TEST_F(ContractTest, HoldsAnswersAgainstTheirSchema) {
  const json gone = {{"id", "video_1"}, {"object", "video.deleted"}, {"deleted", true}};
  EXPECT_THAT(contract_->CheckAnswer("deleteVideo", 200, gone), IsEmpty());
  json wrong = gone;
  wrong["object"] = "video";
  EXPECT_THAT(contract_->CheckAnswer("deleteVideo", 200, wrong), HasSubstr("object"));
  EXPECT_THAT(contract_->CheckAnswer("deleteVideo", 404, {{"detail", "no"}}), HasSubstr("error"));
}

TEST_F(ContractTest, IsItselfPublished) {
  const json document = json::parse(contract_->document());
  EXPECT_EQ(document["openapi"], "3.1.0");
  EXPECT_TRUE(document["paths"].contains("/videos/{video_id}/content"));
}

TEST(ContractParse, SaysWhatIsWrongWithADescription) {
  EXPECT_EQ(Contract::Parse("paths: {a: [").error().code(), ErrorCode::kCorrupt);
  const auto loose = Contract::Parse(
      R"({paths: {/a: {get: {operationId: x, responses: {"200": {$ref: "#/nowhere"}}}}}})");
  EXPECT_THAT(loose.error().message(), HasSubstr("there is no /nowhere"));
  const auto circle = Contract::Parse(
      R"({a: {$ref: "#/a"}, paths: {/a: {get: {operationId: x, responses: {$ref: "#/a"}}}}})");
  EXPECT_THAT(circle.error().message(), HasSubstr("circle"));
}

}  // namespace
}  // namespace aozora::api
