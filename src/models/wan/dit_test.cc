// SPDX-License-Identifier: Apache-2.0
#include "models/wan/dit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/wan/dit_tables.h"
#include "models/wan/wan_testonly.h"

namespace aozora::wan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

DitConfig SmallConfig() {
  DitConfig config;
  config.width = 128;
  config.ffn_width = 96;
  config.layer_count = 2;
  config.text_width = 24;
  config.text_token_count = 12;
  config.in_channel_count = 4;
  config.out_channel_count = 4;
  config.frequency_count = 32;
  return config;
}

DitHints Hints(const DitConfig& config) { return {config.head_width, config.text_token_count}; }

TextEmbedding RandomText(const DitConfig& config, int64_t token_count, uint64_t seed) {
  return {token_count, config.text_width,
          RandomValues(static_cast<size_t>(token_count * config.text_width), seed)};
}

struct Forward {
  LatentSize size;
  std::vector<float> latent;
  std::vector<float> timesteps;
  std::vector<float> condition = {};
};

Result<std::vector<float>> Predict(op::Device& device, const std::vector<NamedWeight>& weights,
                                   const DitConfig& config, const TextEmbedding& text,
                                   const Forward& forward, const WeightPolicy& policy = {}) {
  const auto dit = TRY(MakeDit(device, MakeSet(weights), config, policy));
  const auto prompt = TRY(dit->PreparePrompt(device, text));
  std::vector<float> velocity(forward.latent.size());
  TRY(dit->Predict(device, *prompt,
                   {forward.latent, forward.size, forward.condition, forward.timesteps}, velocity));
  return velocity;
}

TEST(DitConfig, IsReadFromShapes) {
  DitConfig config = SmallConfig();
  config.in_channel_count = 9;
  const auto read = ReadDitConfig(MakeSet(RandomDit(config, 1)), Hints(config));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->width, 128);
  EXPECT_EQ(read->head_count(), 1);
  EXPECT_EQ(read->ffn_width, 96);
  EXPECT_EQ(read->layer_count, 2);
  EXPECT_EQ(read->text_width, 24);
  EXPECT_EQ(read->in_channel_count, 9);
  EXPECT_EQ(read->out_channel_count, 4);
  EXPECT_EQ(read->frequency_count, 32);
}

TEST(DitConfig, SaysWhatDoesNotFit) {
  DitConfig config = SmallConfig();
  config.width = 192;
  config.head_width = 64;
  const auto read = ReadDitConfig(MakeSet(RandomDit(config, 1)));
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message(), HasSubstr("width 192 cannot be split into heads of 128"));
  EXPECT_TRUE(ReadDitConfig(MakeSet(RandomDit(config, 1)), Hints(config)).ok());
  EXPECT_THAT(ReadDitConfig(TensorSet("empty")).error().message(),
              HasSubstr("empty has no tensor 'patch_embedding.weight'"));
}

// Counted by hand: 2 layers, 6 tokens of width 128, 4 text rows of 12.
TEST(DitConfig, CountsTheWork) {
  const Cost cost = DitCost(SmallConfig(), {4, 1, 4, 6}, 3);
  const double d = 128, n = 6, text = 4;
  const double layer = 2 * n * d * d * 4 + 4 * n * n * d       // q k v o, and attention
                       + 2 * n * d * d * 2 + 4 * n * text * d  // cross q and o
                       + 2 * n * d * 96 * 2;
  EXPECT_DOUBLE_EQ(cost.flops, 2 * layer + 2 * n * (16 * d + 16 * d));
}

