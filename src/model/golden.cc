// SPDX-License-Identifier: Apache-2.0
#include "model/golden.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "weights/tensor_set.h"

namespace aozora {
namespace {

constexpr std::string_view kPrefix = "golden.";
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// How much more q8_0 changes a weight than bf16 does. A uniform grid of step d is off by d/sqrt(12)
// (root mean square). bf16 has steps of 2^-7 for values m from 1 to 2, and so for each octave; with
// evenly spread logarithms the mean of 1/m^2 is 3 / (8 ln 2): 2^-7 / sqrt(12) * 0.74 = 1.66e-3 of
// the value. Q8_0 divides the largest of 32 values by 127; for normal weights that is 2.36
// deviations (root mean square of the largest of 32): 2.36 / 127 / sqrt(12) = 5.36e-3. Small errors
// of weights go through a network in proportion.
constexpr double kQ8_0OverBf16 = 3.2;

// "golden.t2v.mid.block0" -> "t2v" and "mid.block0"
bool SplitGoldenName(std::string_view name, std::string* case_name, std::string* key) {
  name.remove_prefix(kPrefix.size());
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return false;
  *case_name = name.substr(0, dot);
  *key = name.substr(dot + 1);
  return key->starts_with("in.") || key->starts_with("mid.") || key->starts_with("out.");
}

GoldenRow FailedRow(std::string file, std::string stage, const GoldenTolerance& tolerance,
                    std::string problem) {
  return {std::move(file), std::move(stage), kInfinity, kInfinity,         kInfinity,
          tolerance.rel,   tolerance.max,    false,     std::move(problem)};
}

std::string Metadata(const TensorFile& file, const std::string& key) {
  const auto found = file.metadata.find(key);
  return found == file.metadata.end() ? std::string() : found->second;
}

}  // namespace

Result<GoldenTolerance> ToleranceFor(const GoldenTolerances& tolerances,
                                     std::span<const DType> stored) {
  GoldenTolerance result = tolerances.f32;
  for (const DType dtype : stored) {
    GoldenTolerance own = tolerances.bf16;
    switch (dtype) {
      case DType::kF32:
        continue;
      case DType::kF16:
        own = tolerances.f16;
        break;
      case DType::kBF16:
        break;
      case DType::kQ8_0:
        own = {own.rel * kQ8_0OverBf16, own.max * kQ8_0OverBf16};
        break;
      default:
        return Error::Unsupported("weights stored as {}: no tolerance is known for that",
                                  Name(dtype));
    }
    if (own.rel > result.rel) result = own;
  }
  return result;
}

GoldenRow CompareGolden(std::string file, std::string stage, std::span<const float> actual,
                        std::span<const float> expected, const GoldenTolerance& tolerance) {
  if (actual.size() != expected.size()) {
    return FailedRow(std::move(file), std::move(stage), tolerance,
                     fmt::format("{} values, expected {}", actual.size(), expected.size()));
  }
  double difference = 0, norm = 0, max_difference = 0, max_value = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double d = std::abs(double{actual[i]} - double{expected[i]});
    difference += d * d;
    norm += double{expected[i]} * double{expected[i]};
    max_difference = d <= max_difference ? max_difference : d;  // a NaN stays
    max_value = std::max(max_value, std::abs(double{expected[i]}));
  }
  GoldenRow row{std::move(file), std::move(stage), max_difference, 0, 0,
                tolerance.rel,   tolerance.max,    false,          ""};
  // Something expected to be all zeros must be so.
  row.rel_l2 = difference == 0 ? 0 : std::sqrt(difference / norm);
  row.max_ratio = max_difference == 0 ? 0 : max_difference / max_value;
  row.ok = row.rel_l2 <= tolerance.rel && row.max_ratio <= tolerance.max;
  return row;
}

int64_t GoldenFile::Integer(std::string_view key, int64_t otherwise) const {
  const auto json = nlohmann::json::parse(config, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return otherwise;
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer() ? found->get<int64_t>() : otherwise;
}

Result<GoldenFile> OpenGolden(const std::filesystem::path& path) {
  TensorFile stored = TRY(OpenTensorFile(path));
  GoldenFile golden;
  golden.name = path.stem().string();
  golden.folder = path.parent_path();
  golden.model = Metadata(stored, "golden.model");
  golden.config = Metadata(stored, "golden.config");
  if (golden.model.empty()) {
    return Error::Invalid("{} is no golden file: its metadata has no golden.model", path.string());
  }
  golden.weights = stored;
  golden.weights.tensors.clear();
  for (StoredTensor& tensor : stored.tensors) {
    if (!tensor.name.starts_with(kPrefix)) {
      golden.weights.tensors.push_back(std::move(tensor));
      continue;
    }
    std::string case_name, key;
    if (!SplitGoldenName(tensor.name, &case_name, &key)) {
      return Error::Corrupt("{}: tensor '{}' is not named golden.<case>.<in|mid|out>.<what>",
                            path.string(), tensor.name);
    }
    GoldenTensor value{tensor.weight.view.shape(), {}};
    value.values.resize(static_cast<size_t>(value.shape.count()));
    DecodeValues(tensor.weight, 0, value.shape.count(), value.values.data());
    golden.cases[case_name][key] = std::move(value);
  }
  return golden;
}

Result<std::vector<std::filesystem::path>> FindGoldenFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::filesystem::path extension = it->path().extension();
    if (extension != ".safetensors" && extension != ".gguf") continue;
    const TensorFile file = TRY(OpenTensorFile(it->path()));
    if (!Metadata(file, "golden.model").empty()) found.push_back(it->path());
  }
  if (error) return Error::Io("cannot list {}: {}", folder.string(), error.message());
  std::sort(found.begin(), found.end());
  return found;
}

GoldenCase::GoldenCase(const GoldenFile& file, std::string case_name,
                       const GoldenTolerance& tolerance)
    : file_(file),
      name_(std::move(case_name)),
      tolerance_(tolerance),
      tensors_(file.cases.at(name_)) {}

Result<const GoldenTensor*> GoldenCase::Find(std::string_view key) const {
  const auto found = tensors_.find(std::string(key));
  if (found != tensors_.end()) return &found->second;
  return Error::NotFound("{} has no tensor 'golden.{}.{}'", file_.name, name_, key);
}

void GoldenCase::Compare(std::string_view key, std::span<const float> actual) {
  const auto found = tensors_.find(std::string(key));
  if (found == tensors_.end()) return;
  const std::string_view what = key.substr(key.find('.') + 1);
  rows_[found->first] = CompareGolden(file_.name, fmt::format("{}.{}", name_, what), actual,
                                      found->second.values, tolerance_);
}

Probe GoldenCase::MakeProbe(op::Device& device) {
  return [this, &device](std::string_view stage, ConstView value) {
    const std::string key = fmt::format("mid.{}", stage);
    if (!Has(key)) return;
    std::vector<float> values(static_cast<size_t>(value.count()));
    device.Download(value, values);
    Compare(key, values);
  };
}

std::vector<GoldenRow> GoldenCase::Finish() {
  std::vector<GoldenRow> rows;
  for (const auto& [key, tensor] : tensors_) {
    if (key.starts_with("in.")) continue;
    const auto found = rows_.find(key);
    if (found != rows_.end()) {
      rows.push_back(std::move(found->second));
    } else {
      rows.push_back(FailedRow(file_.name,
                               fmt::format("{}.{}", name_, key.substr(key.find('.') + 1)),
                               tolerance_, "never computed"));
    }
  }
  rows_.clear();
  return rows;
}

}  // namespace aozora
