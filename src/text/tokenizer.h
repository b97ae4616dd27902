// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "text/normalizer.h"
#include "text/tokenizer_model.h"
#include "text/unigram.h"

namespace aozora {

// Text into the token ids of a SentencePiece unigram model, the same ones that SentencePiece makes.
// Immutable: any thread may use it.
class Tokenizer {
 public:
  // More than a cleaned prompt can have (text/clean.h).
  static constexpr size_t kTextBytesMax = 256_KiB;
  // Real rules make at most 11 bytes of one: U+FDFA, three bytes, becomes 33.
  static constexpr size_t kNormalizedBytesMax = 12 * kTextBytesMax;

  // From a "spiece.model" file, or from its content wherever that was embedded.
  // Errors: kNotFound or kIo for the file; kCorrupt and kUnsupported as in text/tokenizer_model.h,
  // and kCorrupt for a model without "</s>".
  static Result<Tokenizer> FromFile(const std::filesystem::path& path);
  static Result<Tokenizer> FromBytes(Bytes proto);
  // From pieces that came in another form (metadata of a GGUF file). Checks them.
  static Result<Tokenizer> FromModel(const TokenizerModel& model);

  Tokenizer(const Tokenizer&) = delete;  // some 20 MB
  Tokenizer& operator=(const Tokenizer&) = delete;
  Tokenizer(Tokenizer&& other) = default;
  Tokenizer& operator=(Tokenizer&& other) = default;

  // The ids of the text, cut off where it is too long, and then always the end token: at most
  // `token_count_max` (>= 1) in all, nothing in front, no padding. This is what the T5 tokenizers
  // of transformers return with truncation (huggingface/transformers,
  // models/t5/tokenization_t5_fast.py). The names of control tokens ("</s>") in the text are text.
  // Errors: kInvalid for more than kTextBytesMax bytes, or if the model makes more than
  // kNormalizedBytesMax of them.
  Result<std::vector<int32_t>> Encode(std::string_view text, size_t token_count_max) const;

  // The text of the ids without control tokens, for messages: what SentencePiece's Decode returns
  // (v0.1.97, src/sentencepiece_processor.cc). kInvalid for an id out of range.
  Result<std::string> Decode(std::span<const int32_t> ids) const;

  int32_t vocabulary_size() const { return static_cast<int32_t>(pieces_.size()); }
  int32_t end_id() const { return end_id_; }  // of "</s>"

 private:
  Tokenizer(const TokenizerModel& model, int32_t end_id);

  Normalizer normalizer_;
  Unigram unigram_;
  std::vector<Piece> pieces_;
  bool add_dummy_prefix_;
  bool remove_extra_whitespaces_;
  int32_t end_id_;
};

}  // namespace aozora
