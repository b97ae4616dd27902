// SPDX-License-Identifier: Apache-2.0
#include "jobs/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora {
namespace {

using ::testing::ElementsAre;

class FlagsTest : public testing::Test {
 protected:
  bool Add(FlagReasonRecord reason, int64_t now_ms = 1) {
    return store_
        ->Write([&](Transaction& t) { return AddFlag(t, "video_1", now_ms, std::move(reason)); })
        .value();
  }
  std::vector<FlagReasonRecord> Reasons(const std::string& job_id = "video_1") {
    return store_->Read([&](Transaction& t) { return FlagReasons(t, job_id); }).value();
  }
  std::vector<std::string> Words() {
    std::vector<std::string> words;
    for (const FlagReasonRecord& each : Reasons()) words.push_back(each.reason);
    return words;
  }
  static FlagReasonRecord Of(FlagSource source, const std::string& reason) {
    FlagReasonRecord record;
    record.source = source;
    record.reason = reason;
    record.set_by = source == FlagSource::kPerson ? "person_1" : std::string(kPolicyFlags);
    return record;
  }

  std::unique_ptr<Store> store_ = OpenSqliteInMemory(ProductSchema()).value();
};

TEST_F(FlagsTest, EachReasonIsKeptAndOnlyTheFirstIsNews) {
  EXPECT_TRUE(Reasons().empty());
  EXPECT_TRUE(Add(Of(FlagSource::kPrompt, "rule 7")));
  EXPECT_FALSE(Add(Of(FlagSource::kPictures, "flash from picture 3 on"), 2));
  EXPECT_FALSE(Add(Of(FlagSource::kPerson, "reported"), 3));
  EXPECT_THAT(Words(), ElementsAre("rule 7", "flash from picture 3 on", "reported"));
  EXPECT_EQ(Reasons()[1].source, FlagSource::kPictures);
  EXPECT_EQ(Reasons()[2].at_ms, 3);
  EXPECT_TRUE(Reasons("video_2").empty());
}

TEST_F(FlagsTest, AVideoHasABoundedNumberOfReasonsOfBoundedLength) {
  FlagReasonRecord quoted = Of(FlagSource::kPrompt, "rule 7");
  quoted.text = std::string(kFlagTextBytesMax - 1, 'a') + "é";
  Add(quoted);
  EXPECT_EQ(Reasons()[0].text, std::string(kFlagTextBytesMax - 1, 'a'));  // no half a character
  for (int64_t i = 0; i < 2 * kFlagReasonsMax; ++i) Add(Of(FlagSource::kPerson, "again"));
  EXPECT_EQ(static_cast<int64_t>(Reasons().size()), kFlagReasonsMax);
}

TEST_F(FlagsTest, AFlagThatIsOlderThanTheRowsOfReasonsIsOneOfThem) {
  const auto old = [&](const std::string& job_id, const char* reason, const char* set_by) {
    store_->Write([&](Transaction& t) {
            return t.Insert(FlagRecord{job_id, reason, set_by, 1});
          })
        .value();
    return Reasons(job_id).at(0).source;
  };
  EXPECT_EQ(old("video_2", "prompt: violence (rule)", "policy"), FlagSource::kPrompt);
  EXPECT_EQ(old("video_3", "output: flash", "policy"), FlagSource::kPictures);
  EXPECT_EQ(old("video_1", "reported", "person_1"), FlagSource::kPerson);
  EXPECT_FALSE(Add(Of(FlagSource::kPerson, "once more"), 2));
  EXPECT_THAT(Words(), ElementsAre("reported", "once more"));
}

}  // namespace
}  // namespace aozora
