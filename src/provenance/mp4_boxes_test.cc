// SPDX-License-Identifier: Apache-2.0
#include "provenance/mp4_boxes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "provenance/big_endian.h"
#include "provenance/jumbf_box.h"

namespace aozora {
namespace {

std::string Number(uint64_t value, int bytes) {
  std::string text;
  PutBigEndian(value, bytes, &text);
  return text;
}

std::string Index(const std::string& table) {
  std::string box = table;
  for (const char* type : {"stbl", "minf", "mdia", "trak", "moov"}) {
    box = MakeBox(type, MakeBox("free", "") + box);
  }
  return box;
}

TEST(Mp4Boxes, TheyFillTheFile) {
  const std::string film = MakeBox("ftyp", "isom") + MakeBox("mdat", "abc");
  const auto boxes = TopLevelBoxes(MemorySource(film)).value();
  ASSERT_EQ(boxes.size(), 2u);
  EXPECT_EQ(boxes[1].type, "mdat");
  EXPECT_EQ(boxes[1].offset, 12u);
  EXPECT_EQ(boxes[1].size, 11u);
  EXPECT_TRUE(LooksLikeMp4(MemorySource(film)));
  EXPECT_FALSE(LooksLikeMp4(MemorySource("RIFF....")));
  for (size_t size = 13; size < film.size(); ++size) {
    const Mp4Scan cut = ScanTopLevelBoxes(MemorySource(film.substr(0, size))).value();
    EXPECT_EQ(cut.boxes.size(), 1u) << size;
    EXPECT_TRUE(cut.broken.has_value()) << size;
  }
}

TEST(Mp4Boxes, LongAndOpenSizesAreRead) {
  const std::string film =
      Number(1, 4) + "mdat" + Number(19, 8) + "abc" + Number(0, 4) + "free" + "rest";
  const auto boxes = TopLevelBoxes(MemorySource(film)).value();
  ASSERT_EQ(boxes.size(), 2u);
  EXPECT_EQ(boxes[0].header_bytes, 16u);
  EXPECT_EQ(boxes[0].size, 19u);
  EXPECT_EQ(boxes[1].size, 12u);
  EXPECT_TRUE(boxes[1].to_the_end);
}

TEST(Mp4Boxes, SizesBeyondTheFileAreRefused) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{15}, uint64_t{17}, UINT64_MAX}) {
    const std::string film = Number(1, 4) + "mdat" + Number(size, 8);
    EXPECT_FALSE(TopLevelBoxes(MemorySource(film)).ok()) << size;
  }
  EXPECT_FALSE(TopLevelBoxes(MemorySource(Number(7, 4) + "free")).ok());
}

TEST(Mp4Boxes, ChunkOffsetsOfBothSizesAreShifted) {
  std::string narrow = Index(
      MakeBox("stco", Number(0, 4) + Number(2, 4) + Number(100, 4) + Number(UINT32_MAX - 7, 4)));
  ASSERT_TRUE(ShiftChunkOffsets(7, &narrow).ok());
  EXPECT_TRUE(narrow.ends_with(Number(107, 4) + Number(UINT32_MAX, 4)));
  EXPECT_FALSE(ShiftChunkOffsets(1, &narrow).ok());
  std::string wide =
      Index(MakeBox("co64", Number(0, 4) + Number(1, 4) + Number(uint64_t{1} << 40, 8)));
  ASSERT_TRUE(ShiftChunkOffsets(7, &wide).ok());
  EXPECT_TRUE(wide.ends_with(Number((uint64_t{1} << 40) + 7, 8)));
}

TEST(Mp4Boxes, TablesThatLieAboutTheirLengthAreRefused) {
  for (const uint64_t count : {uint64_t{0}, uint64_t{2}, uint64_t{UINT32_MAX}}) {
    std::string moov = Index(MakeBox("stco", Number(0, 4) + Number(count, 4) + Number(100, 4)));
    EXPECT_FALSE(ShiftChunkOffsets(7, &moov).ok()) << count;
  }
}

}  // namespace
}  // namespace aozora