TEST(DitConfig, ScratchIsWhatAForwardTakes) {
  const DitConfig config = SmallConfig();
  TestDevice device;
  const LatentSize size = {4, 2, 16, 24};
  {
    const auto dit = MakeDit(*device, MakeSet(RandomDit(config, 1)), config).value();
    const uint64_t before = device->memory().bytes_in_use();
    const auto prompt = dit->PreparePrompt(*device, RandomText(config, 3, 1)).value();
    device->memory().ResetPeak();
    std::vector<float> velocity(size.count());
    const std::vector<float> latent = RandomValues(size.count(), 2), t = {500};
    dit->Predict(*device, *prompt, {latent, size, {}, t}, velocity).value();
    const double taken = static_cast<double>(device->memory().bytes_peak() - before);
    const double said = static_cast<double>(DitCost(config, size, 3).scratch_bytes);
    EXPECT_LE(taken, 1.02 * said);  // small tables are not counted
    EXPECT_GE(taken, 0.7 * said);   // the head and the patches do not live at the same time
  }
  EXPECT_EQ(device->memory().bytes_in_use(), 0u);
}

TEST(Dit, RefusesWhatIsMissingOrLeftOver) {
  const DitConfig config = SmallConfig();
  TestDevice device;
  std::vector<NamedWeight> weights = RandomDit(config, 1);
  weights.push_back({"blocks.0.cross_attn.k_img.weight", weights[0].weight});
  EXPECT_THAT(MakeDit(*device, MakeSet(weights), config).error().message(), HasSubstr("k_img"));
  weights.pop_back();
  weights.pop_back();
  EXPECT_THAT(MakeDit(*device, MakeSet(weights), config).error().message(),
              HasSubstr("head.head.bias"));
}

// As FastVideo and NVlabs store them.
TEST(Dit, TakesGatesOfSparseAttentionAndPatchesAsAMatrix) {
  const DitConfig config = SmallConfig();
  TestDevice device;
  std::vector<NamedWeight> weights = RandomDit(config, 1), other = weights;
  other[0].weight.view = other[0].weight.view.As({128, 16});
  other.push_back({"blocks.0.to_gate_compress.weight", weights[0].weight});
  const auto read = ReadDitConfig(MakeSet(other), Hints(config));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->in_channel_count, 4);
  const Forward forward = {{4, 1, 4, 4}, RandomValues(64, 2), {500}};
  const TextEmbedding text = RandomText(config, 3, 3);
  EXPECT_EQ(Predict(*device, other, config, text, forward).value(),
            Predict(*device, weights, config, text, forward).value());
}

TEST(Dit, RefusesInputsOfAnotherModel) {
  const DitConfig config = SmallConfig();
  const std::vector<NamedWeight> weights = RandomDit(config, 1);
  TestDevice device;
  const Forward good = {{4, 1, 4, 4}, RandomValues(64, 2), {500}};
  const TextEmbedding text = RandomText(config, 3, 3);
  EXPECT_TRUE(Predict(*device, weights, config, text, good).ok());

  EXPECT_THAT(Predict(*device, weights, config, RandomText(config, 13, 3), good).error().message(),
              HasSubstr("13 tokens; the denoiser takes at most 12"));
  const TextEmbedding wide = {1, 25, RandomValues(25, 1)};
  EXPECT_THAT(Predict(*device, weights, config, wide, good).error().message(),
              HasSubstr("25 numbers a token"));
  Forward odd = good;
  odd.size = {4, 1, 3, 4};
  odd.latent.resize(48);
  EXPECT_THAT(Predict(*device, weights, config, text, odd).error().message(), HasSubstr("even"));
  Forward conditioned = good;
  conditioned.condition = RandomValues(16, 1);
  EXPECT_THAT(Predict(*device, weights, config, text, conditioned).error().message(),
              HasSubstr("0 channels"));
}

