// SPDX-License-Identifier: Apache-2.0
#include "models/wan/dit.h"

#include <algorithm>
#include <array>

#include "models/wan/dit_block.h"
#include "models/wan/dit_tables.h"
#include "models/wan/dit_weights.h"

namespace aozora::wan {
namespace {

class DitPrompt : public Denoiser::Prompt {
 public:
  std::vector<TextKeys> layers;
};

// What the timesteps of a forward become.
struct Time {
  op::Tensor e;   // [R, C], for the head
  op::Tensor e0;  // [R, 6 * C], for the layers
  std::vector<uint32_t> rows;
};

class Dit : public Denoiser {
 public:
  Dit(const DitConfig& config, DitWeights weights, const WeightPolicy& policy)
      : config_(config), weights_(std::move(weights)), policy_(policy) {}
  // The decoder comes next, and should not share memory with pages that nobody reads any more.
  ~Dit() override {
    for (const BlockWeights& block : weights_.blocks) block.Release();
  }

  Result<std::unique_ptr<Prompt>> PreparePrompt(op::Device& device, const TextEmbedding& text,
                                                const Probe& probe) override;
  Status Predict(op::Device& device, const Prompt& prompt, const Input& input,
                 std::span<float> velocity, const Probe& probe) override;

 private:
  Result<op::Tensor> TextTokens(op::Device& device, const TextEmbedding& text) const;
  void ShowTextTokens(op::Device& device, const op::Tensor& tokens, const Stages& stages) const;
  Status CheckInput(const Input& input) const;
  Result<Time> EmbedTime(op::Device& device, const Input& input, const Stages& stages) const;
  Status EmbedPatches(op::Device& device, const Input& input, View x) const;
  ConstView Rotation(op::Device& device, const LatentSize& size);
  Status Head(op::Device& device, const Time& time, const BlockBuffers& buffers,
              const LatentSize& size, std::span<float> velocity, const Stages& stages) const;

