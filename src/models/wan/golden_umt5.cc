// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/wan/golden.h"
#include "models/wan/umt5.h"

namespace aozora::wan {
namespace {

// Measured floor in float32: 5e-7; of rounded weights: 1.0e-3 and 7.9e-3.
constexpr GoldenTolerances kUmt5Tolerances = {{1e-5, 5e-5}, {4e-3, 2e-2}, {2e-2, 1e-1}};

// The part of a recorded tensor that belongs to real tokens: rows [prompt, token, width] or a bias
// [head, query, key], which is the same for every prompt.
GoldenTensor RealPart(const GoldenTensor& all, bool is_bias, int64_t prompt, int64_t token_count) {
  const int64_t rows = all.shape[1], width = all.shape[2];
  GoldenTensor part;
  const auto copy = [&](int64_t item, int64_t row, int64_t count) {
    const float* from = all.values.data() + (item * rows + row) * width;
    part.values.insert(part.values.end(), from, from + count);
  };
  if (is_bias) {
    part.shape = {all.shape[0], token_count, token_count};
    for (int64_t head = 0; head < all.shape[0]; ++head) {
      for (int64_t row = 0; row < token_count; ++row) copy(head, row, token_count);
    }
  } else {
    part.shape = {token_count, width};
    for (int64_t row = 0; row < token_count; ++row) copy(prompt, row, width);
  }
  return part;
}

// The file has all prompts of a case in one batch, padded; here each is a case of its own.
Result<std::map<std::string, GoldenTensor>> OnePrompt(
    const std::map<std::string, GoldenTensor>& batch, int64_t prompt) {
  std::map<std::string, GoldenTensor> one;
  const GoldenTensor& mask = batch.at("in.mask");
  const int64_t length = mask.shape[1];
  const float* row = mask.values.data() + prompt * length;
  const int64_t token_count = std::count(row, row + length, 1.0f);
  const float* ids = batch.at("in.ids").values.data() + prompt * length;
  one["in.ids"] = {{token_count}, {ids, ids + token_count}};
  for (const auto& [key, tensor] : batch) {
    if (key.starts_with("in.")) continue;
    const bool is_bias = key.ends_with("position_bias");
    const int64_t items = is_bias ? tensor.shape[0] : mask.shape[0];
    if (tensor.shape.rank() != 3 || tensor.shape[0] != items || tensor.shape[1] != length ||
        (is_bias && tensor.shape[2] != length)) {
      return Error::Corrupt("tensor '{}' has shape {}", key, ToString(tensor.shape));
    }
    one[key] = RealPart(tensor, is_bias, prompt, token_count);
  }
  return one;
}

Result<GoldenFile> SplitPrompts(const GoldenFile& file) {
  GoldenFile split = file;
  split.cases.clear();
  for (const auto& [name, batch] : file.cases) {
    const auto ids = batch.find("in.ids"), mask = batch.find("in.mask");
    if (ids == batch.end() || mask == batch.end() || ids->second.shape.rank() != 2 ||
        ids->second.shape != mask->second.shape) {
      return Error::Corrupt("case {} needs in.ids and in.mask of one shape", name);
    }
    for (int64_t prompt = 0; prompt < ids->second.shape[0]; ++prompt) {
      split.cases[fmt::format("{}[{}]", name, prompt)] = TRY(OnePrompt(batch, prompt));
    }
  }
  return split;
}

Status RunUmt5Case(op::Device& device, TextEncoder& encoder, GoldenCase& golden) {
  const GoldenTensor& stored = *TRY(golden.Find("in.ids"));
  std::vector<int32_t> ids;
  for (const float id : stored.values) ids.push_back(static_cast<int32_t>(id));
  const TextEmbedding text = TRY(encoder.Encode(device, ids, golden.MakeProbe(device)));
  golden.Compare("out.hidden", text.values);
  return Ok();
}

}  // namespace

Result<std::vector<GoldenRow>> RunUmt5Golden(op::Device& device, const GoldenFile& file) {
  const GoldenFile split = TRY(SplitPrompts(file));
  std::vector<GoldenRow> rows;
  for (const NetworkLayout& layout : FindNetworks(file.weights)) {
    if (layout.network != Network::kUmt5) continue;
    TensorSet weights = TRY(GoldenWeights(file, layout));
    const GoldenTolerance tolerance = TRY(ToleranceFor(kUmt5Tolerances, weights));
    const Umt5Config config = TRY(ReadUmt5Config(weights));
    const auto encoder = TRY(MakeUmt5(device, std::move(weights), config));
    for (const auto& [name, tensors] : split.cases) {
      GoldenCase golden(split, name, tolerance);
      TRY_WITHIN(name, RunUmt5Case(device, *encoder, golden));
      for (GoldenRow& row : golden.Finish()) {
        row.stage += fmt::format(" ({})", Name(layout.layout));
        rows.push_back(std::move(row));
      }
    }
  }
  if (rows.empty()) return Error::NotFound("no text encoder and no cases");
  return rows;
}

}  // namespace aozora::wan
