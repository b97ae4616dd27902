// SPDX-License-Identifier: Apache-2.0
#include "media/video_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <cstdlib>

#include "media/clip_reader.h"
#include "media/media_testonly.h"

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kWidthPx = 160;
constexpr uint32_t kHeightPx = 96;

VideoSettings Quick(VideoCodec codec = VideoCodec::kH264) {
  VideoSettings settings;
  settings.codec = codec;
  settings.effort =
      codec == VideoCodec::kH264 ? EncoderEffort::kVeryfast : EncoderEffort::kUltrafast;
  return settings;
}

Image MovingFrame(int index) { return Pattern(kWidthPx, kHeightPx, 2.5 * index, 1.5 * index); }

// Writes `frame_count` moving frames and finishes.
Status WriteClip(const std::filesystem::path& path, const VideoSettings& settings,
                 int frame_count) {
  auto writer = TRY(VideoWriter::Create(path, kWidthPx, kHeightPx, settings));
  for (int i = 0; i < frame_count; ++i) TRY(writer->Write(MovingFrame(i)));
  return writer->Finish();
}

std::vector<Image> ReadAll(const std::filesystem::path& path, ClipInfo* info) {
  auto reader = ClipReader::Open(path);
  if (!reader.ok()) {
    ADD_FAILURE() << reader.error().message();
    return {};
  }
  *info = (*reader)->info();
  std::vector<Image> frames;
  for (;;) {
    Result<std::optional<Image>> frame = (*reader)->Next();
    EXPECT_TRUE(frame.ok()) << frame.error().message();
    if (!frame.ok() || !frame->has_value()) return frames;
    frames.push_back(std::move(**frame));
  }
}

class VideoWriterTest : public testing::TestWithParam<VideoCodec> {
 protected:
  // SVT-AV1 greets everybody on stderr unless told to print errors only.
  static void SetUpTestSuite() { setenv("SVT_LOG", "1", 0); }
};

TEST_P(VideoWriterTest, WhatGoesInComesOut) {
  TemporaryFolder folder;
  const auto path = folder.path() / "clip.video";
  VideoSettings settings = Quick(GetParam());
  settings.frame_rate = {30000, 1001};
  settings.title = "a título";
  settings.comment = "made by a test";
  settings.generator = "Aozora test";
  constexpr int kFrameCount = 50;
  const Status written = WriteClip(path, settings, kFrameCount);
  ASSERT_TRUE(written.ok()) << written.error().message();
  EXPECT_THAT(folder.Names(), ElementsAre("clip.video"));

  ClipInfo info;
  const std::vector<Image> frames = ReadAll(path, &info);
  ASSERT_EQ(frames.size(), size_t{kFrameCount});
  EXPECT_EQ(info.width_px, kWidthPx);
  EXPECT_EQ(info.height_px, kHeightPx);
  EXPECT_EQ(info.title, settings.title);
  EXPECT_EQ(info.comment, settings.comment);
  EXPECT_EQ(info.generator, settings.generator);
  if (GetParam() == VideoCodec::kVp9) {
    // WebM counts time in milliseconds, so its rate is an estimate.
    EXPECT_NEAR(info.frame_rate.per_second(), 30000.0 / 1001, 0.05);
  } else {
    EXPECT_EQ(info.frame_rate, settings.frame_rate);
    EXPECT_EQ(info.frame_count, uint64_t{kFrameCount});
  }
  // 35 dB is where people stop seeing a difference on smooth content. A frame out of order or off
  // by one pixel gives less than 30 (checked below).
  for (int i = 0; i < kFrameCount; ++i) {
    EXPECT_GT(Psnr(frames[static_cast<size_t>(i)], MovingFrame(i)), 35) << "frame " << i;
  }
  EXPECT_LT(Psnr(frames[10], MovingFrame(11)), 30);
}

TEST_P(VideoWriterTest, SolidColoursStayWithinThreeSteps) {
  TemporaryFolder folder;
  const auto path = folder.path() / "clip";
  constexpr std::array<std::array<uint8_t, 3>, 8> kColours = {{{0, 0, 0},
                                                               {255, 255, 255},
                                                               {255, 0, 0},
                                                               {0, 255, 0},
                                                               {0, 0, 255},
                                                               {200, 120, 40},
                                                               {20, 90, 160},
                                                               {128, 128, 128}}};
  // With the matrix of BT.601 instead, pure green would be off by dozens.
  auto writer = VideoWriter::Create(path, kWidthPx, kHeightPx, Quick(GetParam()));
  ASSERT_TRUE(writer.ok()) << writer.error().message();
  for (const auto& [r, g, b] : kColours) {
    for (int repeat = 0; repeat < 3; ++repeat) {
      ASSERT_TRUE((*writer)->Write(Solid(kWidthPx, kHeightPx, r, g, b)).ok());
    }
  }
  ASSERT_TRUE((*writer)->Finish().ok());
  ClipInfo info;
  const std::vector<Image> frames = ReadAll(path, &info);
  ASSERT_EQ(frames.size(), 3 * kColours.size());
  for (size_t i = 0; i < frames.size(); ++i) {
    for (int channel = 0; channel < 3; ++channel) {
      EXPECT_NEAR(MeanOf(frames[i], channel), kColours[i / 3][static_cast<size_t>(channel)], 3)
          << "frame " << i << " channel " << channel;
    }
  }
}

