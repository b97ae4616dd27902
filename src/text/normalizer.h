// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "text/charsmap.h"
#include "text/prefix_table.h"
#include "text/tokenizer_model.h"

namespace aozora {

inline constexpr std::string_view kSpaceSymbol = "\u2581";  // what pieces have for a space

// A text as the pieces of a model spell it, byte for byte as SentencePiece's Normalizer makes it
// (v0.1.97, src/normalizer.cc). Immutable: any thread may use it.
class Normalizer {
 public:
  explicit Normalizer(const TokenizerModel& model);  // that CheckTokenizerModel found good

  // The text need not be UTF-8: U+FFFD stands for each byte that is not. The result has at most
  // kReplacementBytesMax (text/charsmap.h) times the bytes of the text, and 3.
  std::string Normalize(std::string_view text) const;

 private:
  struct Step {
    std::string_view from;  // a beginning of the text, never empty
    std::string_view to;
  };
  Step NextStep(std::string_view text) const;
  void Append(std::string_view text, std::string* normalized) const;

  Charsmap rules_;
  PrefixTable user_defined_;  // pieces that no rule touches
  std::string_view space_;    // as it is in the result
  bool add_dummy_prefix_;
  bool remove_extra_whitespaces_;
};

}  // namespace aozora