// An image-to-video checkpoint whose weights for the condition are all zero is the text-to-video
// one.
TEST(Dit, ConditionChannelsStandBehindTheLatent) {
  const DitConfig plain = SmallConfig();
  DitConfig config = plain;
  config.in_channel_count = 6;
  std::vector<NamedWeight> weights = RandomDit(plain, 1), widened = weights;
  const Weight& patch = weights[0].weight;  // [128, 4, 1, 2, 2]
  std::vector<float> values;
  for (int64_t row = 0; row < 128; ++row) {
    const float* from = patch.view.f32() + row * 16;
    values.insert(values.end(), from, from + 16);
    values.insert(values.end(), 8, 0.0f);
  }
  widened[0].weight = MakeWeight(values, {128, 6, 1, 2, 2}, DType::kF32);
  TestDevice device;
  Forward forward = {{4, 2, 4, 4}, RandomValues(128, 2), {500}};
  const TextEmbedding text = RandomText(config, 3, 3);
  const auto expected = Predict(*device, weights, plain, text, forward);
  forward.condition = RandomValues(64, 5);
  const auto actual = Predict(*device, widened, config, text, forward);
  ASSERT_TRUE(expected.ok());
  ASSERT_TRUE(actual.ok()) << actual.error().message();
  EXPECT_EQ(*actual, *expected);

  values.assign(values.size(), 0.125f);
  widened[0].weight = MakeWeight(values, {128, 6, 1, 2, 2}, DType::kF32);
  EXPECT_NE(Predict(*device, widened, config, text, forward).value(), *expected);
}

// With the self-attention's output cut off, no token sees another: two frames give what each gives
// alone. So many tokens pass through the feed-forward layer in pieces, and each frame has its own
// timestep.
TEST(Dit, TokensAreIndependentBesidesAttention) {
  DitConfig config = SmallConfig();
  config.ffn_width = 1024;
  config.layer_count = 1;
  std::vector<NamedWeight> weights = RandomDit(config, 1);
  Fill(weights, "blocks.0.self_attn.o.weight", 0);
  const uint32_t side = 36;
  const LatentSize one = {4, 1, side, side}, two = {4, 2, side, side};
  ASSERT_LT(FfnRowsAtOnce(config, config.TokenCount(two)), config.TokenCount(two));
  ASSERT_EQ(FfnRowsAtOnce(config, config.TokenCount(one)), config.TokenCount(one));

  TestDevice device(BackendKind::kCpu);
  const TextEmbedding text = RandomText(config, 3, 3);
  const size_t cells = size_t{side} * side;
  Forward both = {two, RandomValues(two.count(), 2), {900, 20}};
  const std::vector<float> together = Predict(*device, weights, config, text, both).value();
  for (size_t frame = 0; frame < 2; ++frame) {
    Forward single = {one, {}, {both.timesteps[frame]}};
    std::vector<float> expected;
    for (size_t c = 0; c < 4; ++c) {
      const size_t begin = (c * 2 + frame) * cells;
      single.latent.insert(single.latent.end(), both.latent.begin() + begin,
                           both.latent.begin() + begin + cells);
      expected.insert(expected.end(), together.begin() + begin, together.begin() + begin + cells);
    }
    const std::vector<float> alone = Predict(*device, weights, config, text, single).value();
    // Matrix products of other heights may sum in another order.
    EXPECT_TRUE(CompareGolden("", "", alone, expected, {1e-5, 5e-5}).ok) << frame;
  }
}

// Rows of zeros that are written out mean the same as padding.
TEST(Dit, PaddingIsRowsOfZeros) {
  const DitConfig config = SmallConfig();
  const std::vector<NamedWeight> weights = RandomDit(config, 1);
  TestDevice device;
  const Forward forward = {{4, 1, 4, 4}, RandomValues(64, 2), {500}};
  for (const int64_t written : {6, 11, 12}) {
    const TextEmbedding text = RandomText(config, 5, 3);
    TextEmbedding padded = text;
    padded.token_count = written;
    padded.values.resize(static_cast<size_t>(written * config.text_width));
    const std::vector<float> a = Predict(*device, weights, config, text, forward).value();
    const std::vector<float> b = Predict(*device, weights, config, padded, forward).value();
    EXPECT_TRUE(CompareGolden("", "", b, a, {1e-6, 1e-5}).ok) << written;
  }
}