TEST_P(VideoWriterTest, SameFramesGiveTheSameBytes) {
  TemporaryFolder folder;
  ASSERT_TRUE(WriteClip(folder.path() / "a", Quick(GetParam()), 30).ok());
  // Memory with other things in it than before: encoders have been seen to read what nobody wrote.
  mallopt(M_PERTURB, 0x5a);
  ASSERT_TRUE(WriteClip(folder.path() / "b", Quick(GetParam()), 30).ok());
  mallopt(M_PERTURB, 0);
  EXPECT_TRUE(FileContent(folder.path() / "a") == FileContent(folder.path() / "b"));
}

INSTANTIATE_TEST_SUITE_P(Codecs, VideoWriterTest,
                         testing::Values(VideoCodec::kH264, VideoCodec::kAv1, VideoCodec::kVp9));

// The types of the boxes at the top of an MP4 file (ISO/IEC 14496-12, 4.2).
std::vector<std::string> TopBoxes(const std::string& file) {
  std::vector<std::string> types;
  size_t at = 0;
  while (at + 8 <= file.size()) {
    uint32_t size = 0;
    for (size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<uint8_t>(file[at + i]);
    types.push_back(file.substr(at + 4, 4));
    if (size < 8) break;
    at += size;
  }
  return types;
}

TEST(VideoWriter, PutsTheIndexFirst) {
  TemporaryFolder folder;
  const auto path = folder.path() / "clip.mp4";
  ASSERT_TRUE(WriteClip(path, Quick(), 30).ok());
  EXPECT_THAT(TopBoxes(FileContent(path)), ElementsAre("ftyp", "moov", "free", "mdat"));
}

TEST(VideoWriter, SaysItsColoursAreBt709) {
  TemporaryFolder folder;
  const auto path = folder.path() / "clip.mp4";
  ASSERT_TRUE(WriteClip(path, Quick(), 2).ok());
  // colr box of type nclx: primaries, transfer and matrix 1 (BT.709, ITU-T H.273), not full range.
  static constexpr char kColr[] = "colrnclx\0\1\0\1\0\1\0";
  EXPECT_NE(FileContent(path).find(std::string(kColr, sizeof(kColr) - 1)), std::string::npos);
}

TEST(VideoWriter, WritesNoTimeAndNoLibraryVersionIntoTheContainer) {
  TemporaryFolder folder;
  const auto path = folder.path() / "clip.mp4";
  ASSERT_TRUE(WriteClip(path, Quick(), 2).ok());
  const std::string file = FileContent(path);
  EXPECT_EQ(file.find("Lavf"), std::string::npos);
  // mvhd version 0: four bytes of version and flags, then the creation time.
  const size_t mvhd = file.find("mvhd");
  ASSERT_NE(mvhd, std::string::npos);
  EXPECT_EQ(file.substr(mvhd + 4, 12), std::string(12, '\0'));
}

TEST(VideoWriter, OneFrameIsAVideo) {
  TemporaryFolder folder;
  const auto path = folder.path() / "clip.mp4";
  ASSERT_TRUE(WriteClip(path, Quick(), 1).ok());
  ClipInfo info;
  EXPECT_EQ(ReadAll(path, &info).size(), size_t{1});
}

TEST(VideoWriter, NothingIsLeftWhenItIsAbandoned) {
  TemporaryFolder folder;
  {
    auto writer = VideoWriter::Create(folder.path() / "clip.mp4", kWidthPx, kHeightPx, Quick());
    ASSERT_TRUE(writer.ok());
    for (int i = 0; i < 5; ++i) ASSERT_TRUE((*writer)->Write(MovingFrame(i)).ok());
    EXPECT_EQ(folder.Names().size(), size_t{1});
    EXPECT_THAT(folder.Names()[0], HasSubstr("part"));
  }
  EXPECT_THAT(folder.Names(), IsEmpty());
}

TEST(VideoWriter, KeepsTheOldFileUntilTheNewOneIsWhole) {
  TemporaryFolder folder;
  const auto path = folder.path() / "clip.mp4";
  ASSERT_TRUE(WriteClip(path, Quick(), 3).ok());
  const std::string before = FileContent(path);
  {
    auto writer = VideoWriter::Create(path, kWidthPx, kHeightPx, Quick());
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Write(MovingFrame(7)).ok());
  }
  EXPECT_EQ(FileContent(path), before);
  EXPECT_THAT(folder.Names(), ElementsAre("clip.mp4"));
}

