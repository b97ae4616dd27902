// SPDX-License-Identifier: Apache-2.0
#include "jobs/folders.h"

#include <gmock/gmock.h>

#include "jobs/queue_testonly.h"

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FoldersTest : public QueueTest {
 protected:
  std::string Video(const std::string& person = "ann") { return Create(Job(person)).id; }
  std::string Add(const std::string& name, const std::string& person = "ann") {
    return folders_.Add(person, name).value().record.id;
  }
  std::vector<std::string> Names(const std::string& person = "ann") {
    std::vector<std::string> names;
    const std::vector<Folder> folders = folders_.List(person).value();
    for (const Folder& folder : folders) names.push_back(folder.record.name);
    return names;
  }
  std::vector<std::string> VideosOf(const std::string& id) {
    const std::vector<Folder> folders = folders_.List("ann").value();
    for (const Folder& folder : folders) {
      if (folder.record.id == id) return folder.video_ids;
    }
    return {"no such folder"};
  }

  Folders folders_{
      *store_, clock_, random_, {.folders_per_person_max = 3, .videos_per_folder_max = 3}};
};

TEST_F(FoldersTest, StandByNameAndAreTheirPersonsAlone) {
  Add("Sea");
  Add("Air");
  Add("Sea", "bob");
  EXPECT_THAT(Names(), ElementsAre("Air", "Sea"));
  EXPECT_THAT(Names("bob"), ElementsAre("Sea"));
}

TEST_F(FoldersTest, HaveDifferentNames) {
  const std::string sea = Add("Sea");
  const std::string air = Add("Air");
  const Result<Folder> second = folders_.Add("ann", "Sea");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(folders_.Rename("ann", air, "Sea").error().code(), ErrorCode::kInvalid);
  EXPECT_TRUE(folders_.Rename("ann", sea, "Sea").ok()) << "its own name is free for it";
  EXPECT_TRUE(folders_.Rename("ann", air, "Sky").ok());
  EXPECT_THAT(Names(), ElementsAre("Sea", "Sky"));
}

TEST_F(FoldersTest, AreAsManyAsMayBe) {
  for (const char* name : {"a", "b", "c"}) Add(name);
  const Result<Folder> fourth = folders_.Add("ann", "d");
  ASSERT_FALSE(fourth.ok());
  EXPECT_EQ(fourth.error().code(), ErrorCode::kExhausted);
  EXPECT_THAT(fourth.error().message(), HasSubstr("3 folders"));
}

TEST_F(FoldersTest, HoldAVideoThatIsInNoOther) {
  const std::string sea = Add("Sea"), air = Add("Air");
  const std::string first = Video(), second = Video();
  ASSERT_TRUE(folders_.Put("ann", sea, {first}).ok());
  Pass(1);
  ASSERT_TRUE(folders_.Put("ann", sea, {second}).ok());
  EXPECT_THAT(VideosOf(sea), ElementsAre(first, second));
  ASSERT_TRUE(folders_.Put("ann", air, {first}).ok());
  EXPECT_THAT(VideosOf(sea), ElementsAre(second));
  EXPECT_THAT(VideosOf(air), ElementsAre(first));
  ASSERT_TRUE(folders_.TakeOut("ann", air, first).ok());
  ASSERT_TRUE(folders_.TakeOut("ann", air, second).ok()) << "it is in the other one, and stays";
  EXPECT_THAT(VideosOf(air), IsEmpty());
  EXPECT_THAT(VideosOf(sea), ElementsAre(second));
}

TEST_F(FoldersTest, TakeAllVideosOrNone) {
  const std::string sea = Add("Sea");
  const std::string own = Video(), others = Video("bob");
  EXPECT_EQ(folders_.Put("ann", sea, {own, others}).error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(VideosOf(sea), IsEmpty());
  EXPECT_EQ(folders_.Put("ann", sea, {own, Video(), Video(), Video()}).error().code(),
            ErrorCode::kExhausted);
  EXPECT_THAT(VideosOf(sea), IsEmpty());
}

TEST_F(FoldersTest, OfOthersAreAsIfTheyWereNot) {
  const std::string sea = Add("Sea");
  const std::string video = Video("bob");
  EXPECT_EQ(folders_.Put("bob", sea, {video}).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(folders_.TakeOut("bob", sea, video).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(folders_.Rename("bob", sea, "Mine").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(folders_.Remove("bob", sea).error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(Names(), ElementsAre("Sea"));
}

TEST_F(FoldersTest, GoAndLeaveTheirVideos) {
  const std::string sea = Add("Sea");
  const std::string video = Video();
  ASSERT_TRUE(folders_.Put("ann", sea, {video}).ok());
  ASSERT_TRUE(folders_.Remove("ann", sea).ok());
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_TRUE(queue_->Get(video).ok());
  EXPECT_TRUE(folders_.Put("ann", Add("Sea"), {video}).ok());
}

TEST_F(FoldersTest, LoseAVideoThatIsDeleted) {
  const std::string sea = Add("Sea");
  const std::string video = Video();
  ASSERT_TRUE(folders_.Put("ann", sea, {video}).ok());
  ASSERT_TRUE(queue_->Delete(video, "ann").ok());
  EXPECT_THAT(VideosOf(sea), IsEmpty());
  EXPECT_EQ(folders_.Put("ann", sea, {video}).error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace aozora
