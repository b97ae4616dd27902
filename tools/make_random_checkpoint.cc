// SPDX-License-Identifier: Apache-2.0
// Writes a checkpoint of the real names and shapes with random values, in the layouts that people
// have: for measuring time and memory, and for trying the readers, where the published weights are
// not at hand. What it makes is noise.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "models/wan/names.h"
#include "models/wan/random_weights.h"
#include "text/tokenizer_model.h"
#include "weights/gguf_writer.h"
#include "weights/safetensors_writer.h"

namespace aozora {
namespace {

using wan::Layout;
using wan::Network;
using wan::TensorPlan;

struct Options {
  std::string folder;
  std::string preset = "tiny";
  std::string layout = "original";
  std::string dtype = "bf16";
  uint64_t seed = 1;
};

// The networks of a preset.
struct Networks {
  wan::DitConfig dit;
  wan::Umt5Config umt5;
  std::vector<TensorPlan> vae;
  Network vae_kind = Network::kVae21;
  std::vector<TensorPlan> tiny_decoder;
};

Result<Networks> NetworksOf(std::string_view preset) {
  Networks networks;
  networks.umt5 = wan::Umt5Xxl();
  networks.dit = wan::Dit1_3B();
  networks.vae = wan::PlanVae21(96);
  networks.tiny_decoder = wan::PlanTinyDecoder(16, 1, {256, 128, 64, 64});
  if (preset == "t2v-1.3b") return networks;
  if (preset == "t2v-14b") {
    networks.dit = wan::Dit14B();
    return networks;
  }
  const bool tiny_ti2v = preset == "tiny-ti2v";
  if (preset == "ti2v-5b" || tiny_ti2v) {
    networks.dit = wan::Dit5B();
    networks.vae_kind = Network::kVae22;
    networks.vae = tiny_ti2v ? wan::PlanVae22(8, 8) : wan::PlanVae22(160, 256);
    networks.tiny_decoder = wan::PlanTinyDecoder(48, 2, {256, 128, 64, 64});
    if (!tiny_ti2v) return networks;
  } else if (preset == "tiny" || preset == "tiny-i2v") {
    networks.vae = wan::PlanVae21(8);
    // Beside the latent: a mask for each picture of a latent frame, and what is given of it.
    if (preset == "tiny-i2v") networks.dit.in_channel_count = 16 + 4 + 16;
  } else {
    return Error::Invalid(
        "preset {}: there are tiny, tiny-ti2v, tiny-i2v, t2v-1.3b, t2v-14b and ti2v-5b", preset);
  }
  networks.dit.width = 256;
  networks.dit.ffn_width = 512;
  networks.dit.layer_count = 2;
  networks.dit.text_width = 128;
  networks.umt5.vocabulary_count = 512;
  networks.umt5.width = 128;
  networks.umt5.head_count = 2;
  networks.umt5.ffn_width = 256;
  networks.umt5.layer_count = 2;
  return networks;
}

// A vocabulary of the right size: control pieces, bytes, letters, and filler that never matches.
std::string MakeTokenizer(int64_t vocabulary_count) {
  TokenizerModel model;
  const auto add = [&](std::string text, PieceType type, float score) {
    if (static_cast<int64_t>(model.pieces.size()) < vocabulary_count) {
      model.pieces.push_back({std::move(text), score, type});
    }
  };
  add("<pad>", PieceType::kControl, 0);
  add("</s>", PieceType::kControl, 0);
  add("<unk>", PieceType::kUnknown, 0);
  for (int byte = 0; byte < 256; ++byte) add(fmt::format("<0x{:02X}>", byte), PieceType::kByte, 0);
  add("\u2581", PieceType::kNormal, -2);
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    add(std::string(1, letter), PieceType::kNormal, -4);
    add(fmt::format("\u2581{}", letter), PieceType::kNormal, -5);
  }
  for (int i = 0; static_cast<int64_t>(model.pieces.size()) < vocabulary_count; ++i) {
    add(fmt::format("\u2581filler{}", i), PieceType::kNormal, -20);
  }
  return SerializeTokenizerModel(model);
}

// Writes one network, tensor by tensor: memory holds one.
Status WriteNetwork(const std::filesystem::path& path, const std::vector<TensorPlan>& plan,
                    const wan::NetworkLayout& layout, std::string_view prefix, DType dtype,
                    uint64_t seed, std::string_view tokenizer) {
  std::vector<SafetensorsWriter::Declaration> declarations;
  const auto stored_name = [&](const TensorPlan& tensor) {
    return fmt::format("{}{}", prefix, wan::StoredName(layout, tensor.name));
  };
  for (const TensorPlan& tensor : plan) {
    declarations.push_back({stored_name(tensor), dtype, tensor.shape});
  }
  const std::string embedded = "spiece_model";
  if (!tokenizer.empty()) {
    declarations.push_back({embedded, DType::kU8, Shape{static_cast<int64_t>(tokenizer.size())}});
  }
  std::filesystem::create_directories(path.parent_path());
  SafetensorsWriter writer = TRY(SafetensorsWriter::Create(path, declarations, {{"format", "pt"}}));
  for (const TensorPlan& tensor : plan) {
    TRY(writer.Append(stored_name(tensor), wan::RandomWeight(tensor, dtype, seed).stored()));
  }
  if (!tokenizer.empty()) {
    TRY(writer.Append(embedded, std::as_bytes(std::span(tokenizer.data(), tokenizer.size()))));
  }
  TRY(writer.Finish());
  fmt::print("{}: {} tensors\n", path.string(), declarations.size());
  return Ok();
}

Status WriteTokenizer(const std::filesystem::path& path, std::string_view tokenizer) {
  std::filesystem::create_directories(path.parent_path());
  return WriteFileAtomically(path, std::as_bytes(std::span(tokenizer.data(), tokenizer.size())));
}

Status Execute(const Options& o) {
  const Networks networks = TRY(NetworksOf(o.preset));
  DType dtype = DType::kBF16;
  if (o.dtype == "f32") dtype = DType::kF32;
  if (o.dtype == "f16") dtype = DType::kF16;
  if (dtype == DType::kBF16 && o.dtype != "bf16") {
    return Error::Invalid("dtype {}: there are f32, f16 and bf16", o.dtype);
  }
  const std::filesystem::path folder = o.folder;
  const std::vector<TensorPlan> dit = wan::PlanDit(networks.dit);
  const std::vector<TensorPlan> umt5 = wan::PlanUmt5(networks.umt5);
  const std::string tokenizer = MakeTokenizer(networks.umt5.vocabulary_count);
  const auto write = [&](const char* name, const std::vector<TensorPlan>& plan, Network network,
                         Layout layout, std::string_view prefix = "",
                         std::string_view embedded = "") {
    return WriteNetwork(folder / name, plan, {network, layout}, prefix, dtype, o.seed, embedded);
  };
  if (o.layout == "original") {
    TRY(write("diffusion_pytorch_model.safetensors", dit, Network::kDit, Layout::kOriginal));
    TRY(write("umt5.safetensors", umt5, Network::kUmt5, Layout::kOriginal));
    TRY(write("vae.safetensors", networks.vae, networks.vae_kind, Layout::kOriginal));
    TRY(write("taehv.safetensors", networks.tiny_decoder, Network::kTinyVae, Layout::kOriginal));
    return WriteTokenizer(folder / "google" / "umt5-xxl" / "spiece.model", tokenizer);
  }
  if (o.layout == "diffusers") {
    TRY(write("transformer/diffusion_pytorch_model.safetensors", dit, Network::kDit,
              Layout::kDiffusers));
    TRY(write("text_encoder/model.safetensors", umt5, Network::kUmt5, Layout::kHuggingFace));
    TRY(write("vae/diffusion_pytorch_model.safetensors", networks.vae, networks.vae_kind,
              Layout::kDiffusers));
    return WriteTokenizer(folder / "tokenizer" / "spiece.model", tokenizer);
  }
  if (o.layout == "comfyui") {
    TRY(write("diffusion_models/model.safetensors", dit, Network::kDit, Layout::kOriginal,
              "model.diffusion_model."));
    TRY(write("text_encoders/umt5.safetensors", umt5, Network::kUmt5, Layout::kHuggingFace, "",
              tokenizer));
    return write("vae/vae.safetensors", networks.vae, networks.vae_kind, Layout::kOriginal);
  }
  return Error::Invalid("layout {}: there are original, diffusers and comfyui", o.layout);
}

}  // namespace
}  // namespace aozora

int main(int argc, char** argv) {
  aozora::Options options;
  CLI::App app("Writes a checkpoint with real names and shapes and random values.");
  app.add_option("folder", options.folder, "Folder to write to")->required();
  app.add_option("--preset", options.preset,
                 "tiny, tiny-ti2v, tiny-i2v, t2v-1.3b, t2v-14b or ti2v-5b");
  app.add_option("--layout", options.layout, "original, diffusers or comfyui");
  app.add_option("--dtype", options.dtype, "f32, f16 or bf16");
  app.add_option("--seed", options.seed, "Number that decides the values");
  CLI11_PARSE(app, argc, argv);
  const aozora::Status status = aozora::Execute(options);
  if (status.ok()) return 0;
  fmt::print(stderr, "make_random_checkpoint: {}\n", status.error().message());
  return 1;
}