  const DitConfig config_;
  const DitWeights weights_;
  const WeightPolicy policy_;
  std::array<uint32_t, 3> rotation_grid_ = {};  // frames, rows, columns that rotation_ is for
  op::Tensor rotation_;
};

// The real rows, and one row of padding if there is any: [text rows, C].
Result<op::Tensor> Dit::TextTokens(op::Device& device, const TextEmbedding& text) const {
  if (text.token_count < 0 || text.token_count > config_.text_token_count) {
    return Error::Invalid("a prompt of {} tokens; the denoiser takes at most {}", text.token_count,
                          config_.text_token_count);
  }
  if (text.token_count > 0 && text.width != config_.text_width) {
    return Error::Invalid("the text encoder gives {} numbers a token, the denoiser takes {}",
                          text.width, config_.text_width);
  }
  const bool padded = text.token_count < config_.text_token_count;
  std::vector<float> values = text.values;
  const int64_t rows = text.token_count + (padded ? 1 : 0);
  values.resize(static_cast<size_t>(rows * config_.text_width));  // the padding is zeros
  const op::Tensor in = device.Upload(values, {rows, config_.text_width});
  const op::Tensor hidden = device.New({rows, config_.width});
  op::Tensor out = device.New({rows, config_.width});
  op::Linear first = weights_.text[0].Op(in, hidden);
  first.activation = op::Activation::kGeluTanh;
  TRY(device.Run(first));
  TRY(device.Run(weights_.text[1].Op(hidden, out)));
  return out;
}

// As the reference has them, with every row of padding.
void Dit::ShowTextTokens(op::Device& device, const op::Tensor& tokens, const Stages& stages) const {
  if (!stages) return;
  const op::Tensor all = device.New({config_.text_token_count, config_.width});
  for (int64_t row = 0; row < all.dim(0); ++row) {
    const int64_t from = std::min(row, tokens.dim(0) - 1);
    device.Copy(tokens.view().Items(from, 1), all.view().Items(row, 1));
  }
  stages.Show("text_tokens", all);
}

Result<std::unique_ptr<Denoiser::Prompt>> Dit::PreparePrompt(op::Device& device,
                                                             const TextEmbedding& text,
                                                             const Probe& probe) {
  const op::Tensor tokens = TRY(TextTokens(device, text));
  ShowTextTokens(device, tokens, Stages(probe, ""));
  auto prompt = std::make_unique<DitPrompt>();
  const int64_t padding = config_.text_token_count - text.token_count;
  for (const BlockWeights& block : weights_.blocks) {
    TextKeys keys;
    keys.last_key_count = static_cast<uint32_t>(std::max<int64_t>(padding, 1));
    keys.key = device.New(tokens.shape());
    keys.value = device.New(tokens.shape());
    TRY(device.Run(block.cross.k.Op(tokens, keys.key)));
    TRY(device.Run(
        op::RmsNorm{.x = keys.key, .eps = kDitEps, .weight = block.cross.norm_k, .y = keys.key}));
    TRY(device.Run(block.cross.v.Op(tokens, keys.value)));
    prompt->layers.push_back(std::move(keys));
    if (policy_.release) block.cross.Release();
  }
  return std::unique_ptr<Prompt>(std::move(prompt));
}

Status Dit::CheckInput(const Input& input) const {
  const LatentSize& size = input.size;
  if (size.channel_count != config_.out_channel_count || size.frame_count == 0 ||
      size.height == 0 || size.width == 0 || size.height % DitConfig::kPatch != 0 ||
      size.width % DitConfig::kPatch != 0) {
    return Error::Invalid(
        "a latent of {} x {} x {} x {}; the denoiser takes {} channels and an "
        "even height and width",
        size.channel_count, size.frame_count, size.height, size.width, config_.out_channel_count);
  }
  const uint64_t condition_channels =
      static_cast<uint64_t>(config_.in_channel_count - config_.out_channel_count);
  const uint64_t cells = uint64_t{size.frame_count} * size.frame_value_count();
  if (input.condition.size() != condition_channels * cells) {
    return Error::Invalid("{} numbers of condition; this denoiser takes {} channels of {}",
                          input.condition.size(), condition_channels, cells);
  }
  CHECK_EQ(input.latent.size(), size.count());
  return Ok();
}

Result<Time> Dit::EmbedTime(op::Device& device, const Input& input, const Stages& stages) const {
  const int64_t frames = input.size.frame_count;
  TokenTimesteps steps =
      CollapseTimesteps(input.timesteps, frames, config_.TokenCount(input.size) / frames);
  const auto rows = static_cast<int64_t>(steps.distinct.size());
  const op::Tensor sinusoid = device.Upload(TimeSinusoid(steps.distinct, config_.frequency_count),
                                            {rows, config_.frequency_count});
  stages.Show("time_sinusoid", sinusoid);
  const op::Tensor hidden = device.New({rows, config_.width});
  Time time{device.New({rows, config_.width}),
            device.New({rows, kModulationRowCount * config_.width}), std::move(steps.rows)};
  op::Linear first = weights_.time[0].Op(sinusoid, hidden);
  first.activation = op::Activation::kSilu;
  TRY(device.Run(first));
  TRY(device.Run(weights_.time[1].Op(hidden, time.e)));
  stages.Show("time_e", time.e);
  TRY(device.Run(op::Elementwise{.x0 = time.e, .activation = op::Activation::kSilu, .y = hidden}));
  TRY(device.Run(weights_.time_projection.Op(hidden, time.e0)));
  stages.Show("time_e0", time.e0);
  return time;
}

// Latent and condition [C, F, H, W], channels together, to tokens in the order frame, row, column.
Status Dit::EmbedPatches(op::Device& device, const Input& input, View x) const {
  const int64_t frames = input.size.frame_count, p = DitConfig::kPatch;
  const int64_t rows = input.size.height / p, columns = input.size.width / p;
  const int64_t channels = config_.in_channel_count;
  const op::Tensor in = device.New({channels, frames, rows, p, columns, p});
  device.memory().CopyIn(in.view().data(), input.latent.data(), input.latent.size_bytes());
  if (!input.condition.empty()) {
    const int64_t behind = config_.out_channel_count;
    device.memory().CopyIn(in.view().Items(behind, channels - behind).data(),
                           input.condition.data(), input.condition.size_bytes());
  }
  const op::Tensor patches = device.New({frames, rows, columns, channels, p, p});
  static constexpr int kOrder[] = {1, 2, 4, 0, 3, 5};
  TRY(device.Run(op::Permute{.x = in, .order = kOrder, .y = patches}));
  return device.Run(weights_.patch.Op(patches.view().As({x.dim(0), channels * p * p}), x));
}

// The table is as large as a tenth of the stream; it is kept for as long as the size stays.
ConstView Dit::Rotation(op::Device& device, const LatentSize& size) {
  const std::array<uint32_t, 3> grid = {size.frame_count, size.height / DitConfig::kPatch,
                                        size.width / DitConfig::kPatch};
  if (!rotation_ || grid != rotation_grid_) {
    rotation_ = op::Tensor();
    rotation_ = device.Upload(RotationTable(grid[0], grid[1], grid[2], config_.head_width),
                              {config_.TokenCount(size), config_.head_width / 2, 2});
    rotation_grid_ = grid;
  }
  return rotation_;
}

// Modulated by e itself and a table of two rows. A token's values come as (ph, pw, c), channels
// last, unlike the patches that went in.
Status Dit::Head(op::Device& device, const Time& time, const BlockBuffers& buffers,
                 const LatentSize& size, std::span<float> velocity, const Stages& stages) const {
  const op::Tensor shift = device.New(time.e.shape()), scale = device.New(time.e.shape());
  TRY(device.Run(op::Elementwise{.x0 = time.e, .x1 = weights_.head_shift, .y = shift}));
  TRY(device.Run(op::Elementwise{.x0 = time.e, .x1 = weights_.head_scale, .y = scale}));
  TRY(device.Run(op::LayerNorm{.x = buffers.x(),
                               .eps = kDitEps,
                               .scale = scale,
                               .shift = shift,
                               .row = time.rows,
                               .y = buffers.h()}));
  const int64_t p = DitConfig::kPatch, channels = config_.out_channel_count;
  const op::Tensor tokens = device.New({buffers.x().dim(0), channels * p * p});
  TRY(device.Run(weights_.head.Op(buffers.h(), tokens)));
  stages.Show("head_tokens", tokens);
  const int64_t frames = size.frame_count, rows = size.height / p, columns = size.width / p;
  const op::Tensor latent = device.New({channels, frames, rows, p, columns, p});
  static constexpr int kOrder[] = {5, 0, 1, 3, 2, 4};
  TRY(device.Run(op::Permute{.x = tokens.view().As({frames, rows, columns, p, p, channels}),
                             .order = kOrder,
                             .y = latent}));
  device.Download(latent, velocity);
  return Ok();
}

Status Dit::Predict(op::Device& device, const Prompt& prompt, const Input& input,
                    std::span<float> velocity, const Probe& probe) {
  TRY(CheckInput(input));
  CHECK_EQ(velocity.size(), input.latent.size());
  const auto& text = static_cast<const DitPrompt&>(prompt).layers;
  CHECK_EQ(text.size(), weights_.blocks.size());
  static const Probe kNobody;
  const Stages stages(probe, ""), detail(probe, "block0_"), silent(kNobody, "");

  const Time time = TRY(EmbedTime(device, input, stages));
  const BlockBuffers buffers(device, config_, config_.TokenCount(input.size));
  TRY(EmbedPatches(device, input, buffers.x()));
  stages.Show("patch_tokens", buffers.x());
  const BlockInput block_input{config_, Rotation(device, input.size), time.e0, time.rows};
  for (size_t i = 0; i < weights_.blocks.size(); ++i) {
    const BlockWeights& block = weights_.blocks[i];
    TRY(RunBlock(device, block, block_input, text[i], buffers, i == 0 ? detail : silent));
    if (stages) stages.Show(fmt::format("block{}", i), buffers.x());
    if (policy_.release) block.Release();
  }
  return Head(device, time, buffers, input.size, velocity, stages);
}

}  // namespace

Result<std::unique_ptr<Denoiser>> MakeDit(op::Device& device, TensorSet weights,
                                          const DitConfig& config, const WeightPolicy& policy) {
  DitWeights taken = TRY(TakeDitWeights(device, std::move(weights), config, policy));
  return std::unique_ptr<Denoiser>(std::make_unique<Dit>(config, std::move(taken), policy));
}

}  // namespace aozora::wan
