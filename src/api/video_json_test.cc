// SPDX-License-Identifier: Apache-2.0
#include "api/video_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "render/output.h"

namespace aozora::api {
namespace {

using nlohmann::json;

const DataFolder kNoFolder = {"/nonexistent"};

JobRecord Job(JobState state) {
  JobRecord job;
  job.id = "video_1";
  job.state = state;
  job.model_asked = "sora-2";
  job.model = "local";
  job.prompt = "a boat";
  job.width = 1280;
  job.height = 720;
  job.seconds = 8;
  job.created_ms = 1'700'000'000'999;
  job.settings_json = R"({"seed": 7})";
  return job;
}

TEST(VideoJson, IsAsTheContractSaysInEveryState) {
  const auto contract = Contract::Load().value();
  for (const JobState state : {JobState::kQueued, JobState::kInProgress, JobState::kCompleted,
                               JobState::kFailed, JobState::kCancelled}) {
    const json video = VideoJson(kNoFolder, Job(state), std::nullopt);
    EXPECT_EQ(contract->CheckAnswer("getVideo", 200, video), "") << NameOf(state);
  }
}

TEST(VideoJson, SendsNullsAndTextsAsClientsExpectThem) {
  const json video = VideoJson(kNoFolder, Job(JobState::kQueued), std::nullopt);
  EXPECT_EQ(video["seconds"], "8");
  EXPECT_EQ(video["size"], "1280x720");
  EXPECT_EQ(video["model"], "sora-2");
  EXPECT_EQ(video["created_at"], 1'700'000'000);
  for (const char* name : {"completed_at", "expires_at", "remixed_from_video_id", "error"}) {
    EXPECT_TRUE(video.at(name).is_null()) << name;
  }
  for (const char* name : {"step", "steps", "preview", "stage"}) {
    EXPECT_TRUE(video["aozora"].at(name).is_null()) << name;
  }
  EXPECT_FALSE(video.contains("data"));  // some clients unwrap what has it
}

// Any error that is not null counts as a failure for some clients.
TEST(VideoJson, AHealthyJobHasNoErrorAndAFailedOneACode) {
  EXPECT_TRUE(VideoJson(kNoFolder, Job(JobState::kCompleted), std::nullopt)["error"].is_null());
  EXPECT_EQ(VideoJson(kNoFolder, Job(JobState::kFailed), std::nullopt)["error"]["code"],
            "render_failed");
}

TEST(VideoJson, AFinishedFilmSaysItsPicturesAndTheirRate) {
  JobRecord job = Job(JobState::kCompleted);
  EXPECT_TRUE(VideoJson(kNoFolder, job, std::nullopt)["aozora"].at("fps").is_null());
  job.output_json = ToJson(JobOutput{.files = {}, .frame_count = 81, .frame_rate = 16});
  const json extras = VideoJson(kNoFolder, job, std::nullopt)["aozora"];
  EXPECT_EQ(extras["frames"], 81);
  EXPECT_EQ(extras["fps"], 16);
  job.state = JobState::kInProgress;
  EXPECT_TRUE(VideoJson(kNoFolder, job, std::nullopt)["aozora"].at("frames").is_null());
}

// The statuses are four, and a fifth would end clients' polling in the wrong way.
TEST(VideoJson, ACancelledJobIsAFailedOneThatSaysSo) {
  const json video = VideoJson(kNoFolder, Job(JobState::kCancelled), std::nullopt);
  EXPECT_EQ(video["status"], "failed");
  EXPECT_EQ(video["error"]["code"], "cancelled");
}

TEST(VideoJson, APlaceInTheQueueIsShownWhileThereIsOne) {
  QueuePlace place;
  place.position = 3;
  place.ready_in_ms = 1'500;
  const json video = VideoJson(kNoFolder, Job(JobState::kQueued), place);
  EXPECT_EQ(video["aozora"]["queue_position"], 3);
  EXPECT_EQ(video["aozora"]["seconds_left"], 2);
  place.position = 0;
  EXPECT_TRUE(VideoJson(kNoFolder, Job(JobState::kInProgress), place)["aozora"]["queue_position"]
                  .is_null());
}

TEST(VideoJson, OnlyARemixNamesWhatItWasRemixedFrom) {
  JobRecord job = Job(JobState::kQueued);
  job.source_job_id = "video_0";
  job.kind = JobKind::kExtension;
  EXPECT_TRUE(VideoJson(kNoFolder, job, std::nullopt)["remixed_from_video_id"].is_null());
  job.kind = JobKind::kRemix;
  EXPECT_EQ(VideoJson(kNoFolder, job, std::nullopt)["remixed_from_video_id"], "video_0");
}

}  // namespace
}  // namespace aozora::api
