// SPDX-License-Identifier: Apache-2.0
// The judge, judged: each lie of a server is a fault.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger_testonly.h"

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Video(std::string_view id, std::string_view status, int completed_at) {
  return fmt::format(R"({{"id":"{}","status":"{}","completed_at":{},"error":null}})", id, status,
                     completed_at);
}

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() { ledger_.Created("a", "{}", "video_1"); }
  Ledger ledger_;
};

TEST_F(LedgerTest, AnHonestServerHasNoFaults) {
  ledger_.Created("a", "{}", "video_1");
  ledger_.Saw("a", 200, Video("video_1", "queued", 0), false);
  ledger_.Saw("a", 200, Video("video_1", "in_progress", 0), false);
  ledger_.Saw("a", 200, Video("video_1", "queued", 0), false);  // its worker died
  EXPECT_EQ(ledger_.open_count(), 1u);
  ledger_.Saw("a", 200, Video("video_1", "completed", 5), false);
  ledger_.Saw("a", 200, Video("video_1", "completed", 5), false);
  ledger_.SawEtag("a", "video", "x");
  ledger_.SawEtag("a", "video", "x");
  EXPECT_EQ(ledger_.open_count(), 0u);
  ledger_.AskDelete("a");
  ledger_.Saw("a", 404, "", false);
  EXPECT_THAT(ledger_.faults(), IsEmpty());
}

TEST_F(LedgerTest, ALostJob) {
  ledger_.Saw("a", 404, "", false);
  EXPECT_THAT(ledger_.faults(), ElementsAre(HasSubstr("lost")));
}

TEST_F(LedgerTest, ASecondJobForOneKey) {
  ledger_.Created("a", "{}", "video_2");
  EXPECT_THAT(ledger_.faults(), ElementsAre(HasSubstr("made video_1 and then video_2")));
}

TEST_F(LedgerTest, OneJobForTwoKeys) {
  ledger_.Created("b", "{}", "video_1");
  EXPECT_THAT(ledger_.faults(), ElementsAre(HasSubstr("both made video_1")));
}

TEST_F(LedgerTest, AnEndThatChanges) {
  ledger_.Saw("a", 200, Video("video_1", "completed", 5), false);
  ledger_.Saw("a", 200, Video("video_1", "in_progress", 5), false);
  ledger_.Saw("a", 200, Video("video_1", "completed", 6), false);
  EXPECT_EQ(ledger_.faults().size(), 2u);
}

TEST_F(LedgerTest, ADeletedJobThatIsBack) {
  ledger_.AskDelete("a");
  ledger_.Deleted("a");
  ledger_.Saw("a", 200, Video("video_1", "queued", 0), true);
  EXPECT_THAT(ledger_.faults(), ElementsAre(HasSubstr("back after its deletion")));
}

TEST_F(LedgerTest, ContentThatChanges) {
  ledger_.SawEtag("a", "video", "x");
  ledger_.SawEtag("a", "video", "y");
  EXPECT_THAT(ledger_.faults(), ElementsAre(HasSubstr("content changed")));
}

TEST_F(LedgerTest, AnAnswerThatIsNoAnswer) {
  ledger_.Saw("a", 500, "", false);
  EXPECT_EQ(ledger_.faults().size(), 1u);
}

TEST(IsWholeMp4Test, EveryCutIsSeen) {
  const auto box = [](std::string_view type, std::string_view content) {
    return std::string({'\0', '\0', '\0', static_cast<char>(8 + content.size())})
        .append(type)
        .append(content);
  };
  const std::string file = box("ftyp", "isom") + box("moov", "what") + box("mdat", "bytes");
  EXPECT_TRUE(IsWholeMp4(file));
  for (size_t size = 0; size < file.size(); ++size) EXPECT_FALSE(IsWholeMp4(file.substr(0, size)));
  EXPECT_FALSE(IsWholeMp4(box("ftyp", "isom") + box("mdat", "bytes")));
}

}  // namespace
}  // namespace aozora
