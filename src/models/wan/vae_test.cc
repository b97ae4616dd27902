// SPDX-License-Identifier: Apache-2.0
// What decoders promise besides their numbers: frames that do not depend on later ones, memory that
// does not grow, costs known beforehand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/sanitized_testonly.h"
#include "models/wan/decoders.h"
#include "models/wan/golden.h"
#include "models/wan/golden_stages.h"
#include "models/wan/random_weights.h"
#include "models/wan/wan_testonly.h"

namespace aozora::wan {
namespace {

struct Kind {
  const char* file;
  int64_t channels;
  int64_t space_stride;
};
constexpr Kind kTinyVae21 = {"wan_vae21_tiny", 16, 8};
constexpr Kind kVae22 = {"wan_vae22_tiny", 48, 16};
constexpr Kind kTiny21 = {"taehv_w21_tiny", 16, 8};
constexpr Kind kSuper22 = {"taehv_w22_super_tiny", 48, 16};

TensorSet WeightsOf(const Kind& kind) {
  const GoldenFile file = OpenTestGolden(kind.file);
  return GoldenWeights(file, FindNetworks(file.weights).at(0)).value();
}

Result<std::unique_ptr<VideoDecoder>> MakeDecoder(op::Device& device, const Kind& kind,
                                                  TensorSet weights,
                                                  const DecoderOptions& options = {}) {
  const std::string_view file = kind.file;
  if (file == kTinyVae21.file) return MakeVae21Decoder(device, std::move(weights), options);
  if (file == kVae22.file) return MakeVae22Decoder(device, std::move(weights), options);
  return MakeTinyDecoder(device, std::move(weights));
}

Cost DecoderCostOf(const Kind& kind, const TensorSet& weights, const LatentSize& latent,
                   const DecoderOptions& options = {}) {
  const std::string_view file = kind.file;
  if (file == kTinyVae21.file) return Vae21DecoderCost(weights, latent, options);
  if (file == kVae22.file) return Vae22DecoderCost(weights, latent, options);
  return TinyDecoderCost(weights, latent);
}

// Decodes `frame_count` frames of a clip that is the same for any of them, one after the other.
std::vector<float> DecodeClip(op::Device& device, VideoDecoder& decoder, const Kind& kind,
                              int64_t frame_count, uint32_t height, uint32_t width) {
  const LatentSize size{static_cast<uint32_t>(kind.channels), static_cast<uint32_t>(frame_count),
                        height, width};
  EXPECT_TRUE(decoder.Begin(device, size, {}).ok());
  JoinedFrames video;
  const auto count = static_cast<size_t>(kind.channels * height * width);
  for (int64_t frame = 0; frame < frame_count; ++frame) {
    const std::vector<float> latent = RandomValues(count, static_cast<uint64_t>(100 + frame));
    EXPECT_TRUE(decoder.Decode(device, latent, video.Joiner(device)).ok());
  }
  return video.In(AxisOrder::kTimeFirst);
}

const PictureSink kNobody = [](ConstView) { return Ok(); };

class DecoderTest : public testing::TestWithParam<Kind> {
 protected:
  TestDevice device_{BackendKind::kCpu};
};

TEST_P(DecoderTest, FirstFramesDoNotDependOnLaterOnes) {
  const auto decoder = MakeDecoder(*device_, GetParam(), WeightsOf(GetParam())).value();
  const std::vector<float> all = DecodeClip(*device_, *decoder, GetParam(), 4, 3, 5);
  for (const int64_t count : {1, 2, 3}) {
    const std::vector<float> some = DecodeClip(*device_, *decoder, GetParam(), count, 3, 5);
    const int64_t stride = GetParam().space_stride;
    ASSERT_EQ(static_cast<int64_t>(some.size()), (4 * count - 3) * 3 * 15 * stride * stride);
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin())) << count;
  }
}

TEST_P(DecoderTest, MemoryDoesNotGrowWithTheClip) {
  const auto decoder = MakeDecoder(*device_, GetParam(), WeightsOf(GetParam())).value();
  DecodeClip(*device_, *decoder, GetParam(), 4, 4, 4);
  const uint64_t in_use = device_->memory().bytes_in_use();
  const uint64_t peak = device_->memory().bytes_peak();
  DecodeClip(*device_, *decoder, GetParam(), 9, 4, 4);
  // Buffers that are used again may be a little larger than asked for.
  const auto grown = [](uint64_t now, uint64_t before) {
    return static_cast<double>(now) / static_cast<double>(before);
  };
  EXPECT_LT(grown(device_->memory().bytes_in_use(), in_use), 1.01);
  EXPECT_LT(grown(device_->memory().bytes_peak(), peak), 1.01);
}

// The estimate may not be below what is used, or a plan that fits would not; and not far above, or
// one that fits would be refused.
TEST_P(DecoderTest, CostIsWhatDecodingTakes) {
  for (const bool compact : {false, true}) {
    for (const auto& [frames, height, width] :
         {std::array<uint32_t, 3>{1, 30, 22}, {3, 30, 22}, {2, 18, 41}}) {
      if (kSanitized && frames > 1) continue;
      SCOPED_TRACE(fmt::format("{} frames of {}x{}", frames, height, width));
      TestDevice device(BackendKind::kCpu);
      const TensorSet weights = WeightsOf(GetParam());
      const DecoderOptions options{compact};
      const auto decoder = MakeDecoder(*device, GetParam(), weights, options).value();
      const LatentSize latent{static_cast<uint32_t>(GetParam().channels), frames, height, width};
      EXPECT_TRUE(decoder->Begin(*device, latent, {}).ok());
      const auto count = static_cast<size_t>(GetParam().channels * height * width);
      for (uint32_t frame = 0; frame < frames; ++frame) {
        ASSERT_TRUE(decoder->Decode(*device, RandomValues(count, frame), kNobody).ok());
      }
      const Cost cost = DecoderCostOf(GetParam(), weights, latent, options);
      double flops = 0;
      for (const auto& [name, record] : device->records()) flops += record.flops;
      EXPECT_NEAR(cost.flops / flops, 1, 0.02);
      const auto peak = static_cast<double>(device->memory().bytes_peak());
      const double ratio = static_cast<double>(cost.scratch_bytes) / peak;
      EXPECT_GE(ratio, 1) << peak / 1e6 << " MB";
      // A single frame leaves half of what is remembered, so that what does not depend on the clip,
      // the tiles of more threads than there are here, weighs more in these narrow networks.
      EXPECT_LE(ratio, frames > 1 ? 1.25 : 1.5) << peak / 1e6 << " MB";
    }
  }
}

