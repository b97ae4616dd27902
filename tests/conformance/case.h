// SPDX-License-Identifier: Apache-2.0
// shapes.txt as data. Its head explains the notation.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace aozora::conformance {

// One op with all that is needed to build it: "linear m=7 k=64 n=33 act=silu".
class Case {
 public:
  // Crashes on an op or a key that does not exist, so that a misspelled one is not ignored.
  Case(std::string op, std::map<std::string, std::string> values);

  const std::string& op() const { return op_; }
  std::string ToString() const;

  bool Has(std::string_view key) const { return !Text(key, "").empty(); }
  std::string Text(std::string_view key, std::string_view otherwise) const;
  int64_t Int(std::string_view key, int64_t otherwise) const;
  double Number(std::string_view key, double otherwise) const;
  std::vector<int64_t> List(std::string_view key, char separator) const;  // "3x17x8"
  Shape ShapeOf(std::string_view key) const;
  DType Dtype(std::string_view key) const;  // f32 if not said

 private:
  std::string op_;
  std::map<std::string, std::string> values_;
};

// A line of shapes.txt with its alternatives multiplied out.
struct CaseLine {
  int number;     // in the file, from 1
  bool must_run;  // a backend that declines it fails
  std::string op;
  std::vector<Case> cases;
};

std::vector<CaseLine> ParseCases(std::string_view text);
const std::vector<CaseLine>& AllCases();  // shapes.txt of the source tree, read once

}  // namespace aozora::conformance
