// SPDX-License-Identifier: Apache-2.0
#include "http/media_type.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

constexpr size_t kBoundaryBytesMax = 70;

// "; name=value" at the beginning of `*rest`.
bool TakeParameter(std::string_view* rest, std::map<std::string, std::string>* parameters) {
  rest->remove_prefix(1);  // the semicolon
  *rest = TrimBlanks(*rest);
  if (rest->empty() || rest->front() == ';') return true;  // RFC 9110 allows empty ones
  const size_t equals = rest->find('=');
  if (equals == std::string_view::npos || !IsToken(rest->substr(0, equals))) return false;
  const std::string name = LowerAscii(rest->substr(0, equals));
  rest->remove_prefix(equals + 1);
  std::string value;
  if (std::optional<std::string> quoted = TakeQuoted(rest)) {
    value = std::move(*quoted);
  } else {
    const auto end = std::find_if_not(rest->begin(), rest->end(), IsTokenChar);
    value = std::string(rest->begin(), end);
    if (value.empty()) return false;
    rest->remove_prefix(value.size());
  }
  return parameters->emplace(name, std::move(value)).second;
}

}  // namespace

std::optional<ParameterisedValue> ParseParameterised(std::string_view text) {
  const size_t semicolon = text.find(';');
  ParameterisedValue parsed;
  parsed.word = LowerAscii(TrimBlanks(text.substr(0, semicolon)));
  const bool is_word =
      !parsed.word.empty() && std::all_of(parsed.word.begin(), parsed.word.end(),
                                          [](char c) { return IsTokenChar(c) || c == '/'; });
  if (!is_word) return std::nullopt;
  std::string_view rest =
      semicolon == std::string_view::npos ? std::string_view() : text.substr(semicolon);
  while (!rest.empty()) {
    if (rest.front() != ';' || !TakeParameter(&rest, &parsed.parameters)) return std::nullopt;
    rest = TrimBlanks(rest);
  }
  return parsed;
}

bool IsJsonType(std::string_view type) {
  return type == "application/json" || (type.find('/') != type.npos && type.ends_with("+json"));
}

bool IsBoundary(std::string_view text) {
  if (text.empty() || text.size() > kBoundaryBytesMax || text.back() == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alnum || std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
  });
}

}  // namespace aozora::http
