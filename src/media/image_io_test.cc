// SPDX-License-Identifier: Apache-2.0
#include "media/image_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "media/media_testonly.h"
#include "media/orientation.h"

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::byte> ToBytes(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

void Append(std::vector<std::byte>* to, const std::vector<std::byte>& bytes) {
  to->insert(to->end(), bytes.begin(), bytes.end());
}

class ImageFormatTest : public testing::TestWithParam<ImageFormat> {
 protected:
  std::vector<std::byte> Encoded(const Image& image) {
    return EncodeImage(image, GetParam(), 95).value();
  }
};

TEST_P(ImageFormatTest, WhatIsWrittenIsReadAgain) {
  const Image image = Pattern(123, 77, 0, 0);
  const Image back = DecodeImage(Encoded(image)).value();
  EXPECT_EQ(back.width_px, 123u);
  EXPECT_EQ(back.height_px, 77u);
  // Lossy formats halve the chroma; 35 dB is far above any swap of channels or shift of rows.
  if (GetParam() == ImageFormat::kPng) {
    EXPECT_EQ(back.rgb, image.rgb);
  }
  EXPECT_GT(Psnr(image, back), 35);
}

TEST_P(ImageFormatTest, ColoursStay) {
  const Image back = DecodeImage(Encoded(Solid(64, 64, 200, 120, 40))).value();
  EXPECT_NEAR(MeanOf(back, 0), 200, 3);
  EXPECT_NEAR(MeanOf(back, 1), 120, 3);
  EXPECT_NEAR(MeanOf(back, 2), 40, 3);
}

TEST_P(ImageFormatTest, SameImageGivesTheSameBytes) {
  const Image image = Pattern(64, 64, 1, 2);
  EXPECT_EQ(Encoded(image), Encoded(image));
}

TEST_P(ImageFormatTest, ACutFileIsAnErrorNeverHalfAPicture) {
  const std::vector<std::byte> whole = Encoded(Pattern(40, 30, 0, 0));
  // The last bytes of a PNG (the checksum of its end mark) and of a padded WebP carry no picture.
  const size_t picture_bytes = whole.size() - (GetParam() == ImageFormat::kPng ? 12 : 2);
  for (size_t length = 0; length < picture_bytes; ++length) {
    const Result<Image> image = DecodeImage(Bytes(whole).first(length));
    ASSERT_FALSE(image.ok()) << length << " of " << whole.size();
  }
}

TEST_P(ImageFormatTest, FlippedBytesDoNoHarm) {
  const std::vector<std::byte> whole = Encoded(Pattern(40, 30, 0, 0));
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const std::byte flip : {std::byte{0xff}, std::byte{0x80}, std::byte{1}}) {
      std::vector<std::byte> damaged = whole;
      damaged[at] ^= flip;
      // Many decode to another picture; what counts is what the sanitizers see, and that the size
      // is bounded whatever the header now says.
      const Result<Image> image = DecodeImage(damaged, {.pixels_max = 1'000'000});
      if (image.ok()) {
        EXPECT_EQ(image->rgb.size(), size_t{3} * image->width_px * image->height_px);
      }
    }
  }
}

TEST_P(ImageFormatTest, LimitsAreKept) {
  const std::vector<std::byte> file = Encoded(Pattern(100, 50, 0, 0));
  EXPECT_TRUE(DecodeImage(file, {.pixels_max = 5000, .side_px_max = 100}).ok());
  const Result<Image> pixels = DecodeImage(file, {.pixels_max = 4999});
  ASSERT_FALSE(pixels.ok());
  EXPECT_EQ(pixels.error().code(), ErrorCode::kExhausted);
  EXPECT_THAT(pixels.error().message(), HasSubstr("100x50"));
  EXPECT_FALSE(DecodeImage(file, {.side_px_max = 99}).ok());
  EXPECT_FALSE(DecodeImage(file, {.bytes_max = file.size() - 1}).ok());
  EXPECT_TRUE(DecodeImage(file, {.bytes_max = file.size()}).ok());
}

