// SPDX-License-Identifier: Apache-2.0
#include "render/spec.h"

#include <gtest/gtest.h>

#include "render/output.h"

namespace aozora {
namespace {

TEST(RenderSpec, ComesBackAsItWasKept) {
  RenderSpec spec;
  spec.seed = 4294967295;
  spec.step_count = 8;
  spec.guidance = 2.5;
  spec.negative_prompt = "";
  spec.frame_rate = 30;
  spec.image_file_id = "file-1";
  spec.strength = 0.8;
  spec.added_seconds = 4;
  spec.kept_seconds = 2;
  spec.loops = true;
  spec.target_job_id = "video_2";
  spec.scenes = {{"a boat", 4}, {"a whale", 2}};
  const RenderSpec back = ParseRenderSpec(ToJson(spec)).value();
  EXPECT_EQ(ToJson(back), ToJson(spec));
  EXPECT_EQ(back.negative_prompt, "");  // said, though empty
  EXPECT_EQ(ParseRenderSpec(ToJson(RenderSpec())).value().step_count, std::nullopt);
}

TEST(RenderSpec, ADamagedOneIsAnError) {
  for (const char* text : {"", "{}", R"({"seed": "x"})", R"({"seed": 1, "steps": "many"})"}) {
    EXPECT_EQ(ParseRenderSpec(text).error().code(), ErrorCode::kCorrupt) << text;
  }
}

TEST(JobOutput, ComesBackAsItWasKept) {
  const JobOutput output = {{{"video", 123, "ab"}, {"thumbnail", 4, "cd"}}, 240, 24};
  const JobOutput back = ParseJobOutput(ToJson(output)).value();
  ASSERT_NE(back.Find("video"), nullptr);
  EXPECT_EQ(back.Find("video")->bytes, 123u);
  EXPECT_EQ(back.Find("spritesheet"), nullptr);
  EXPECT_EQ(back.frame_count, 240u);
  EXPECT_FALSE(ParseJobOutput("{}").ok());
}

}  // namespace
}  // namespace aozora
