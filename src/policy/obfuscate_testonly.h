// SPDX-License-Identifier: Apache-2.0
// Prompts written so that people and models still read them, and simple filters do not.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace aozora::policy {

struct Obfuscation {
  std::string_view name;
  std::function<std::string(std::string_view)> apply;  // UTF-8 to UTF-8
};

const std::vector<Obfuscation>& Obfuscations();

}  // namespace aozora::policy
