// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/image_io.h"
#include "media/interpolate.h"
#include "media/media_testonly.h"
#include "media/poster.h"
#include "media/scale.h"
#include "media/sprite_sheet.h"
#include "media/tee_sink.h"
#include "media/video_writer.h"

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A frame whose grey value says which it is.
Image Numbered(int index) {
  const uint8_t value = static_cast<uint8_t>(10 * index);
  return Solid(128, 64, value, value, value);
}

TEST(PosterSink, KeepsTheFrameThatWasAskedFor) {
  TemporaryFolder folder;
  const auto path = folder.path() / "poster.webp";
  PosterSink sink(path, 7, 64, Pool());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(sink.Write(Numbered(i)).ok());
  EXPECT_THAT(folder.Names(), IsEmpty());
  ASSERT_TRUE(sink.Finish().ok());
  EXPECT_EQ(FileContent(path).substr(8, 4), "WEBP");
  const Image poster = ReadImage(path).value();
  EXPECT_EQ(poster.width_px, 64u);
  EXPECT_EQ(poster.height_px, 32u);
  EXPECT_NEAR(MeanOf(poster, 1), 70, 2);
}

TEST(PosterSink, TakesTheLastFrameOfAShorterClipAndNeverEnlarges) {
  TemporaryFolder folder;
  const auto path = folder.path() / "poster.webp";
  PosterSink sink(path, 100, 4000, Pool());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(sink.Write(Numbered(i)).ok());
  ASSERT_TRUE(sink.Finish().ok());
  const Image poster = ReadImage(path).value();
  EXPECT_EQ(poster.width_px, 128u);
  EXPECT_NEAR(MeanOf(poster, 1), 20, 2);
  PosterSink empty(folder.path() / "empty.webp", 0, 64, Pool());
  EXPECT_FALSE(empty.Finish().ok());
  EXPECT_THAT(folder.Names(), ElementsAre("poster.webp"));
}

double CellMean(const Image& sheet, const SpriteSheetShape& shape, uint32_t cell) {
  const uint32_t x = cell % shape.columns * shape.cell_width_px + shape.cell_width_px / 2;
  const uint32_t y = cell / shape.columns * shape.cell_height_px + shape.cell_height_px / 2;
  return sheet.row(y)[size_t{3} * x];
}

TEST(SpriteSheetSink, ShowsEvenlySpacedFramesInOrder) {
  TemporaryFolder folder;
  const auto path = folder.path() / "sheet.jpg";
  const SpriteSheetShape shape = {3, 2, 32, 32};
  auto sink = SpriteSheetSink::Create(path, 24, shape, Pool()).value();
  for (int i = 0; i < 24; ++i) ASSERT_TRUE(sink.Write(Numbered(i)).ok());
  ASSERT_TRUE(sink.Finish().ok());
  EXPECT_EQ(FileContent(path).substr(0, 2), "\xff\xd8");
  const Image sheet = ReadImage(path).value();
  EXPECT_EQ(sheet.width_px, 96u);
  EXPECT_EQ(sheet.height_px, 64u);
  // Six parts of four frames; the middle of the i-th is 4 i + 2.
  for (uint32_t cell = 0; cell < 6; ++cell) {
    EXPECT_NEAR(CellMean(sheet, shape, cell), 10 * (4 * cell + 2), 3) << cell;
  }
}

TEST(SpriteSheetSink, ShortClipsRepeatAndEndedOnesStayBlack) {
  TemporaryFolder folder;
  const auto path = folder.path() / "sheet.jpg";
  const SpriteSheetShape shape = {4, 1, 32, 32};
  auto two = SpriteSheetSink::Create(path, 2, shape, Pool()).value();
  ASSERT_TRUE(two.Write(Numbered(5)).ok());
  ASSERT_TRUE(two.Write(Numbered(20)).ok());
  ASSERT_TRUE(two.Finish().ok());
  Image sheet = ReadImage(path).value();
  EXPECT_NEAR(CellMean(sheet, shape, 1), 50, 3);
  EXPECT_NEAR(CellMean(sheet, shape, 2), 200, 3);
  auto ended = SpriteSheetSink::Create(path, 8, shape, Pool()).value();
  for (int i = 10; i < 14; ++i) ASSERT_TRUE(ended.Write(Numbered(i)).ok());
  ASSERT_TRUE(ended.Finish().ok());
  sheet = ReadImage(path).value();
  EXPECT_NEAR(CellMean(sheet, shape, 0), 110, 3);
  EXPECT_NEAR(CellMean(sheet, shape, 3), 0, 3);
}