INSTANTIATE_TEST_SUITE_P(Formats, ImageFormatTest,
                         testing::Values(ImageFormat::kPng, ImageFormat::kJpeg,
                                         ImageFormat::kWebp));

TEST(ImageIo, HugeHeadersCostNothing) {
  // PNGs that claim 2^31-1 and 1,000,000 pixels a side: signature, IHDR with its right checksum
  // (made with zlib), and an empty IDAT. libpng itself would take the second: 4 TB.
  const auto signature = ToBytes({0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
  const auto no_data =
      ToBytes({0x00, 0x00, 0x00, 0x00, 0x49, 0x44, 0x41, 0x54, 0x35, 0xaf, 0x06, 0x1e});
  for (const auto& header :
       {ToBytes({0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x7f, 0xff, 0xff, 0xff, 0x7f,
                 0xff, 0xff, 0xff, 0x08, 0x02, 0x00, 0x00, 0x00, 0x9b, 0xab, 0x9c, 0x31}),
        ToBytes({0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x0f, 0x42, 0x40, 0x00,
                 0x0f, 0x42, 0x40, 0x08, 0x02, 0x00, 0x00, 0x00, 0xd3, 0x0f, 0xaf, 0x2a})}) {
    std::vector<std::byte> png = signature;
    Append(&png, header);
    Append(&png, no_data);
    EXPECT_FALSE(DecodeImage(png).ok());
  }
  const Image small = Pattern(8, 8, 0, 0);
  std::vector<std::byte> jpeg = EncodeImage(small, ImageFormat::kJpeg).value();
  // SOF0: FF C0, length 17, precision 8, height, width (ITU-T T.81, B.2.2).
  const auto sof = ToBytes({0xff, 0xc0, 0, 17, 8});
  const auto at = std::search(jpeg.begin(), jpeg.end(), sof.begin(), sof.end());
  ASSERT_NE(at, jpeg.end());
  at[5] = at[7] = std::byte{0xf0};
  at[6] = at[8] = std::byte{0};
  const Result<Image> huge = DecodeImage(jpeg);
  ASSERT_FALSE(huge.ok());
  EXPECT_THAT(huge.error().message(), HasSubstr("61440x61440"));
}

TEST(ImageIo, IsToldByContentNotByName) {
  TemporaryFolder folder;
  const auto path = folder.path() / "picture.png";
  ASSERT_TRUE(WriteImage(path, Pattern(32, 32, 0, 0), ImageFormat::kWebp).ok());
  EXPECT_EQ(FileContent(path).substr(8, 4), "WEBP");
  EXPECT_TRUE(ReadImage(path).ok());
  EXPECT_THAT(folder.Names(), ElementsAre("picture.png"));
}

TEST(ImageIo, OtherContentIsRefusedWithAName) {
  EXPECT_EQ(DecodeImage({}).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(DecodeImage(ToBytes({'G', 'I', 'F', '8', '9', 'a'})).error().code(),
            ErrorCode::kUnsupported);
  const Result<Image> missing = ReadImage("/nonexistent/picture.png");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
}

TEST(ImageIo, AFullDiskLeavesNothing) {
  TemporaryFolder folder;
  Status status;
  {
    FileSizeLimit limit(50);
    status = WriteImage(folder.path() / "a.webp", Pattern(64, 64, 0, 0), ImageFormat::kWebp);
  }
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(folder.Names(), IsEmpty());
}

// 2x1 pixels, 8-bit RGBA: half transparent pure red, and fully transparent green. Made with zlib.
TEST(ImageIo, TransparentPartsAreLaidOnWhite) {
  const auto png = ToBytes(
      {0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
       0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0xf4,
       0x22, 0x7f, 0x8a, 0x00, 0x00, 0x00, 0x0f, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8,
       0xcf, 0xc0, 0xd0, 0xc0, 0x00, 0x24, 0x00, 0x0d, 0x7e, 0x02, 0x7f, 0x2f, 0x4c, 0x4b, 0xcb,
       0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82});
  const Image image = DecodeImage(png).value();
  // 255 stays; 0 under alpha 128 becomes 255 * (255 - 128) / 255 = 127.
  EXPECT_THAT(image.rgb, ElementsAre(255, 127, 127, 255, 255, 255));
}

// An EXIF block (TIFF, one entry) with the given orientation, in either byte order.
std::vector<std::byte> ExifSegment(int orientation, bool big_endian) {
  std::vector<std::byte> segment = ToBytes({0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0});
  Append(&segment, big_endian
                       ? ToBytes({'M', 'M', 0, 42, 0, 0, 0,           8, 0, 1, 0x01, 0x12, 0,
                                  3,   0,   0, 0,  1, 0, orientation, 0, 0, 0, 0,    0,    0})
                       : ToBytes({'I', 'I', 42, 0, 8, 0,           0, 0, 1, 0, 0x12, 0x01, 3,
                                  0,   1,   0,  0, 0, orientation, 0, 0, 0, 0, 0,    0,    0}));
  return segment;
}

TEST(ImageIo, JpegsAreTurnedAsTheirExifBlockSays) {
  // Left half red, right half blue, wider than high.
  Image image = Solid(64, 32, 255, 0, 0);
  for (size_t i = 0; i < image.rgb.size(); i += 3) {
    if (i / 3 % 64 >= 32) {
      image.rgb[i] = 0;
      image.rgb[i + 2] = 255;
    }
  }
  const std::vector<std::byte> plain = EncodeImage(image, ImageFormat::kJpeg).value();
  for (const bool big_endian : {false, true}) {
    std::vector<std::byte> turned(plain.begin(), plain.begin() + 2);
    Append(&turned, ExifSegment(6, big_endian));
    turned.insert(turned.end(), plain.begin() + 2, plain.end());
    const Image shown = DecodeImage(turned).value();
    ASSERT_EQ(shown.width_px, 32u);
    ASSERT_EQ(shown.height_px, 64u);
    // A quarter clockwise: the left half comes to the top.
    EXPECT_GT(shown.row(8)[3 * 16], 200);
    EXPECT_LT(shown.row(56)[3 * 16], 50);
  }
}

TEST(Orientation, AllEightAreWhatTheStandardSays) {
  // Stored:  1 2 3
  //          4 5 6     one value a pixel, in all channels
  Image stored = Image::Black(3, 2);
  for (size_t i = 0; i < stored.rgb.size(); ++i) stored.rgb[i] = static_cast<uint8_t>(i / 3 + 1);
  const std::array<std::vector<int>, 8> expected = {{{1, 2, 3, 4, 5, 6},
                                                     {3, 2, 1, 6, 5, 4},
                                                     {6, 5, 4, 3, 2, 1},
                                                     {4, 5, 6, 1, 2, 3},
                                                     {1, 4, 2, 5, 3, 6},
                                                     {4, 1, 5, 2, 6, 3},
                                                     {6, 3, 5, 2, 4, 1},
                                                     {3, 6, 2, 5, 1, 4}}};
  for (size_t i = 0; i < expected.size(); ++i) {
    const Image shown = ApplyOrientation(stored, static_cast<Orientation>(i + 1));
    EXPECT_EQ(shown.width_px, i < 4 ? 3u : 2u);
    std::vector<int> values;
    for (size_t pixel = 0; pixel < 6; ++pixel) values.push_back(shown.rgb[3 * pixel]);
    EXPECT_EQ(values, expected[i]) << "orientation " << i + 1;
  }
}

TEST(Orientation, DamagedExifMeansUpright) {
  std::vector<std::byte> jpeg = ToBytes({0xff, 0xd8});
  Append(&jpeg, ExifSegment(8, true));
  EXPECT_EQ(JpegOrientation(jpeg), Orientation::kRotateLeft);
  for (size_t length = 0; length < jpeg.size(); ++length) {
    EXPECT_EQ(JpegOrientation(Bytes(jpeg).first(length)), Orientation::kNormal);
  }
  std::vector<std::byte> odd = ToBytes({0xff, 0xd8});
  Append(&odd, ExifSegment(9, true));
  EXPECT_EQ(JpegOrientation(odd), Orientation::kNormal);
}

}  // namespace
}  // namespace aozora
