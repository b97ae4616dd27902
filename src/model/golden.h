// SPDX-License-Identifier: Apache-2.0
// Comparing what a network computes with what its original computed. A golden file is a checkpoint
// with further tensors "golden.<case>.in.<what>", ".mid.<what>" and ".out.<what>", and metadata
// that says which network it is of ("golden.model") and sizes ("golden.config", JSON).
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/components.h"
#include "weights/tensor_file.h"

namespace aozora {

// What may differ. `rel` bounds |a - b|_2 / |b|_2, `max` bounds max |a - b| / max |b|.
struct GoldenTolerance {
  double rel = 0;
  double max = 0;
};

// What may differ in a network, by the type that its weights are stored as.
struct GoldenTolerances {
  GoldenTolerance f32;
  GoldenTolerance f16;
  GoldenTolerance bf16;
};
// The one for the least precise of the types that a network's weights have. That for q8_0 follows
// from that for bf16 (golden.cc). kUnsupported for types that have none.
Result<GoldenTolerance> ToleranceFor(const GoldenTolerances& tolerances,
                                     std::span<const DType> stored);

// One compared tensor: a line of `aozora golden`.
struct GoldenRow {
  std::string file;
  std::string stage;     // "t2v.block0"
  double max_abs = 0;    // largest |a - b|
  double max_ratio = 0;  // max_abs / largest |b|, judged by max_tolerance
  double rel_l2 = 0;
  double rel_tolerance = 0;
  double max_tolerance = 0;
  bool ok = false;
  std::string problem;  // why there are no numbers: "never computed", "36 values, expected 72"
};

GoldenRow CompareGolden(std::string file, std::string stage, std::span<const float> actual,
                        std::span<const float> expected, const GoldenTolerance& tolerance);

struct GoldenTensor {
  Shape shape;
  std::vector<float> values;
};

struct GoldenFile {
  std::string name;              // of the file, without folder and extension
  std::string model;             // "golden.model"
  std::string config;            // "golden.config": JSON
  std::filesystem::path folder;  // where further files lie that this one names
  TensorFile weights;            // everything but the golden tensors
  // By case ("t2v"), then by "in.latent", "mid.block0", "out.velocity".
  std::map<std::string, std::map<std::string, GoldenTensor>> cases;

  // A whole number of the config, or `otherwise` where it has none of that name.
  int64_t Integer(std::string_view key, int64_t otherwise) const;
};

// A safetensors or GGUF file. An error if it has no "golden.model".
Result<GoldenFile> OpenGolden(const std::filesystem::path& path);
// The golden files (*.safetensors, *.gguf) of a folder, sorted; other files are left out.
Result<std::vector<std::filesystem::path>> FindGoldenFiles(const std::filesystem::path& folder);

// The comparisons of one case. What the file expects and nobody computed is a failed row.
class GoldenCase {
 public:
  // `file` outlives this.
  GoldenCase(const GoldenFile& file, std::string case_name, const GoldenTolerance& tolerance);

  const std::string& name() const { return name_; }
  bool Has(std::string_view key) const { return tensors_.contains(std::string(key)); }
  // "in.latent"; an error that names what is missing.
  Result<const GoldenTensor*> Find(std::string_view key) const;

  // Compares with "mid.block0" or "out.velocity" if the file has that; does nothing otherwise.
  void Compare(std::string_view key, std::span<const float> actual);
  // Compares every stage shown with "mid.<stage>". The device outlives the probe.
  Probe MakeProbe(op::Device& device);

  std::vector<GoldenRow> Finish();

 private:
  const GoldenFile& file_;
  const std::string name_;
  const GoldenTolerance tolerance_;
  const std::map<std::string, GoldenTensor>& tensors_;
  std::map<std::string, GoldenRow> rows_;  // by key
};

}  // namespace aozora
