// SPDX-License-Identifier: Apache-2.0
#include "text/mojibake.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "text/badness.h"
#include "text/code_page.h"
#include "text/misdecoded_utf8.h"
#include "text/unicode.h"

namespace aozora {
namespace {

// Text inside of text inside of text: nobody has seen more than two.
constexpr int kDepthMax = 8;

std::u32string FixNested(std::u32string text, RepairBudget* budget, int depth);

// The whole text, as bytes of one encoding, read as UTF-8.
std::optional<std::u32string> ReadAs(CodePage page, std::u32string_view text) {
  std::optional<std::string> bytes = Encode(page, text);
  if (!bytes) return std::nullopt;
  // In Mac OS Roman the pattern would match an en dash with a space behind it.
  if (page != CodePage::kMacRoman) bytes = RestoreNoBreakSpaces(*bytes);
  if (HasHoles(page)) bytes = ReplaceLossySequences(*bytes);
  return DecodeUtf8Variants(*bytes);
}

// Mends the parts that look like UTF-8 read wrongly, each by itself.
std::u32string FixParts(std::u32string_view text, RepairBudget* budget, int depth) {
  std::u32string result;
  for (size_t at = 0; at < text.size();) {
    const size_t length = MisdecodedRunLength(text, at);
    if (length == 0) {
      result.push_back(text[at++]);
      continue;
    }
    const std::u32string_view part = text.substr(at, length);
    const bool fix = length < text.size() && depth < kDepthMax && LooksMisdecoded(part);
    result += fix ? FixNested(std::u32string(part), budget, depth + 1) : std::u32string(part);
    at += length;
  }
  return result;
}

// One step, nothing if there is none to take.
std::optional<std::u32string> FixOnce(std::u32string_view text, RepairBudget* budget, int depth) {
  if (std::all_of(text.begin(), text.end(), IsAscii) || !LooksMisdecoded(text)) {
    return std::nullopt;
  }
  for (int page = 0; page < kCodePageCount; ++page) {
    if (auto fixed = ReadAs(static_cast<CodePage>(page), text)) return fixed;
  }
  std::u32string fixed = FixParts(text, budget, depth);
  if (fixed != text) return fixed;
  fixed = FixC1Controls(text);
  if (fixed != text) return fixed;
  return std::nullopt;
}

std::u32string FixNested(std::u32string text, RepairBudget* budget, int depth) {
  while (budget->Spend(text.size())) {
    std::optional<std::u32string> fixed = FixOnce(text, budget, depth);
    if (!fixed || *fixed == text) break;
    text = *std::move(fixed);
  }
  return text;
}

}  // namespace

std::u32string FixEncoding(std::u32string text, RepairBudget* budget) {
  return FixNested(std::move(text), budget, 0);
}

std::u32string FixC1Controls(std::u32string_view text) {
  std::u32string result(text);
  for (char32_t& c : result) {
    if (IsC1Control(c)) c = Windows1252FromC1(c);
  }
  return result;
}

}  // namespace aozora
