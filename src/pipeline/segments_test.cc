// SPDX-License-Identifier: Apache-2.0
#include "pipeline/segments.h"

#include <gmock/gmock.h>

#include "pipeline/latent_frames.h"

namespace aozora {
namespace {

using testing::HasSubstr;

// Latent frames of 10 pictures, trained on five of them.
Capabilities Joining() {
  Capabilities can;
  can.latent.channel_count = 2;
  can.latent.time_stride = 10;
  can.latent.fixed_grid = FixedGrid{2, 4};
  can.trained_frame_count = 41;
  can.continued_latent_count = 2;
  return can;
}

Capabilities FromPictures() {
  Capabilities can;
  can.latent.channel_count = 2;
  can.trained_frame_count = 9;
  can.image_conditioning = ImageConditioning::kFirstLatent;
  can.has_encoder = true;
  return can;
}

Settings Of(uint32_t frame_count, uint32_t source_frame_count = 0) {
  Settings settings;
  settings.clip = {64, 32, frame_count};
  settings.frame_rate = 10;
  settings.source_frame_count = source_frame_count;
  if (source_frame_count > 0) settings.source_use = SourceUse::kExtension;
  return settings;
}

TEST(Segments, JoinedOnesCoverEveryLatentFrameOnce) {
  for (uint32_t frame_count = 1; frame_count < 300; frame_count += 7) {
    const Cut cut = CutIntoSegments(Joining(), Of(frame_count), nullptr).value();
    EXPECT_TRUE(cut.joined);
    uint32_t done = 0;
    for (const Segment& segment : cut.segments) {
      EXPECT_EQ(segment.latents_given, done == 0 ? 0u : 2u);
      EXPECT_EQ(segment.noise_index, done);
      EXPECT_LE(segment.latent.frame_count, 5u);
      EXPECT_GT(segment.latent.frame_count, segment.latents_given);
      done += segment.latent.frame_count - segment.latents_given;
    }
    EXPECT_EQ(done, Joining().latent.LatentFrames(frame_count));
    const auto pieces = PiecesOf(Joining(), Of(frame_count), cut, nullptr);
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(pieces[0].size.frame_count, done);
    EXPECT_EQ(pieces[0].frames_delivered, frame_count);
  }
}

TEST(Segments, AnExtensionGoesOnWhereTheLatentEnds) {
  ClipLatent source;
  source.pieces.push_back({{2, 3, 2, 4}, std::vector<float>(48), 0, 15});
  const Cut cut = CutIntoSegments(Joining(), Of(40, 15), &source).value();
  ASSERT_EQ(cut.segments.size(), 1u);
  EXPECT_EQ(cut.segments[0].latents_given, 2u);
  EXPECT_EQ(cut.segments[0].latent.frame_count, 4u);  // of five that 40 pictures need
  EXPECT_EQ(cut.segments[0].noise_index, 3u);
  // The source's last latent frame stands for pictures that it did not show.
  EXPECT_TRUE(CutIntoSegments(Joining(), Of(21, 15), &source).value().segments.empty());
}

TEST(Segments, PicturesAreDeliveredOnce) {
  const Cut cut = CutIntoSegments(FromPictures(), Of(20), nullptr).value();
  EXPECT_FALSE(cut.joined);
  ASSERT_EQ(cut.segments.size(), 3u);
  uint32_t delivered = 0;
  for (size_t i = 0; i < cut.segments.size(); ++i) {
    const Segment& segment = cut.segments[i];
    EXPECT_EQ(segment.frames_skipped, i == 0 ? 0u : 1u);
    EXPECT_EQ(segment.noise_index, i);
    EXPECT_EQ(segment.latents_given, 0u);
    delivered += segment.frames_delivered;
  }
  EXPECT_EQ(delivered, 20u);
  ClipLatent source;
  source.pieces.push_back({{2, 3, 4, 8}, std::vector<float>(192), 0, 9});
  const Cut more = CutIntoSegments(FromPictures(), Of(12, 9), &source).value();
  ASSERT_EQ(more.segments.size(), 1u);
  EXPECT_EQ(more.segments[0].noise_index, 1u);
  EXPECT_EQ(more.segments[0].frames_skipped, 1u);
  EXPECT_EQ(more.segments[0].frames_delivered, 3u);
  EXPECT_EQ(PiecesOf(FromPictures(), Of(12, 9), more, &source).size(), 2u);
}

TEST(Segments, WhatCannotGoOnSaysSo) {
  Capabilities can = FromPictures();
  can.image_conditioning = ImageConditioning::kNone;
  EXPECT_TRUE(CutIntoSegments(can, Of(9), nullptr).ok());
  EXPECT_THAT(CutIntoSegments(can, Of(10), nullptr).error().message(), HasSubstr("at most 9"));
}

TEST(Segments, ASourceOfAnotherSizeIsRefused) {
  ClipLatent source;
  source.pieces.push_back({{2, 3, 2, 4}, std::vector<float>(48), 0, 15});
  source.settings.clip.frame_count = 15;
  const auto error = [&](const Capabilities& can, const Settings& settings) -> std::string {
    const Cut cut = CutIntoSegments(can, settings, nullptr).value();
    const Status fits = CheckSource(can, settings, cut, source);
    return fits.ok() ? "fits" : fits.error().message();
  };
  EXPECT_EQ(error(Joining(), Of(40, 15)), "fits");
  source.settings.clip.frame_count = 25;
  EXPECT_THAT(error(Joining(), Of(40, 25)), HasSubstr("2x4x2x4"));
  source.settings.clip.frame_count = 15;
  Settings remix = Of(15);
  remix.source_use = SourceUse::kRemix;
  EXPECT_EQ(error(Joining(), remix), "fits");
  remix.clip.frame_count = 25;
  EXPECT_THAT(error(Joining(), remix), HasSubstr("2x3x2x4"));
  Capabilities wider = Joining();
  wider.latent.channel_count = 3;
  EXPECT_THAT(error(wider, Of(40, 15)), HasSubstr("2x3x2x4"));
}

TEST(Segments, ScenesBeginAtLatentFrames) {
  Settings settings = Of(20 + 30 + 15);
  settings.further_scenes = {{20, "b"}, {50, "c"}};
  const Cut joined = CutIntoSegments(Joining(), settings, nullptr).value();
  std::vector<std::pair<uint32_t, uint32_t>> made;  // scene, latent frames
  for (const Segment& segment : joined.segments) {
    made.emplace_back(segment.scene, segment.latent.frame_count - segment.latents_given);
  }
  const std::vector<std::pair<uint32_t, uint32_t>> expected = {{0, 3}, {1, 3}, {2, 2}};
  EXPECT_EQ(made, expected);
  const Cut by_pictures = CutIntoSegments(FromPictures(), settings, nullptr).value();
  std::vector<uint32_t> delivered(3);
  for (const Segment& segment : by_pictures.segments) {
    EXPECT_LE(segment.frames_skipped + segment.frames_delivered, 9u);
    delivered[segment.scene] += segment.frames_delivered;
  }
  EXPECT_EQ(delivered, (std::vector<uint32_t>{20, 30, 15}));
}

TEST(Segments, ABridgeHasBothEndsBesideWhatItDelivers) {
  Settings settings = Of(9 + 5 + 9, 9);
  settings.source_use = SourceUse::kBridge;
  settings.target_frame_count = 9;
  ClipLatent source;
  source.pieces.push_back({{2, 3, 4, 8}, std::vector<float>(192), 0, 9});
  Capabilities can = FromPictures();
  const Cut cut = CutIntoSegments(can, settings, &source).value();
  ASSERT_EQ(cut.segments.size(), 1u);
  EXPECT_EQ(cut.segments[0].latent.frame_count, 3u);  // of 7 pictures
  EXPECT_EQ(cut.segments[0].frames_skipped, 1u);
  EXPECT_EQ(cut.segments[0].frames_delivered, 5u);
  EXPECT_EQ(BridgeFramesMax(can), 7u);
  settings.clip.frame_count += 3;
  EXPECT_THAT(CutIntoSegments(can, settings, &source).error().message(), HasSubstr("at most 7"));
  const Cut joined = CutIntoSegments(Joining(), settings, &source).value();
  EXPECT_TRUE(joined.joined);
  EXPECT_TRUE(joined.segments.empty());
}

TEST(LatentFrames, AreAPieceOfEachChannel) {
  const LatentSize size = {2, 3, 1, 2};
  const std::vector<float> latent = {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15};
  EXPECT_EQ(LatentFramesOf(latent, size, 1, 2), (std::vector<float>{2, 3, 4, 5, 12, 13, 14, 15}));
  std::vector<float> into(8, -1);
  CopyLatentFrames(latent, size, 2, 1, into, {2, 2, 1, 2}, 0);
  EXPECT_EQ(into, (std::vector<float>{4, 5, -1, -1, 14, 15, -1, -1}));
}

}  // namespace
}  // namespace aozora
