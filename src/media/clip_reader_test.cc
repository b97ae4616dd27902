// SPDX-License-Identifier: Apache-2.0
#include "media/clip_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "media/media_testonly.h"
#include "media/video_writer.h"

namespace aozora {
namespace {

using testing::HasSubstr;

constexpr int kFrameCount = 12;

std::string MakeClip(VideoCodec codec) {
  TemporaryFolder folder;
  VideoSettings settings;
  settings.codec = codec;
  settings.effort = EncoderEffort::kUltrafast;
  auto writer = VideoWriter::Create(folder.path() / "clip", 64, 48, settings).value();
  for (int i = 0; i < kFrameCount; ++i) EXPECT_TRUE(writer->Write(Pattern(64, 48, i, 0)).ok());
  EXPECT_TRUE(writer->Finish().ok());
  return FileContent(folder.path() / "clip");
}

class ClipFile {
 public:
  explicit ClipFile(const std::string& content) : path_(folder_.path() / "clip") {
    std::ofstream(path_, std::ios::binary) << content;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
};

// How many frames come before the end or the first error; -1 when the file is refused at once.
int FramesUntilEnd(const std::string& content, const ClipLimits& limits = {}) {
  const ClipFile file(content);
  auto reader = ClipReader::Open(file.path(), limits);
  if (!reader.ok()) return -1;
  const ClipInfo info = (*reader)->info();
  for (int count = 0;; ++count) {
    const Result<std::optional<Image>> frame = (*reader)->Next();
    if (!frame.ok() || !frame->has_value()) return count;
    EXPECT_EQ((*frame)->width_px, info.width_px);
    EXPECT_EQ((*frame)->rgb.size(), size_t{3} * info.width_px * info.height_px);
  }
}

TEST(ClipReader, LimitsAreKept) {
  const std::string clip = MakeClip(VideoCodec::kH264);
  EXPECT_EQ(FramesUntilEnd(clip), kFrameCount);
  EXPECT_EQ(FramesUntilEnd(clip, {.frame_count_max = 5}), 5);
  EXPECT_EQ(FramesUntilEnd(clip, {.frame_count_max = kFrameCount}), kFrameCount);
  EXPECT_EQ(FramesUntilEnd(clip, {.pixels_max = 64 * 48 - 1}), -1);
  EXPECT_EQ(FramesUntilEnd(clip, {.pixels_max = 64 * 48}), kFrameCount);
  EXPECT_EQ(FramesUntilEnd(clip, {.bytes_max = clip.size() - 1}), -1);

  const ClipFile file(clip);
  auto reader = ClipReader::Open(file.path(), {.frame_count_max = 0}).value();
  const auto frame = reader->Next();
  ASSERT_FALSE(frame.ok());
  EXPECT_EQ(frame.error().code(), ErrorCode::kExhausted);
}

TEST(ClipReader, AfterTheEndItStaysAtTheEnd) {
  const ClipFile file(MakeClip(VideoCodec::kVp9));
  auto reader = ClipReader::Open(file.path()).value();
  for (int i = 0; i < kFrameCount; ++i) ASSERT_TRUE(reader->Next().value().has_value());
  EXPECT_FALSE(reader->Next().value().has_value());
  EXPECT_FALSE(reader->Next().value().has_value());
}

TEST(ClipReader, TurnsFramesAsTheTrackSays) {
  std::string clip = MakeClip(VideoCodec::kH264);
  // The matrix in tkhd version 0 (ISO/IEC 14496-12, 8.3.2) stands 40 bytes behind the type: a b u c
  // d v x y w in 16.16 (u, v, w 2.30). (0, 1, -1, 0) turns a quarter clockwise, as phones write it.
  const size_t matrix = clip.find("tkhd") + 4 + 40;
  const auto put = [&](size_t index, int32_t value) {
    for (size_t i = 0; i < 4; ++i) {
      clip[matrix + 4 * index + i] =
          static_cast<char>(static_cast<uint32_t>(value) >> (24 - 8 * i));
    }
  };
  put(0, 0);
  put(1, 1 << 16);
  put(3, -(1 << 16));
  put(4, 0);
  const ClipFile file(clip);
  auto reader = ClipReader::Open(file.path()).value();
  EXPECT_EQ(reader->info().width_px, 48u);
  EXPECT_EQ(reader->info().height_px, 64u);
  const Image shown = std::move(*reader->Next().value());
  const Image upright = Pattern(64, 48, 0, 0);
  Image expected = Image::Black(48, 64);
  for (uint32_t y = 0; y < 64; ++y) {
    for (uint32_t x = 0; x < 48; ++x) {
      const auto from = upright.row(47 - x).subspan(size_t{3} * y, 3);
      std::copy(from.begin(), from.end(), expected.rgb.begin() + 3 * (ptrdiff_t{48} * y + x));
    }
  }
  EXPECT_GT(Psnr(shown, expected), 30);
}

TEST(ClipReader, RefusesWhatIsNoVideo) {
  EXPECT_EQ(FramesUntilEnd(""), -1);
  EXPECT_EQ(FramesUntilEnd("hello"), -1);
  EXPECT_EQ(FramesUntilEnd(std::string(100'000, '\0')), -1);
  // Play lists name other files: never followed.
  const ClipFile clip(MakeClip(VideoCodec::kH264));
  EXPECT_EQ(FramesUntilEnd("ffconcat version 1.0\nfile " + clip.path().string() + "\n"), -1);
  EXPECT_EQ(FramesUntilEnd("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + clip.path().string() +
                           "\n#EXT-X-ENDLIST\n"),
            -1);
  const auto missing = ClipReader::Open("/nonexistent/clip.mp4");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
}

TEST(ClipReader, CutAndDamagedFilesDoNoHarm) {
  for (const VideoCodec codec : {VideoCodec::kH264, VideoCodec::kVp9}) {
    const std::string clip = MakeClip(codec);
    for (size_t part = 0; part < 40; ++part) {
      EXPECT_LE(FramesUntilEnd(clip.substr(0, clip.size() * part / 40)), kFrameCount);
    }
    // Bytes changed by a fixed rule, so that a failure comes again.
    uint32_t state = 1;
    for (int round = 0; round < 60; ++round) {
      std::string damaged = clip;
      for (int i = 0; i < 4; ++i) {
        state = state * 1664525 + 1013904223;  // Numerical Recipes, section 7.1
        damaged[state % damaged.size()] = static_cast<char>(state >> 24);
      }
      FramesUntilEnd(damaged, {.pixels_max = 1'000'000, .frame_count_max = 1000});
    }
  }
}

}  // namespace
}  // namespace aozora
