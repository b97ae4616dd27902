// SPDX-License-Identifier: Apache-2.0
#include "models/wan/name_table.h"

namespace aozora::wan {
namespace {

bool IsDigit(char c) { return '0' <= c && c <= '9'; }

struct Match {
  std::vector<std::string_view> numbers;
  std::string_view rest;
};

std::optional<Match> MatchPattern(std::string_view pattern, std::string_view name) {
  Match match;
  size_t at = 0;
  for (const char c : pattern) {
    if (c == '#') {
      const size_t begin = at;
      while (at < name.size() && IsDigit(name[at])) ++at;
      if (at == begin) return std::nullopt;
      match.numbers.push_back(name.substr(begin, at - begin));
    } else {
      if (at == name.size() || name[at] != c) return std::nullopt;
      ++at;
    }
  }
  match.rest = name.substr(at);
  if (!match.rest.empty() && match.rest.front() != '.') return std::nullopt;
  return match;
}

std::string Fill(std::string_view pattern, const Match& match) {
  std::string name;
  size_t number = 0;
  for (const char c : pattern) {
    if (c == '#') {
      name += match.numbers[number++];
    } else {
      name += c;
    }
  }
  return name.append(match.rest);
}

}  // namespace

std::optional<std::string> NameTable::ToCanonical(std::string_view stored) const {
  for (const Rule& rule : rules_) {
    if (const auto match = MatchPattern(rule.stored, stored)) return Fill(rule.canonical, *match);
  }
  return std::nullopt;
}

std::optional<std::string> NameTable::FromCanonical(std::string_view canonical) const {
  for (const Rule& rule : rules_) {
    if (const auto match = MatchPattern(rule.canonical, canonical)) {
      return Fill(rule.stored, *match);
    }
  }
  return std::nullopt;
}

}  // namespace aozora::wan