TEST(Dit, ReleasedAndUnpackedWeightsGiveTheSame) {
  const DitConfig config = SmallConfig();
  const std::vector<NamedWeight> weights = RandomDit(config, 1);
  TestFolder folder;
  folder.Put("dit.safetensors", weights);
  TestDevice device(BackendKind::kCpu);
  const TextEmbedding text = RandomText(config, 3, 3);
  const LatentSize size = {4, 1, 4, 4};
  const std::vector<float> latent = RandomValues(64, 2), t = {500};
  const std::vector<float> expected =
      Predict(*device, weights, config, text, {size, latent, t}).value();

  TensorSet mapped =
      MakeTensorSet(OpenTensorFile(folder / "dit.safetensors").value(), [](std::string_view name) {
        return std::optional<std::string>(name);
      }).value();
  const auto dit =
      MakeDit(*device, std::move(mapped), config, {.pack = false, .release = true}).value();
  const auto prompt = dit->PreparePrompt(*device, text).value();
  for (int i = 0; i < 2; ++i) {
    std::vector<float> velocity(latent.size());
    dit->Predict(*device, *prompt, {latent, size, {}, t}, velocity).value();
    EXPECT_TRUE(CompareGolden("", "", velocity, expected, {1e-6, 1e-5}).ok);
  }
}

TEST(Dit, StopsWhenCancelled) {
  const DitConfig config = SmallConfig();
  TestDevice device;
  const auto dit = MakeDit(*device, MakeSet(RandomDit(config, 1)), config).value();
  const auto prompt = dit->PreparePrompt(*device, RandomText(config, 3, 3)).value();
  const std::vector<float> latent = RandomValues(64, 2), t = {500};
  std::vector<float> velocity(64);
  const Probe cancel_after_first_layer = [&](std::string_view stage, ConstView) {
    EXPECT_NE(stage, "block1");
    if (stage == "block0") device.cancel().Cancel();
  };
  const Status status = dit->Predict(*device, *prompt, {latent, {4, 1, 4, 4}, {}, t}, velocity,
                                     cancel_after_first_layer);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kCancelled);
}

TEST(RotationTable, SplitsAHeadAsTheOriginalDoes) {
  const RotationPairs pairs = RotationPairs::Of(128);
  EXPECT_EQ(pairs.frame, 22);
  EXPECT_EQ(pairs.row, 21);
  EXPECT_EQ(pairs.column, 21);
  // Token (1, 2, 3) of a 2 x 3 x 4 grid: the first pair of each axis turns by the position itself.
  const std::vector<float> table = RotationTable(2, 3, 4, 128);
  const float* token = table.data() + ((1 * 3 + 2) * 4 + 3) * 128;
  EXPECT_FLOAT_EQ(token[0], std::cos(1.0f));
  EXPECT_FLOAT_EQ(token[1], std::sin(1.0f));
  EXPECT_FLOAT_EQ(token[2 * 22], std::cos(2.0f));
  EXPECT_FLOAT_EQ(token[2 * 43 + 1], std::sin(3.0f));
  EXPECT_FLOAT_EQ(token[2 * 43 + 3], std::sin(3 * std::pow(1e4f, -2 / 42.0f)));
}

TEST(CollapseTimesteps, KeepsDistinctOnesInOrder) {
  const TokenTimesteps frames = CollapseTimesteps(std::vector<float>{0, 7, 7}, 3, 2);
  EXPECT_THAT(frames.distinct, ElementsAre(0, 7));
  EXPECT_THAT(frames.rows, ElementsAre(0, 0, 1, 1, 1, 1));
  const TokenTimesteps tokens = CollapseTimesteps(std::vector<float>{9, 0, 9, 0}, 2, 2);
  EXPECT_THAT(tokens.distinct, ElementsAre(9, 0));
  EXPECT_THAT(tokens.rows, ElementsAre(0, 1, 0, 1));
  EXPECT_TRUE(CollapseTimesteps(std::vector<float>{5, 5}, 2, 3).rows.empty());
}

}  // namespace
}  // namespace aozora::wan
