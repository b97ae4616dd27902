// SPDX-License-Identifier: Apache-2.0
#include "models/wan/golden.h"

#include <algorithm>
#include <map>

#include "weights/name_map.h"

namespace aozora::wan {
namespace {

// What "golden.model" may say.
const std::map<std::string, GoldenRunner, std::less<>>& Runners() {
  static const std::map<std::string, GoldenRunner, std::less<>> runners = {
      {"wan_dit", RunDitGolden}, {"umt5", RunUmt5Golden},     {"vae21", RunVaeGolden},
      {"vae22", RunVaeGolden},   {"taehv", RunTinyVaeGolden},
  };
  return runners;
}

}  // namespace

Result<std::vector<GoldenRow>> RunGolden(op::Device& device, const GoldenFile& file) {
  const auto runner = Runners().find(file.model);
  if (runner == Runners().end()) {
    return Error::Unsupported("{}: no network of this family is called '{}'", file.name,
                              file.model);
  }
  return TRY_WITHIN(file.name, runner->second(device, file));
}

Result<std::vector<GoldenRow>> RunGolden(op::Device& device, const std::filesystem::path& path) {
  return RunGolden(device, TRY(OpenGolden(path)));
}

Result<GoldenTolerance> ToleranceFor(const GoldenTolerances& tolerances, const TensorSet& weights) {
  std::vector<DType> stored;
  for (const std::string& name : weights.Names()) {
    stored.push_back(weights.Find(name)->view.dtype());
  }
  return aozora::ToleranceFor(tolerances, stored);
}

Result<TensorSet> GoldenWeights(const GoldenFile& file, const NetworkLayout& layout) {
  const std::vector<NetworkLayout> all = FindNetworks(file.weights);
  if (std::find(all.begin(), all.end(), layout) == all.end()) {
    return Error::NotFound("no {} in the {} layout", Name(layout.network), Name(layout.layout));
  }
  const NameMap map = CanonicalNames(file.weights, layout);
  const NameMap own = [&](std::string_view stored) -> std::optional<std::string> {
    std::optional<std::string> name = map(stored);
    if (all.size() == 1 || !name) return name;
    // Ours translates there and back; a name of another layout does not.
    const std::string canonical = *name;
    if (StoredName(layout, canonical) != StripModelPrefix(stored)) return std::nullopt;
    for (const NetworkLayout& other : all) {
      if (other == layout) continue;
      if (CanonicalName(other, stored) != stored) return std::nullopt;
    }
    return name;
  };
  return MakeTensorSet(file.weights, own);
}

}  // namespace aozora::wan
