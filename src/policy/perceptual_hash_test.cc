// SPDX-License-Identifier: Apache-2.0
#include "policy/perceptual_hash.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "media/image_io.h"
#include "media/scale.h"
#include "policy/picture_testonly.h"

namespace aozora::policy {
namespace {

constexpr uint32_t kSame = 8;  // the default of picture_distance_max

uint32_t Distance(const Image& a, const Image& b) {
  return HashDistance(*HashPicture(a), HashPicture(b)->bits);
}

Image Mirrored(const Image& image) {
  Image mirrored = image;
  for (uint32_t y = 0; y < image.height_px; ++y) {
    for (uint32_t x = 0; x < image.width_px; ++x) {
      for (size_t i = 0; i < 3; ++i) {
        mirrored.rgb[(size_t{image.width_px} * y + x) * 3 + i] =
            image.row(y)[size_t{3} * (image.width_px - 1 - x) + i];
      }
    }
  }
  return mirrored;
}

TEST(PerceptualHash, TheSamePictureIsFoundAgainAfterWhatHappensToPictures) {
  ThreadPool pool(1);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Image scene = Scene(seed);
    EXPECT_EQ(Distance(scene, scene), 0u);
    EXPECT_LE(Distance(Resize(scene, 71, 41, pool).value(), scene), kSame) << seed;
    const auto jpeg = EncodeImage(scene, ImageFormat::kJpeg, 25).value();
    EXPECT_LE(Distance(DecodeImage(jpeg).value(), scene), kSame) << seed;
    Image brighter = scene;
    for (uint8_t& v : brighter.rgb) v = static_cast<uint8_t>(std::min(255, v * 11 / 10 + 10));
    EXPECT_LE(Distance(brighter, scene), kSame) << seed;
    EXPECT_LE(Distance(Mirrored(scene), scene), kSame) << seed;
  }
}

TEST(PerceptualHash, DifferentPicturesAreFar) {
  std::vector<PictureHash> hashes;
  for (uint64_t seed = 0; seed < 60; ++seed) hashes.push_back(*HashPicture(Scene(seed)));
  uint32_t nearest = 64;
  for (size_t a = 0; a < hashes.size(); ++a) {
    for (size_t b = 0; b < a; ++b) {
      nearest = std::min(nearest, HashDistance(hashes[a], hashes[b].bits));
    }
  }
  EXPECT_GT(nearest, kSame);
}

TEST(PerceptualHash, APlainSurfaceHasNone) {
  EXPECT_FALSE(HashPicture(Painted(kBlackColour)));
  EXPECT_FALSE(HashPicture(Painted(kRedColour)));
  EXPECT_FALSE(HashPicture(Image{}));
  EXPECT_FALSE(HashPicture(Scene(1, 1, 1)));
}

}  // namespace
}  // namespace aozora::policy
