// SPDX-License-Identifier: Apache-2.0
// classifier.toml: what stands beside a downloaded model and says how it is to be used
// (docs/trust.md has an example).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace aozora {

inline constexpr std::string_view kClassifierFileName = "classifier.toml";
inline constexpr uint64_t kClassifierFileBytesMax = 4_MiB;
inline constexpr size_t kClassifierNameBytesMax = 64;
inline constexpr size_t kClassifierLabelCountMax = 32'768;  // ImageNet's longest list has 21,841
inline constexpr size_t kClassifierLabelBytesMax = 256;
inline constexpr uint32_t kClassifierSidePxMin = 2;
inline constexpr uint32_t kClassifierSidePxMax = 2048;
inline constexpr double kDeviationMin = 0.001;  // 1/255 is what models of 0 to 255 need
inline constexpr double kDeviationMax = 10;

// How a model's outputs become scores from 0 to 1.
enum class OutputKind {
  kSoftmax,        // one label of all applies
  kSigmoid,        // each applies or not
  kProbabilities,  // the model has done it itself
};

struct ClassifierSettings {
  std::string name;    // for reports
  std::string file;    // a name in the same folder
  std::string sha256;  // of the file, 64 lower-case digits; empty: not checked
  uint32_t side_px = 0;
  std::array<float, 3> mean = {}, deviation = {};  // of R, G, B from 0 to 1
  std::vector<std::string> labels;                 // of the outputs, in their order
  OutputKind outputs = OutputKind::kSoftmax;
};

// Errors begin with `name`, the line and the key that is wrong.
Result<ClassifierSettings> ParseClassifierFile(std::string_view toml, std::string_view name);

}  // namespace aozora