TEST(SpriteSheetSink, RefusesShapesBeyondTheLimits) {
  const auto refused = [](uint64_t frame_count, const SpriteSheetShape& shape) {
    return !SpriteSheetSink::Create("sheet.jpg", frame_count, shape, Pool()).ok();
  };
  EXPECT_TRUE(refused(0, {}));
  EXPECT_TRUE(refused(10, {0, 4, 10, 10}));
  EXPECT_TRUE(refused(10, {65, 4, 10, 10}));
  EXPECT_TRUE(refused(10, {4, 4, 0, 10}));
  EXPECT_TRUE(refused(10, {64, 64, 1000, 1000}));
  EXPECT_TRUE(refused(10, {4, 4, 0xffffffff, 0xffffffff}));
}

class FailingSink : public FrameSink {
 public:
  Status Write(const Image&) override { return Error::Exhausted("full"); }
  Status Finish() override { return Error::Exhausted("full"); }
};

TEST(TeeSink, HandsOnInOrderAndStopsAtTheFirstError) {
  CollectingSink a;
  CollectingSink b;
  TeeSink both({&a, &b});
  ASSERT_TRUE(both.Write(Numbered(1)).ok());
  ASSERT_TRUE(both.Finish().ok());
  EXPECT_EQ(a.frames.size(), 1u);
  EXPECT_EQ(b.frames.size(), 1u);
  EXPECT_TRUE(a.finished && b.finished);

  CollectingSink before;
  CollectingSink after;
  FailingSink failing;
  TeeSink broken({&before, &failing, &after});
  EXPECT_FALSE(broken.Write(Numbered(1)).ok());
  EXPECT_EQ(before.frames.size(), 1u);
  EXPECT_TRUE(after.frames.empty());
  EXPECT_FALSE(broken.Finish().ok());
  EXPECT_FALSE(after.finished);
}

// The whole way of a clip, from the decoder's frames to the three files.
void Deliver(const std::filesystem::path& folder, uint32_t thread_count) {
  ThreadPool pool(thread_count);
  VideoSettings settings;
  settings.effort = EncoderEffort::kUltrafast;
  auto writer = VideoWriter::Create(folder / "clip.mp4", 320, 180, settings).value();
  PosterSink poster(folder / "poster.webp", 6, 160, pool);
  auto sheet = SpriteSheetSink::Create(folder / "sheet.jpg", 12, {2, 2, 64, 36}, pool).value();
  TeeSink tee({&poster, &sheet, writer.get()});
  ScalingSink scale(tee, 320, 180, pool);
  InterpolatingSink interpolate(scale, {16, 1}, {24, 1}, pool);
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(interpolate.Write(Pattern(160, 90, 3 * i, i)).ok());
  }
  const Status status = interpolate.Finish();
  ASSERT_TRUE(status.ok()) << status.error().message();
}

TEST(Delivery, GivesTheSameFilesForAnyNumberOfThreads) {
  TemporaryFolder one;
  TemporaryFolder three;
  Deliver(one.path(), 1);
  Deliver(three.path(), 3);
  EXPECT_THAT(one.Names(), ElementsAre("clip.mp4", "poster.webp", "sheet.jpg"));
  for (const std::string& name : one.Names()) {
    EXPECT_TRUE(FileContent(one.path() / name) == FileContent(three.path() / name)) << name;
  }
}

}  // namespace
}  // namespace aozora
