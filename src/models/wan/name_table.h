// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aozora::wan {

// Two ways of naming the same modules, translated both ways.
class NameTable {
 public:
  // The names of a module; what follows it (".weight", ".lora_A.weight") is kept. '#' stands for a
  // number, the first on one side for the first on the other. A name must fit one rule at most.
  struct Rule {
    std::string canonical;
    std::string stored;
  };

  explicit NameTable(std::vector<Rule> rules) : rules_(std::move(rules)) {}

  // Nothing if the name fits no rule.
  std::optional<std::string> ToCanonical(std::string_view stored) const;
  std::optional<std::string> FromCanonical(std::string_view canonical) const;

 private:
  std::vector<Rule> rules_;
};

}  // namespace aozora::wan
