// SPDX-License-Identifier: Apache-2.0
#include "classifiers/onnx/classifier_file.h"

#include <set>
#include <utility>

#include "base/ascii.h"
#include "policy/toml_reader.h"

namespace aozora {
namespace {

using policy::TomlTable;

constexpr size_t kSha256Digits = 64;

// Nothing is guessed: with the wrong numbers a model still gives scores, only not its own.
Status CheckNumbersAreThere(const TomlTable& table) {
  constexpr std::pair<std::string_view, std::string_view> kNeeded[] = {
      {"side_px", "the side of the square picture that the model takes"},
      {"mean", "what is taken from red, green and blue of 0 to 1; [0, 0, 0] for nothing"},
      {"deviation", "what they are divided by then; [1, 1, 1] for nothing"},
      {"labels", "the names of the model's outputs, in their order"},
  };
  for (const auto& [key, meaning] : kNeeded) {
    if (table.Find(key) == nullptr) return table.Wrong(key, fmt::format("is missing: {}", meaning));
  }
  return Ok();
}

// Without a path, so that a downloaded folder cannot name files elsewhere.
bool IsPlainName(std::string_view name) {
  return name != "." && name != ".." && name.find('/') == std::string_view::npos;
}

Result<std::string> ReadFileName(const TomlTable& table) {
  const std::string file = TRY(table.Required("file"));
  if (IsPlainName(file)) return file;
  return table.Wrong("file", fmt::format("\"{}\" must be the name of a file in this folder, "
                                         "without a path: put the model there",
                                         file));
}

Result<std::string> ReadSha256(const TomlTable& table) {
  if (table.Find("sha256") == nullptr) return std::string();
  const std::string digits = LowerAscii(TRY(table.Required("sha256")));
  const bool is_hex = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (digits.size() != kSha256Digits || !is_hex) {
    return table.Wrong("sha256", "must be 64 hexadecimal digits, as sha256sum prints them");
  }
  return digits;
}

Status ReadLabels(const TomlTable& table, std::vector<std::string>* labels) {
  TRY(table.Read("labels", kClassifierLabelCountMax, labels));
  if (labels->empty()) return table.Wrong("labels", "is empty: name the model's outputs");
  std::set<std::string_view> known;
  for (const std::string& label : *labels) {
    if (label.empty() || label.size() > kClassifierLabelBytesMax) {
      return table.Wrong("labels",
                         fmt::format("a label has 1 to {} bytes", kClassifierLabelBytesMax));
    }
    if (!known.insert(label).second) {
      return table.Wrong("labels", fmt::format("\"{}\" is there twice: each output needs a name "
                                               "of its own",
                                               label));
    }
  }
  return Ok();
}

Status ReadOutputs(const TomlTable& table, size_t label_count, OutputKind* outputs) {
  const std::string scores = TRY(table.Required("scores"));
  if (scores == "softmax") {
    // With nothing to compare with, the score would be 1 for every picture.
    if (label_count == 1) return table.Wrong("scores", "a single label needs \"sigmoid\"");
    *outputs = OutputKind::kSoftmax;
  } else if (scores == "sigmoid") {
    *outputs = OutputKind::kSigmoid;
  } else if (scores == "probabilities") {
    *outputs = OutputKind::kProbabilities;
  } else {
    return table.Wrong("scores", "must be \"softmax\", \"sigmoid\" or \"probabilities\"");
  }
  return Ok();
}

}  // namespace

Result<ClassifierSettings> ParseClassifierFile(std::string_view toml, std::string_view name) {
  const toml::table parsed = TRY(policy::ParseToml(toml, name, kClassifierFileBytesMax));
  const TomlTable table(parsed, std::string(name), "");
  TRY(table.OnlyKeys(
      {"name", "file", "sha256", "side_px", "mean", "deviation", "labels", "scores"}));
  ClassifierSettings settings;
  settings.name = TRY(table.Required("name"));
  if (settings.name.size() > kClassifierNameBytesMax) {
    return table.Wrong("name", fmt::format("is longer than {} bytes", kClassifierNameBytesMax));
  }
  settings.file = TRY(ReadFileName(table));
  settings.sha256 = TRY(ReadSha256(table));
  TRY(CheckNumbersAreThere(table));
  TRY(table.Read("side_px", kClassifierSidePxMin, kClassifierSidePxMax, &settings.side_px));
  TRY(table.Read("mean", 0.0, 1.0, settings.mean));
  TRY(table.Read("deviation", kDeviationMin, kDeviationMax, settings.deviation));
  TRY(ReadLabels(table, &settings.labels));
  TRY(ReadOutputs(table, settings.labels.size(), &settings.outputs));
  return settings;
}

}  // namespace aozora
