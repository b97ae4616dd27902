// SPDX-License-Identifier: Apache-2.0
// Golden files with their weights under other names and in other types: as the same network looks
// in the files that people have.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "model/golden.h"

namespace aozora::wan {

enum class GoldenLayout : uint8_t {
  kOriginal,
  kDiffusers,  // denoiser and VAE as in diffusers, text encoder as in transformers
  kComfyUi,    // denoiser behind a prefix, text encoder as in transformers, VAE original
};
inline constexpr std::string_view kGoldenLayoutNames[] = {"original", "diffusers", "comfyui"};

struct GoldenStyle {
  GoldenLayout layout = GoldenLayout::kOriginal;
  // kF32, kF16 and kBF16: all weights of a safetensors file. kQ8_0: a GGUF file, in which only
  // matrices whose rows are whole blocks are quantised; what else has two axes or more is f16 and
  // the rest f32, as the programs that make such files have it. Its text encoder has llama.cpp's
  // names in every layout.
  DType dtype = DType::kF32;
};
// From "diffusers" and "bf16"; the error says what there is.
Result<GoldenStyle> ParseGoldenStyle(std::string_view layout, std::string_view dtype);

// Writes the file into `folder` under its own name, and answers with the path. What is there twice
// in two layouts is written once. Inputs and expected outputs stay f32, metadata "golden.*" and
// tensors of no network of this family stay as they are.
Result<std::filesystem::path> RewriteGolden(const GoldenFile& file, const GoldenStyle& style,
                                            const std::filesystem::path& folder);
// All golden files of a folder into another.
Status RewriteGoldens(const std::filesystem::path& from, const GoldenStyle& style,
                      const std::filesystem::path& folder);

}  // namespace aozora::wan