TEST_P(DecoderTest, WhatIsLeftOverIsRefused) {
  TensorSet weights = WeightsOf(GetParam());
  const float one[] = {1};
  ASSERT_TRUE(weights.Add("decoder.99.weight", MakeWeight(one, Shape{1}, DType::kF32)).ok());
  const auto decoder = MakeDecoder(*device_, GetParam(), std::move(weights));
  ASSERT_FALSE(decoder.ok());
  EXPECT_THAT(decoder.error().message(), testing::HasSubstr("decoder.99.weight"));
}

TEST_P(DecoderTest, CancellingIsNotTakenForAResult) {
  const auto decoder = MakeDecoder(*device_, GetParam(), WeightsOf(GetParam())).value();
  const auto channels = static_cast<uint32_t>(GetParam().channels);
  ASSERT_TRUE(decoder->Begin(*device_, {channels, 1, 2, 2}, {}).ok());
  device_.cancel().Cancel();
  const std::vector<float> latent(4 * channels);
  const auto decoded = decoder->Decode(*device_, latent, kNobody);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code(), ErrorCode::kCancelled);
}

TEST_P(DecoderTest, AnErrorOfTheSinkEndsTheDecoding) {
  const auto decoder = MakeDecoder(*device_, GetParam(), WeightsOf(GetParam())).value();
  const auto channels = static_cast<uint32_t>(GetParam().channels);
  ASSERT_TRUE(decoder->Begin(*device_, {channels, 1, 2, 2}, {}).ok());
  const std::vector<float> latent(4 * channels);
  const auto decoded = decoder->Decode(
      *device_, latent, [](ConstView) -> Status { return Error::Exhausted("the disk is full"); });
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code(), ErrorCode::kExhausted);
}

INSTANTIATE_TEST_SUITE_P(Kinds, DecoderTest, testing::Values(kTinyVae21, kVae22, kTiny21, kSuper22),
                         [](const auto& chosen) { return std::string(chosen.param.file); });

// Networks of whole blocks of 32 channels. The range of 32 normal values behind silu is about 2.4
// and their root mean square 0.6: a step of 1/255 of the range, even errors of up to half of it,
// and a convolution's inputs are off by 0.45 % (relative), and so are its outputs. There are 27 on
// the way, of which each gives a part of the residual stream: the sum is off by about as much.
// Three times that is allowed; no difference at all would mean that nothing was compact.
TEST(CompactHistory, ChangesPicturesLittle) {
  const auto weights_of = [](const Kind& kind) {
    const bool is_21 = std::string_view(kind.file) == kTinyVae21.file;
    return RandomSet(is_21 ? PlanVae21(32) : PlanVae22(32, 32), DType::kF32, 7);
  };
  for (const Kind& kind : {kTinyVae21, kVae22}) {
    SCOPED_TRACE(kind.file);
    TestDevice device(BackendKind::kCpu);
    const auto exact = MakeDecoder(*device, kind, weights_of(kind)).value();
    const std::vector<float> expected = DecodeClip(*device, *exact, kind, 3, 5, 4);
    const auto compact = MakeDecoder(*device, kind, weights_of(kind), {true}).value();
    const std::vector<float> actual = DecodeClip(*device, *compact, kind, 3, 5, 4);
    const GoldenRow row = CompareGolden("", "", actual, expected, {1.4e-2, 1e-1});
    EXPECT_TRUE(row.ok) << row.rel_l2 << " " << row.max_ratio;
    EXPECT_GT(row.rel_l2, 1e-4);
  }
}

// The published width, whose packed weights do not stay. 400 positions at the smallest pictures.
TEST(DecoderCost, IsWhatThePublishedSizeTakes) {
  if (kSanitized) GTEST_SKIP() << "20 s of plain arithmetic";
  TestDevice device(BackendKind::kCpu);
  const TensorSet weights = RandomSet(PlanVae21(96), DType::kF32, 7);
  const DecoderOptions options{.compact_history = true};
  const auto decoder = MakeVae21Decoder(*device, weights, options).value();
  const LatentSize latent{16, 2, 20, 20};
  ASSERT_TRUE(decoder->Begin(*device, latent, {}).ok());
  for (int frame = 0; frame < 2; ++frame) {
    ASSERT_TRUE(decoder->Decode(*device, RandomValues(16 * 400, 1), kNobody).ok());
  }
  const auto peak = static_cast<double>(device->memory().bytes_peak());
  const Cost cost = Vae21DecoderCost(weights, latent, options);
  const double ratio = static_cast<double>(cost.scratch_bytes) / peak;
  EXPECT_GE(ratio, 1) << peak / 1e6 << " MB";
  EXPECT_LE(ratio, 1.2) << peak / 1e6 << " MB";
}

}  // namespace
}  // namespace aozora::wan
