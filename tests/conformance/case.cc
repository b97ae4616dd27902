// SPDX-License-Identifier: Apache-2.0
#include "case.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "base/check.h"

namespace aozora::conformance {
namespace {

const std::map<std::string, std::set<std::string>>& KnownKeys() {
  static const std::map<std::string, std::set<std::string>> keys = {
      {"linear",
       {"m", "k", "n", "weight", "wscale", "bias", "act", "gate", "residual", "x_gap", "y_gap",
        "fill"}},
      {"attention",
       {"m", "n", "h", "d", "scale", "last", "bias", "layout", "gap", "y_gap", "fill"}},
      {"layer_norm", {"m", "c", "eps", "affine", "mod", "place", "x_gap", "y_gap", "fill"}},
      {"rms_norm", {"m", "c", "rotate", "eps", "place", "x_gap", "y_gap", "fill"}},
      {"channel_norm", {"x", "ytype", "eps", "act", "place", "x_gap", "y_gap", "fill"}},
      {"conv3d",
       {"x", "xtype", "earlier", "etype", "out", "kernel", "t", "h", "w", "upsample", "depthwise",
        "weight", "wscale", "bias", "residual", "act", "x_gap", "y_gap", "fill"}},
      {"permute", {"x", "order", "repeat"}},
      {"elementwise",
       {"x", "x1", "a", "b", "multiply", "act", "low", "high", "place", "x_gap", "x1_gap", "y_gap",
        "fill"}},
      {"mean_last", {"x", "fill"}},
      {"gather", {"v", "c", "m", "weight", "wscale", "y_gap"}},
  };
  return keys;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// "3x{1|2}x{4|5}" -> 3x1x4, 3x1x5, 3x2x4, 3x2x5.
std::vector<std::string> Alternatives(const std::string& value) {
  const size_t open = value.find('{'), close = value.find('}');
  if (open == std::string::npos) return {value};
  CHECK(close != std::string::npos && open < close);
  const std::string_view inside = std::string_view(value).substr(open + 1, close - open - 1);
  std::vector<std::string> all;
  for (const std::string& middle : Split(inside, '|')) {
    for (const std::string& rest : Alternatives(value.substr(close + 1))) {
      all.push_back(value.substr(0, open) + middle + rest);
    }
  }
  return all;
}

using Values = std::map<std::string, std::string>;

std::vector<Values> Multiply(const std::vector<Values>& all, const std::string& key,
                             const std::vector<std::string>& alternatives) {
  std::vector<Values> result;
  for (const Values& values : all) {
    for (const std::string& alternative : alternatives) {
      result.push_back(values);
      result.back()[key] = alternative;
    }
  }
  return result;
}

CaseLine ParseLine(int number, std::istringstream& words) {
  CaseLine line{number, false, {}, {}};
  words >> line.op;
  if (line.op == "must") {
    line.must_run = true;
    words >> line.op;
  }
  std::vector<Values> all(1);
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "1" : word.substr(equals + 1);
    all = Multiply(all, key, Alternatives(value));
  }
  for (Values& values : all) line.cases.emplace_back(line.op, std::move(values));
  return line;
}

}  // namespace

Case::Case(std::string op, std::map<std::string, std::string> values)
    : op_(std::move(op)), values_(std::move(values)) {
  const auto known = KnownKeys().find(op_);
  if (known == KnownKeys().end()) internal::CheckFailed(__FILE__, __LINE__, "op exists", op_);
  for (const auto& [key, value] : values_) {
    if (!known->second.contains(key)) {
      internal::CheckFailed(__FILE__, __LINE__, "key exists", fmt::format("{} {}", op_, key));
    }
  }
}

std::string Case::ToString() const {
  std::string text = op_;
  for (const auto& [key, value] : values_) text += fmt::format(" {}={}", key, value);
  return text;
}

std::string Case::Text(std::string_view key, std::string_view otherwise) const {
  const auto found = values_.find(std::string(key));
  return found == values_.end() ? std::string(otherwise) : found->second;
}

int64_t Case::Int(std::string_view key, int64_t otherwise) const {
  return Has(key) ? std::stoll(Text(key, "")) : otherwise;
}

double Case::Number(std::string_view key, double otherwise) const {
  return Has(key) ? std::stod(Text(key, "")) : otherwise;
}

std::vector<int64_t> Case::List(std::string_view key, char separator) const {
  std::vector<int64_t> list;
  for (const std::string& part : Split(Text(key, ""), separator)) list.push_back(std::stoll(part));
  return list;
}

Shape Case::ShapeOf(std::string_view key) const {
  const std::vector<int64_t> sizes = List(key, 'x');
  return Shape(std::span(sizes));
}

DType Case::Dtype(std::string_view key) const {
  const std::string name = Text(key, "f32");
  for (int i = 0; i < kDTypeCount; ++i) {
    if (Name(static_cast<DType>(i)) == name) return static_cast<DType>(i);
  }
  internal::CheckFailed(__FILE__, __LINE__, "dtype exists", name);
}

std::vector<CaseLine> ParseCases(std::string_view text) {
  std::vector<CaseLine> lines;
  int number = 0;
  for (const std::string& raw : Split(text, '\n')) {
    ++number;
    std::istringstream words(raw.substr(0, raw.find('#')));
    if ((words >> std::ws).eof()) continue;
    lines.push_back(ParseLine(number, words));
  }
  return lines;
}

const std::vector<CaseLine>& AllCases() {
  static const std::vector<CaseLine> lines = [] {
    const char* root = std::getenv("AOZORA_SOURCE_DIR");
    if (root == nullptr) return std::vector<CaseLine>();
    std::ifstream file(std::string(root) + "/tests/conformance/shapes.txt");
    std::stringstream text;
    text << file.rdbuf();
    return ParseCases(text.str());
  }();
  return lines;
}

}  // namespace aozora::conformance
