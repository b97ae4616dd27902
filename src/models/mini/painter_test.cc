// SPDX-License-Identifier: Apache-2.0
// What the painter promises besides its numbers, which golden files judge: pictures of any size
// that do not depend on the threads, and come out the same however the latent frames come in.
#include "models/mini/painter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/golden.h"
#include "models/mini/mini_testonly.h"
#include "models/mini/painter_picture.h"

namespace aozora::mini {
namespace {

using testing::HasSubstr;
using Pictures = std::vector<std::vector<float>>;

constexpr uint32_t kTimeStride = 6;  // few pictures a latent frame: the same paths in less time

LatentGeometry Geometry() {
  LatentGeometry latent;
  latent.channel_count = SlotClip::kChannels;
  latent.time_stride = kTimeStride;
  latent.fixed_grid = SlotClip::kGrid;
  return latent;
}

std::unique_ptr<VideoDecoder> SomePainter(op::Device& device) {
  return MakePainter(device, RandomPainter(SmallPainter(), 1), Geometry()).value();
}

LatentSize SizeOf(size_t frame_count) {
  return {SlotClip::kChannels, static_cast<uint32_t>(frame_count), SlotClip::kGrid.height,
          SlotClip::kGrid.width};
}

// All pictures of a latent; counts[i] of them came with frame i.
Pictures DecodeAll(op::Device& device, VideoDecoder& decoder,
                   const std::vector<std::vector<float>>& latent, const ClipSize& clip,
                   std::vector<size_t>* counts = nullptr) {
  EXPECT_TRUE(decoder.Begin(device, SizeOf(latent.size()), clip).ok());
  Pictures pictures;
  const PictureSink keep = [&](ConstView view) -> Status {
    EXPECT_EQ(view.shape(), (Shape{1, clip.height_px, clip.width_px, 3}));
    std::vector<float>& picture = pictures.emplace_back(static_cast<size_t>(view.count()));
    device.Download(view, picture);
    return Ok();
  };
  for (const auto& frame : latent) {
    const size_t before = pictures.size();
    EXPECT_TRUE(decoder.Decode(device, frame, keep).ok());
    if (counts != nullptr) counts->push_back(pictures.size() - before);
  }
  return pictures;
}

double RootMeanSquare(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::pow(double{a[i]} - b[i], 2);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

TEST(Painter, MakesTheNumberOfPicturesThatIsWanted) {
  TestDevice device;
  const auto painter = SomePainter(*device);
  const auto latent = SomeLatent(4, 2, 1);
  std::vector<size_t> counts;
  const Pictures all = DecodeAll(*device, *painter, latent, {40, 22, 19}, &counts);
  ASSERT_EQ(all.size(), 1u + 3 * kTimeStride);
  // Each latent frame lacks its last half second until the next comes; the last one lacks nothing.
  EXPECT_THAT(counts, testing::ElementsAre(0, 5, 6, 8));
  const Pictures fewer = DecodeAll(*device, *painter, latent, {40, 22, 17});
  ASSERT_EQ(fewer.size(), 17u);
  for (size_t i = 0; i < fewer.size(); ++i) EXPECT_EQ(fewer[i], all[i]) << i;
}

TEST(Painter, PicturesAreThoseOfTheWholeClip) {
  TestDevice device;
  const auto latent = SomeLatent(3, 3, 2);
  const auto painter = SomePainter(*device);
  const Pictures streamed = DecodeAll(*device, *painter, latent, {48, 28, 13});
  SlotClip clip(3);
  for (const auto& frame : latent) clip.Add(frame);
  PicturePainter whole(TakePainterWeights(RandomPainter(SmallPainter(), 1)).value(), 48, 28);
  for (size_t i = 0; i < streamed.size(); ++i) {
    const double time_s = static_cast<double>(i) * kSecondsPerFrame / kTimeStride;
    std::vector<float> picture(streamed[i].size());
    ASSERT_TRUE(whole
                    .Paint(device.pool(), device.cancel(), clip.StateAt(time_s), time_s,
                           [&](uint32_t row, uint32_t, std::span<const float> pixels) {
                             std::copy(pixels.begin(), pixels.end(),
                                       picture.begin() + size_t{3} * 48 * row);
                           })
                    .ok());
    EXPECT_EQ(picture, streamed[i]) << i;
  }
}

TEST(Painter, ThreadsDoNotChangeTheBytes) {
  const auto latent = SomeLatent(2, 3, 3);
  std::vector<Pictures> made;
  for (const uint32_t thread_count : {1u, 2u, 3u}) {
    TestDevice device(thread_count);
    const auto painter = SomePainter(*device);
    // The second is larger than the grid.
    made.push_back(DecodeAll(*device, *painter, latent, {70, 38, 4}));
    made.back().push_back(DecodeAll(*device, *painter, latent, {900, 506, 1})[0]);
  }
  EXPECT_EQ(made[0], made[1]);
  EXPECT_EQ(made[0], made[2]);
}

// Values between -1 and 1 or so, not all alike, and an actor that shows.
TEST(Painter, EveryPartShowsInThePicture) {
  TestDevice device;
  const auto painter = SomePainter(*device);
  const ClipSize clip{64, 36, 1};
  const Pictures with = DecodeAll(*device, *painter, SomeLatent(1, 2, 4), clip);
  auto latent = SomeLatent(1, 2, 4);
  const std::vector<float> before = with[0];
  const auto [low, high] = std::minmax_element(before.begin(), before.end());
  EXPECT_GT(*high - *low, 0.2f);
  const Pictures without = DecodeAll(*device, *painter, SomeLatent(1, 0, 4), clip);
  EXPECT_GT(RootMeanSquare(with[0], without[0]), 0.01);
}

// A picture of twice the size, looked at from twice as far, is nearly the same one, whether or not
// it is painted point by point.
TEST(Painter, SizesShowTheSameThing) {
  TestDevice device;
  const auto painter = SomePainter(*device);
  const auto latent = SomeLatent(1, 1, 6);
  const auto small = DecodeAll(*device, *painter, latent, {384, 216, 1})[0];
  const auto large = DecodeAll(*device, *painter, latent, {768, 432, 1})[0];
  std::vector<float> halved(small.size());
  for (size_t y = 0; y < 216; ++y) {
    for (size_t x = 0; x < 384; ++x) {
      for (size_t c = 0; c < 3; ++c) {
        const auto at = [&](size_t dy, size_t dx) {
          return large[((2 * y + dy) * 768 + 2 * x + dx) * 3 + c];
        };
        halved[(y * 384 + x) * 3 + c] = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
      }
    }
  }
  double square = 0;
  for (const float value : small) square += double{value} * value;
  const double size = std::sqrt(square / static_cast<double>(small.size()));
  EXPECT_LT(RootMeanSquare(small, halved), 0.1 * size);
}

TEST(Painter, NonsenseInALatentIsNoCrash) {
  TestDevice device;
  const auto painter = SomePainter(*device);
  for (const float value : {1e30f, -1e30f, std::nanf(""), INFINITY, 90.0f, -90.0f}) {
    auto latent = SomeLatent(2, 3, 7);
    for (auto& frame : latent) {
      for (size_t i = 0; i < frame.size(); i += 3) frame[i] = value;
    }
    DecodeAll(*device, *painter, latent, {66, 34, 7});
    DecodeAll(*device, *painter, latent, {640, 360, 1});
  }
}

TEST(Painter, CancellingIsNotTakenForAResult) {
  TestDevice device;
  const auto painter = SomePainter(*device);
  const auto latent = SomeLatent(1, 1, 1);
  ASSERT_TRUE(painter->Begin(*device, SizeOf(1), {32, 18, 1}).ok());
  device.cancel().Cancel();
  const Status decoded = painter->Decode(*device, latent[0], [](ConstView) { return Ok(); });
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code(), ErrorCode::kCancelled);
}

TEST(Painter, AnErrorOfTheSinkEndsTheDecoding) {
  TestDevice device;
  const auto painter = SomePainter(*device);
  ASSERT_TRUE(painter->Begin(*device, SizeOf(1), {32, 18, 1}).ok());
  const Status decoded = painter->Decode(*device, SomeLatent(1, 1, 1)[0], [](ConstView) -> Status {
    return Error::Exhausted("the disk is full");
  });
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code(), ErrorCode::kExhausted);
}

TEST(Painter, RefusesOtherLatentsAndSizes) {
  TestDevice device;
  const auto painter = SomePainter(*device);
  EXPECT_FALSE(painter->Begin(*device, {16, 1, 2, 8}, {32, 18, 1}).ok());
  EXPECT_FALSE(painter->Begin(*device, SizeOf(0), {32, 18, 1}).ok());
  EXPECT_FALSE(painter->Begin(*device, SizeOf(1), {0, 18, 1}).ok());
  EXPECT_FALSE(painter->Begin(*device, SizeOf(1), {1u << 31, 18, 1}).ok());
  LatentGeometry other = Geometry();
  other.fixed_grid.reset();
  EXPECT_FALSE(MakePainter(*device, RandomPainter(SmallPainter(), 1), other).ok());
}

TEST(Painter, NamesTheTensorThatDoesNotFit) {
  PainterSizes sizes = SmallPainter();
  PainterWeights made;
  made.sizes = sizes;
  std::vector<std::string> names;
  const Status visited =
      VisitPainterTensors(made, [&](const std::string& name, const Shape&, std::vector<float>&) {
        names.push_back(name);
        return Ok();
      });
  ASSERT_TRUE(visited.ok());
  const TensorSet good = RandomPainter(sizes, 1);
  EXPECT_TRUE(CheckPainterShapes(good).ok());
  for (const std::string& wrong : names) {
    TensorSet missing("test"), reshaped("test");
    for (const std::string& name : names) {
      const Weight& weight = *good.Find(name);
      if (name != wrong) missing.Add(name, weight).value();
      const Shape& shape = weight.view.shape();
      const std::vector<float> fewer(static_cast<size_t>(shape.item_count()));
      reshaped
          .Add(name, name == wrong ? MakeWeight(fewer, shape.WithAxis(0, 1), DType::kF32) : weight)
          .value();
    }
    const Status without = CheckPainterShapes(missing);
    ASSERT_FALSE(without.ok()) << wrong;
    // The backdrop's layers are counted: without one of them there are fewer.
    if (!wrong.starts_with("backdrop_weight")) {
      EXPECT_THAT(without.error().message(), HasSubstr(wrong));
    }
    if (good.Find(wrong)->view.shape()[0] == 1) continue;
    EXPECT_FALSE(CheckPainterShapes(reshaped).ok()) << wrong;
  }
  TensorSet more = good;
  more.Add("another", *good.Find("wave_phase")).value();
  EXPECT_THAT(CheckPainterShapes(more).error().message(), HasSubstr("another"));
}

TEST(Painter, CostGrowsWithTheClip) {
  const Cost small = PainterCost({128, 72, 24}), large = PainterCost({1920, 1080, 240});
  EXPECT_GT(small.flops, 0);
  EXPECT_GT(large.flops, 50 * small.flops);
  EXPECT_LT(large.scratch_bytes, 600u << 20);
}

}  // namespace
}  // namespace aozora::mini
