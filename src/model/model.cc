// SPDX-License-Identifier: Apache-2.0
#include "model/model.h"

#include <map>

namespace aozora {

std::string_view Name(DecoderKind kind) {
  switch (kind) {
    case DecoderKind::kFull:
      return "full";
    case DecoderKind::kExact:
      return "exact";
    case DecoderKind::kTiny:
      return "tiny";
  }
  CHECK(false);
  return "";
}

std::optional<DecoderKind> ParseDecoderKind(std::string_view name) {
  for (DecoderKind kind : {DecoderKind::kFull, DecoderKind::kExact, DecoderKind::kTiny}) {
    if (name == Name(kind)) return kind;
  }
  return std::nullopt;
}

std::vector<float> Model::BridgeLatents(const LatentView&, const LatentView&, uint32_t) const {
  CHECK(false);  // a model that bridges says how
  return {};
}

PartInfo DescribePart(std::string_view part, const TensorFile& file, std::string_view layout,
                      const TensorSet& weights, std::string sizes) {
  PartInfo info;
  info.part = part;
  info.file = file.path.string();
  info.layout = fmt::format("{} ({})", layout, file.format);
  info.sizes = std::move(sizes);
  std::map<std::string, int> dtypes;
  for (const std::string& name : weights.Names()) {
    const ConstView& view = weights.Find(name)->view;
    ++dtypes[std::string(Name(view.dtype()))];
    info.parameter_count += static_cast<uint64_t>(view.count());
  }
  for (const auto& [dtype, count] : dtypes) {
    if (!info.dtypes.empty()) info.dtypes += ", ";
    info.dtypes += dtypes.size() == 1 ? dtype : fmt::format("{} {}", dtype, count);
  }
  info.bytes = weights.bytes();
  return info;
}

Result<std::unique_ptr<Model>> OpenModel(std::span<const Family* const> families,
                                         const CheckpointPaths& paths,
                                         std::span<const LoraChoice> loras) {
  Checkpoint checkpoint = TRY(OpenCheckpoint(paths));
  std::string known;
  for (const Family* family : families) {
    if (family->Recognises(checkpoint)) return family->Open(std::move(checkpoint), loras);
    known += (known.empty() ? "" : ", ") + std::string(family->name());
  }
  return Error::Unsupported(
      "{} holds no denoiser of a kind that is known here ({}): nothing in its tensors' names says "
      "so",
      paths.model.string(), known);
}

}  // namespace aozora
