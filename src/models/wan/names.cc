// SPDX-License-Identifier: Apache-2.0
#include "models/wan/names.h"

#include <fmt/core.h>

#include <algorithm>

#include "models/wan/name_table.h"
#include "weights/name_map.h"

namespace aozora::wan {
namespace {

using Rules = std::vector<NameTable::Rule>;

// Mind norm3, which is norm2 there: diffusers counts the norms in the order of their use.
const NameTable& DitDiffusers() {
  static const NameTable table(Rules{
      {"patch_embedding", "patch_embedding"},
      {"time_embedding.0", "condition_embedder.time_embedder.linear_1"},
      {"time_embedding.2", "condition_embedder.time_embedder.linear_2"},
      {"text_embedding.0", "condition_embedder.text_embedder.linear_1"},
      {"text_embedding.2", "condition_embedder.text_embedder.linear_2"},
      {"time_projection.1", "condition_embedder.time_proj"},
      {"head.modulation", "scale_shift_table"},
      {"head.head", "proj_out"},
      {"img_emb.proj.0", "condition_embedder.image_embedder.norm1"},
      {"img_emb.proj.1", "condition_embedder.image_embedder.ff.net.0.proj"},
      {"img_emb.proj.3", "condition_embedder.image_embedder.ff.net.2"},
      {"img_emb.proj.4", "condition_embedder.image_embedder.norm2"},
      {"img_emb.emb_pos", "condition_embedder.image_embedder.pos_embed"},
      {"blocks.#.modulation", "blocks.#.scale_shift_table"},
      {"blocks.#.norm3", "blocks.#.norm2"},
      {"blocks.#.self_attn.q", "blocks.#.attn1.to_q"},
      {"blocks.#.self_attn.k", "blocks.#.attn1.to_k"},
      {"blocks.#.self_attn.v", "blocks.#.attn1.to_v"},
      {"blocks.#.self_attn.o", "blocks.#.attn1.to_out.0"},
      {"blocks.#.self_attn.norm_q", "blocks.#.attn1.norm_q"},
      {"blocks.#.self_attn.norm_k", "blocks.#.attn1.norm_k"},
      {"blocks.#.cross_attn.q", "blocks.#.attn2.to_q"},
      {"blocks.#.cross_attn.k", "blocks.#.attn2.to_k"},
      {"blocks.#.cross_attn.v", "blocks.#.attn2.to_v"},
      {"blocks.#.cross_attn.o", "blocks.#.attn2.to_out.0"},
      {"blocks.#.cross_attn.norm_q", "blocks.#.attn2.norm_q"},
      {"blocks.#.cross_attn.norm_k", "blocks.#.attn2.norm_k"},
      {"blocks.#.cross_attn.k_img", "blocks.#.attn2.add_k_proj"},
      {"blocks.#.cross_attn.v_img", "blocks.#.attn2.add_v_proj"},
      {"blocks.#.cross_attn.norm_k_img", "blocks.#.attn2.norm_added_k"},
      {"blocks.#.ffn.0", "blocks.#.ffn.net.0.proj"},
      {"blocks.#.ffn.2", "blocks.#.ffn.net.2"},
  });
  return table;
}

const NameTable& Umt5HuggingFace() {
  static const NameTable table(Rules{
      {"token_embedding", "shared"},
      {"norm", "encoder.final_layer_norm"},
      {"blocks.#.norm1", "encoder.block.#.layer.0.layer_norm"},
      {"blocks.#.attn.q", "encoder.block.#.layer.0.SelfAttention.q"},
      {"blocks.#.attn.k", "encoder.block.#.layer.0.SelfAttention.k"},
      {"blocks.#.attn.v", "encoder.block.#.layer.0.SelfAttention.v"},
      {"blocks.#.attn.o", "encoder.block.#.layer.0.SelfAttention.o"},
      {"blocks.#.pos_embedding.embedding",
       "encoder.block.#.layer.0.SelfAttention.relative_attention_bias"},
      {"blocks.#.norm2", "encoder.block.#.layer.1.layer_norm"},
      {"blocks.#.ffn.gate.0", "encoder.block.#.layer.1.DenseReluDense.wi_0"},
      {"blocks.#.ffn.fc1", "encoder.block.#.layer.1.DenseReluDense.wi_1"},
      {"blocks.#.ffn.fc2", "encoder.block.#.layer.1.DenseReluDense.wo"},
  });
  return table;
}

const NameTable& Umt5LlamaCpp() {
  static const NameTable table(Rules{
      {"token_embedding", "token_embd"},
      {"norm", "enc.output_norm"},
      {"blocks.#.norm1", "enc.blk.#.attn_norm"},
      {"blocks.#.attn.q", "enc.blk.#.attn_q"},
      {"blocks.#.attn.k", "enc.blk.#.attn_k"},
      {"blocks.#.attn.v", "enc.blk.#.attn_v"},
      {"blocks.#.attn.o", "enc.blk.#.attn_o"},
      {"blocks.#.pos_embedding.embedding", "enc.blk.#.attn_rel_b"},
      {"blocks.#.norm2", "enc.blk.#.ffn_norm"},
      {"blocks.#.ffn.gate.0", "enc.blk.#.ffn_gate"},
      {"blocks.#.ffn.fc1", "enc.blk.#.ffn_up"},
      {"blocks.#.ffn.fc2", "enc.blk.#.ffn_down"},
  });
  return table;
}

// The parts of a residual block.
void AddResidual(Rules& rules, const std::string& canonical, const std::string& stored) {
  rules.push_back({canonical + ".residual.0", stored + ".norm1"});
  rules.push_back({canonical + ".residual.2", stored + ".conv1"});
  rules.push_back({canonical + ".residual.3", stored + ".norm2"});
  rules.push_back({canonical + ".residual.6", stored + ".conv2"});
  rules.push_back({canonical + ".shortcut", stored + ".conv_shortcut"});
}

void AddResample(Rules& rules, const std::string& canonical, const std::string& stored) {
  rules.push_back({canonical + ".resample.1", stored + ".resample.1"});
  rules.push_back({canonical + ".time_conv", stored + ".time_conv"});
}

// What both VAEs have: everything but the levels.
Rules VaeEnds() {
  Rules rules = {{"conv1", "quant_conv"}, {"conv2", "post_quant_conv"}};
  for (const std::string half : {"encoder", "decoder"}) {
    rules.push_back({half + ".conv1", half + ".conv_in"});
    AddResidual(rules, half + ".middle.0", half + ".mid_block.resnets.0");
    rules.push_back({half + ".middle.1", half + ".mid_block.attentions.0"});
    AddResidual(rules, half + ".middle.2", half + ".mid_block.resnets.1");
    rules.push_back({half + ".head.0", half + ".norm_out"});
    rules.push_back({half + ".head.2", half + ".conv_out"});
  }
  return rules;
}

constexpr int kVaeLevels = 4;
constexpr int kEncoderResiduals = 2;  // of a level; a resampling follows them
constexpr int kDecoderResiduals = 3;

// Wan 2.1 numbers residual blocks and resamplings through all levels; diffusers does so only in the
// encoder.
const NameTable& Vae21Diffusers() {
  static const NameTable table = [] {
    Rules rules = VaeEnds();
    AddResidual(rules, "encoder.downsamples.#", "encoder.down_blocks.#");
    AddResample(rules, "encoder.downsamples.#", "encoder.down_blocks.#");
    int index = 0;
    for (int level = 0; level < kVaeLevels; ++level) {
      const std::string stored = fmt::format("decoder.up_blocks.{}", level);
      for (int i = 0; i < kDecoderResiduals; ++i) {
        AddResidual(rules, fmt::format("decoder.upsamples.{}", index++),
                    fmt::format("{}.resnets.{}", stored, i));
      }
      if (level + 1 == kVaeLevels) break;
      AddResample(rules, fmt::format("decoder.upsamples.{}", index++), stored + ".upsamplers.0");
    }
    return NameTable(std::move(rules));
  }();
  return table;
}

const NameTable& Vae22Diffusers() {
  static const NameTable table = [] {
    Rules rules = VaeEnds();
    const std::string down = "encoder.downsamples.#.downsamples.";
    const std::string up = "decoder.upsamples.#.upsamples.";
    // The resampling comes first: its number is one that '#' would match too.
    AddResample(rules, down + std::to_string(kEncoderResiduals),
                "encoder.down_blocks.#.downsampler");
    AddResidual(rules, down + "#", "encoder.down_blocks.#.resnets.#");
    AddResample(rules, up + std::to_string(kDecoderResiduals), "decoder.up_blocks.#.upsampler");
    AddResidual(rules, up + "#", "decoder.up_blocks.#.resnets.#");
    return NameTable(std::move(rules));
  }();
  return table;
}

// Null where the names are the canonical ones.
const NameTable* TableOf(const NetworkLayout& layout) {
  switch (layout.network) {
    case Network::kDit:
      return layout.layout == Layout::kDiffusers ? &DitDiffusers() : nullptr;
    case Network::kUmt5:
      if (layout.layout == Layout::kHuggingFace) return &Umt5HuggingFace();
      return layout.layout == Layout::kLlamaCpp ? &Umt5LlamaCpp() : nullptr;
    case Network::kVae21:
      return layout.layout == Layout::kDiffusers ? &Vae21Diffusers() : nullptr;
    case Network::kVae22:
      return layout.layout == Layout::kDiffusers ? &Vae22Diffusers() : nullptr;
    case Network::kTinyVae:
      return nullptr;
  }
  return nullptr;
}

// A tensor that one layout of one network has and no other: how it is told.
struct Sign {
  std::string_view name;
  NetworkLayout means;
};
constexpr Sign kSigns[] = {
    {"blocks.0.self_attn.norm_q.weight", {Network::kDit, Layout::kOriginal}},
    {"condition_embedder.time_proj.weight", {Network::kDit, Layout::kDiffusers}},
    {"blocks.0.pos_embedding.embedding.weight", {Network::kUmt5, Layout::kOriginal}},
    {"encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",
     {Network::kUmt5, Layout::kHuggingFace}},
    {"enc.blk.1.attn_rel_b.weight", {Network::kUmt5, Layout::kLlamaCpp}},
    {"decoder.upsamples.0.residual.2.weight", {Network::kVae21, Layout::kOriginal}},
    {"decoder.up_blocks.0.upsamplers.0.resample.1.weight", {Network::kVae21, Layout::kDiffusers}},
    {"decoder.upsamples.0.upsamples.0.residual.2.weight", {Network::kVae22, Layout::kOriginal}},
    {"decoder.up_blocks.0.upsampler.resample.1.weight", {Network::kVae22, Layout::kDiffusers}},
    {"decoder.3.conv.0.weight", {Network::kTinyVae, Layout::kOriginal}},
};

// Training code of others puts the denoiser into a member (github.com/NVlabs/rcm).
constexpr std::string_view kNetPrefix = "net.";

std::string_view Bare(std::string_view stored) {
  const std::string_view name = StripModelPrefix(stored);
  return name.starts_with(kNetPrefix) ? name.substr(kNetPrefix.size()) : name;
}

// The embedding of the tokens has a second name in some files, for the same values.
constexpr std::string_view kTiedEmbedding = "encoder.embed_tokens.weight";
// ComfyUI stores the tokenizer's model as a tensor of bytes.
constexpr std::string_view kTokenizerTensor = "spiece_model";

}  // namespace

std::string_view Name(Network network) {
  switch (network) {
    case Network::kDit:
      return "denoiser";
    case Network::kUmt5:
      return "text encoder";
    case Network::kVae21:
      return "VAE 2.1";
    case Network::kVae22:
      return "VAE 2.2";
    case Network::kTinyVae:
      return "tiny VAE";
  }
  return "";
}

std::string_view Name(Layout layout) {
  switch (layout) {
    case Layout::kOriginal:
      return "original";
    case Layout::kDiffusers:
      return "diffusers";
    case Layout::kHuggingFace:
      return "Hugging Face";
    case Layout::kLlamaCpp:
      return "llama.cpp";
  }
  return "";
}

std::vector<NetworkLayout> FindNetworks(const TensorFile& file) {
  std::vector<NetworkLayout> found;
  for (const StoredTensor& tensor : file.tensors) {
    const std::string_view name = Bare(tensor.name);
    for (const Sign& sign : kSigns) {
      if (name != sign.name) continue;
      if (std::find(found.begin(), found.end(), sign.means) == found.end()) {
        found.push_back(sign.means);
      }
    }
  }
  return found;
}

std::string CanonicalName(const NetworkLayout& from, std::string_view stored) {
  const NameTable* table = TableOf(from);
  if (table == nullptr) return std::string(stored);
  return table->ToCanonical(stored).value_or(std::string(stored));
}

std::string StoredName(const NetworkLayout& to, std::string_view canonical) {
  const NameTable* table = TableOf(to);
  if (table == nullptr) return std::string(canonical);
  return table->FromCanonical(canonical).value_or(std::string(canonical));
}

NameMap CanonicalNames(const TensorFile& file, const NetworkLayout& layout) {
  const bool has_shared = file.Find("shared.weight") != nullptr;
  return [layout, has_shared](std::string_view stored) -> std::optional<std::string> {
    if (stored == kTokenizerTensor) return std::nullopt;
    if (layout.network == Network::kUmt5 && stored == kTiedEmbedding) {
      if (has_shared) return std::nullopt;
      return "token_embedding.weight";
    }
    return CanonicalName(layout, Bare(stored));
  };
}

}  // namespace aozora::wan
