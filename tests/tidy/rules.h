// SPDX-License-Identifier: Apache-2.0
// What is asked of every file, so that nobody needs to ask. A rule is a function from a source to
// what is wrong with it; rules_test.cc shows each of them something bad.
#pragma once

#include <string>
#include <vector>

#include "source.h"

namespace aozora::tidy {

inline constexpr size_t kFileLinesMax = 500;
inline constexpr size_t kFunctionLinesMax = 70;
inline constexpr size_t kLineColumnsMax = 100;

// A folder of src/, in the order of layers.txt, and the implementations above it that it may use
// although it is not a program ("models/small: models/large").
struct Layer {
  std::string folder;
  std::vector<std::string> granted;
};
using Layers = std::vector<Layer>;
Layers ParseLayers(std::string_view text);

// "src/op/op.cc:12: what is wrong, and what to do instead".
using Findings = std::vector<std::string>;

Findings CheckIncludes(const Source& source, const Layers& layers);
Findings CheckFolder(const Source& source, const Layers& layers);
Findings CheckLayers(const Layers& layers);  // grants name implementations that stand above
Findings CheckHead(const Source& source);    // licence line, #pragma once
Findings CheckSize(const Source& source);    // of the file, its functions and lines
Findings CheckFamilyNames(const Source& source);
Findings CheckBans(const Source& source);
Findings CheckWorkplacePaths(const Source& source);  // for any text, not only C++

}  // namespace aozora::tidy