TEST(VideoWriter, AFullDiskIsAClearErrorAndLeavesNothing) {
  TemporaryFolder folder;
  const auto path = folder.path() / "clip.mp4";
  // From nothing fits to only the rewriting with the index in front fails: every phase.
  ASSERT_TRUE(WriteClip(path, Quick(), 40).ok());
  const uint64_t whole_bytes = std::filesystem::file_size(path);
  std::filesystem::remove(path);
  for (const uint64_t bytes :
       {uint64_t{0}, uint64_t{100}, whole_bytes / 2, whole_bytes - 1000, whole_bytes - 1}) {
    Status status;
    {
      FileSizeLimit limit(bytes);
      status = WriteClip(path, Quick(), 40);
    }
    ASSERT_FALSE(status.ok()) << bytes;
    EXPECT_EQ(status.error().code(), ErrorCode::kExhausted) << status.error().message();
    EXPECT_THAT(status.error().message(), HasSubstr("clip.mp4"));
    EXPECT_THAT(folder.Names(), IsEmpty()) << bytes;
  }
}

TEST(VideoWriter, EverythingFailsAfterAnError) {
  TemporaryFolder folder;
  auto writer = VideoWriter::Create(folder.path() / "clip.mp4", kWidthPx, kHeightPx, Quick());
  ASSERT_TRUE(writer.ok());
  EXPECT_FALSE((*writer)->Finish().ok());  // no frames
  EXPECT_FALSE((*writer)->Write(MovingFrame(0)).ok());
  EXPECT_FALSE((*writer)->Finish().ok());
  EXPECT_THAT(folder.Names(), IsEmpty());
}

std::string CreateError(uint32_t width_px, uint32_t height_px, const VideoSettings& settings) {
  TemporaryFolder folder;
  auto writer = VideoWriter::Create(folder.path() / "clip.mp4", width_px, height_px, settings);
  EXPECT_FALSE(writer.ok());
  EXPECT_THAT(folder.Names(), IsEmpty());
  return writer.ok() ? "" : writer.error().message();
}

TEST(VideoWriter, RefusesWhatCannotBeEncodedBeforeAnyWork) {
  EXPECT_THAT(CreateError(161, 96, Quick()), HasSubstr("must be even; 160x96 is"));
  EXPECT_THAT(CreateError(160, 97, Quick()), HasSubstr("must be even"));
  EXPECT_THAT(CreateError(0, 96, Quick()), HasSubstr("sides must be"));
  EXPECT_THAT(CreateError(16384, 96, Quick()), HasSubstr("sides must be"));
  EXPECT_THAT(CreateError(8192, 8192, Quick()), HasSubstr("at most"));
  VideoSettings settings = Quick();
  settings.frame_rate = {121, 1};
  EXPECT_THAT(CreateError(160, 96, settings), HasSubstr("1 to 120 frames per second"));
  settings.frame_rate = {24, 0};
  EXPECT_THAT(CreateError(160, 96, settings), HasSubstr("frames per second"));
  settings = Quick();
  settings.quality_factor = 0;  // lossless, in a profile that browsers do not play
  EXPECT_THAT(CreateError(160, 96, settings), HasSubstr("quality factor 0"));
  settings.quality_factor = 52;
  EXPECT_THAT(CreateError(160, 96, settings), HasSubstr("quality factor 52"));
  settings = Quick();
  settings.comment.assign(kVideoTagBytesMax + 1, 'x');
  EXPECT_THAT(CreateError(160, 96, settings), HasSubstr("comment"));
  const auto nowhere =
      VideoWriter::Create("/nonexistent/folder/clip.mp4", kWidthPx, kHeightPx, Quick());
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().code(), ErrorCode::kNotFound);
}

TEST(VideoWriter, ParsesEfforts) {
  EXPECT_EQ(ParseEncoderEffort("medium").value(), EncoderEffort::kMedium);
  EXPECT_THAT(ParseEncoderEffort("placebo").error().message(), HasSubstr("ultrafast, veryfast"));
}

}  // namespace
}  // namespace aozora
