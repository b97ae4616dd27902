// SPDX-License-Identifier: Apache-2.0
#include "models/wan/golden_rewrite.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "models/wan/golden.h"
#include "weights/gguf_writer.h"
#include "weights/safetensors_writer.h"

namespace aozora::wan {
namespace {

constexpr std::string_view kComfyUiPrefix = "model.diffusion_model.";
constexpr std::string_view kGoldenPrefix = "golden.";
// ggml has no more; converters flatten what has, and keep the shape beside it
// (github.com/city96/ComfyUI-GGUF, tools/convert.py).
constexpr int kGgufAxesMax = 4;
constexpr std::string_view kGgufShapePrefix = "comfy.gguf.orig_shape.";

bool IsGguf(const GoldenStyle& style) { return style.dtype == DType::kQ8_0; }

std::string NewName(const GoldenStyle& style, Network network, const std::string& canonical) {
  if (network == Network::kUmt5) {
    if (IsGguf(style)) return StoredName({network, Layout::kLlamaCpp}, canonical);
    if (style.layout == GoldenLayout::kOriginal) return canonical;
    return StoredName({network, Layout::kHuggingFace}, canonical);
  }
  if (style.layout == GoldenLayout::kDiffusers) {
    return StoredName({network, Layout::kDiffusers}, canonical);
  }
  const bool prefixed = style.layout == GoldenLayout::kComfyUi && network == Network::kDit;
  return prefixed ? std::string(kComfyUiPrefix) + canonical : canonical;
}

DType NewDType(const GoldenStyle& style, const Shape& shape) {
  if (style.dtype != DType::kQ8_0) return style.dtype;
  if (shape.rank() < 2) return DType::kF32;
  const bool whole_blocks = shape[shape.rank() - 1] % Info(DType::kQ8_0).block_values == 0;
  return shape.rank() == 2 && whole_blocks ? DType::kQ8_0 : DType::kF16;
}

Status AddNetwork(const GoldenFile& file, const NetworkLayout& from, const GoldenStyle& style,
                  std::vector<NamedWeight>* out) {
  const TensorSet weights = TRY(GoldenWeights(file, from));
  for (const std::string& name : weights.Names()) {
    const Weight f32 = ToF32(*weights.Find(name));
    const Shape& shape = f32.view.shape();
    out->push_back({NewName(style, from.network, name),
                    MakeWeight(f32.view.f32_span(), shape, NewDType(style, shape))});
  }
  return Ok();
}

Result<std::vector<NamedWeight>> NewTensors(const GoldenFile& file, const GoldenStyle& style) {
  std::vector<NamedWeight> tensors;
  const std::vector<NetworkLayout> found = FindNetworks(file.weights);
  std::set<Network> done;
  for (const NetworkLayout& layout : found) {
    if (done.insert(layout.network).second) TRY(AddNetwork(file, layout, style, &tensors));
  }
  if (found.empty()) {
    for (const StoredTensor& tensor : file.weights.tensors) {
      tensors.push_back({tensor.name, tensor.weight});
    }
  }
  for (const auto& [case_name, values] : file.cases) {
    for (const auto& [key, tensor] : values) {
      tensors.push_back({fmt::format("{}{}.{}", kGoldenPrefix, case_name, key),
                         MakeWeight(tensor.values, tensor.shape, DType::kF32)});
    }
  }
  return tensors;
}

Status WriteAsGguf(const std::filesystem::path& path, std::vector<NamedWeight> tensors,
                   const std::map<std::string, std::string>& metadata) {
  GgufWriteMetadata written(metadata.begin(), metadata.end());
  for (NamedWeight& tensor : tensors) {
    ConstView& view = tensor.weight.view;
    const Shape shape = view.shape();
    if (shape.rank() <= kGgufAxesMax) continue;
    std::vector<int32_t> sizes;
    for (const int64_t size : shape.sizes()) sizes.push_back(static_cast<int32_t>(size));
    written[std::string(kGgufShapePrefix) + tensor.name] = std::move(sizes);
    view = view.As({shape[0], shape.count() / shape[0]});
  }
  return WriteGguf(path, tensors, written);
}

}  // namespace

Result<GoldenStyle> ParseGoldenStyle(std::string_view layout, std::string_view dtype) {
  GoldenStyle style;
  const auto found =
      std::find(std::begin(kGoldenLayoutNames), std::end(kGoldenLayoutNames), layout);
  if (found == std::end(kGoldenLayoutNames)) {
    return Error::Invalid("layout {}: there are original, diffusers and comfyui", layout);
  }
  style.layout = static_cast<GoldenLayout>(found - std::begin(kGoldenLayoutNames));
  for (const DType known : {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0}) {
    if (Name(known) != dtype) continue;
    style.dtype = known;
    return style;
  }
  return Error::Invalid("type {}: there are f32, f16, bf16 and q8_0", dtype);
}

Result<std::filesystem::path> RewriteGolden(const GoldenFile& file, const GoldenStyle& style,
                                            const std::filesystem::path& folder) {
  std::vector<NamedWeight> tensors = TRY_WITHIN(file.name, NewTensors(file, style));
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : file.weights.metadata) {
    if (key.starts_with(kGoldenPrefix)) metadata[key] = value;
  }
  const std::filesystem::path path =
      folder / fmt::format("{}.{}", file.name, IsGguf(style) ? "gguf" : "safetensors");
  if (IsGguf(style)) {
    TRY(WriteAsGguf(path, std::move(tensors), metadata));
  } else {
    TRY(WriteSafetensors(path, tensors, metadata));
  }
  return path;
}

Status RewriteGoldens(const std::filesystem::path& from, const GoldenStyle& style,
                      const std::filesystem::path& folder) {
  for (const std::filesystem::path& path : TRY(FindGoldenFiles(from))) {
    const GoldenFile file = TRY(OpenGolden(path));
    TRY(RewriteGolden(file, style, folder));
  }
  return Ok();
}

}  // namespace aozora::wan
