// SPDX-License-Identifier: Apache-2.0
#include "text/normalizer.h"

#include <algorithm>
#include <vector>

#include "text/unicode.h"

namespace aozora {
namespace {

constexpr std::string_view kReplacementUtf8 = "\uFFFD";

PrefixTable UserDefinedPieces(const TokenizerModel& model) {
  std::vector<std::string_view> texts;
  for (const Piece& piece : model.pieces) {
    if (piece.type == PieceType::kUserDefined) texts.push_back(piece.text);
  }
  std::sort(texts.begin(), texts.end());
  return PrefixTable(texts);
}

}  // namespace

Normalizer::Normalizer(const TokenizerModel& model)
    : rules_(model.precompiled_charsmap),
      user_defined_(UserDefinedPieces(model)),
      space_(model.escape_whitespaces ? kSpaceSymbol : " "),
      add_dummy_prefix_(model.add_dummy_prefix),
      remove_extra_whitespaces_(model.remove_extra_whitespaces) {}

std::string Normalizer::Normalize(std::string_view text) const {
  if (remove_extra_whitespaces_) {
    while (!text.empty()) {
      const Step step = NextStep(text);
      if (step.to != " ") break;
      text.remove_prefix(step.from.size());
    }
  }
  std::string normalized;
  if (text.empty()) return normalized;
  if (add_dummy_prefix_) normalized += space_;
  // Spaces at the start of a step's result go where the one before ended in a space. A step
  // without a result leaves things as they were.
  bool after_space = remove_extra_whitespaces_;
  while (!text.empty()) {
    const Step step = NextStep(text);
    std::string_view to = step.to;
    if (after_space) to.remove_prefix(std::min(to.find_first_not_of(' '), to.size()));
    if (!to.empty()) {
      Append(to, &normalized);
      after_space = remove_extra_whitespaces_ && to.back() == ' ';
    }
    text.remove_prefix(step.from.size());
  }
  // This takes away U+2581 that was in the text, too.
  while (remove_extra_whitespaces_ && normalized.ends_with(space_)) {
    normalized.resize(normalized.size() - space_.size());
  }
  return normalized;
}

Normalizer::Step Normalizer::NextStep(std::string_view text) const {
  const PrefixTable::Index user_defined = user_defined_.Longest(text);
  if (user_defined != PrefixTable::kNone) {
    const std::string_view symbol = text.substr(0, user_defined_.Length(user_defined));
    return {symbol, symbol};
  }
  const Charsmap::Match rule = rules_.Longest(text);
  if (rule.length > 0) return {text.substr(0, rule.length), rule.replacement};
  char32_t code_point = 0;
  const size_t length = DecodeUtf8Prefix(text, &code_point);
  if (length == 0) return {text.substr(0, 1), kReplacementUtf8};
  return {text.substr(0, length), text.substr(0, length)};
}

void Normalizer::Append(std::string_view text, std::string* normalized) const {
  for (const char c : text) {
    if (c == ' ') {
      *normalized += space_;
    } else {
      *normalized += c;
    }
  }
}

}  // namespace aozora
