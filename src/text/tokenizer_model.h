// SPDX-License-Identifier: Apache-2.0
// A SentencePiece unigram model as data. It comes from model files, which are hostile: it is read
// and checked here, and what makes tokens with it only ever sees what passed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace aozora {

// Numbers as in sentencepiece_model.proto and in GGUF's tokenizer.ggml.token_type.
enum class PieceType : uint8_t {
  kNormal = 1,
  kUnknown = 2,      // exactly one: what no other piece covers
  kControl = 3,      // </s>, <pad>: never made from text
  kUserDefined = 4,  // always one piece
  kUnused = 5,
  kByte = 6,  // <0x00> ... <0xFF>, for what no other piece covers
};

struct Piece {
  std::string text;  // UTF-8, U+2581 for a space
  float score = 0;   // log probability
  PieceType type = PieceType::kNormal;
};

// Real models have 32 thousand to 262 thousand pieces in 0.8 to 5 MB.
inline constexpr uint64_t kTokenizerBytesMax = 32_MiB;
inline constexpr size_t kPieceCountMax = size_t{1} << 20;
// Text is searched this far for a piece that begins anywhere. The second is SentencePiece's limit,
// which has room for 64 user-defined pieces that are prefixes of each other.
inline constexpr size_t kPieceBytesMax = 256;
inline constexpr size_t kUserDefinedPieceBytesMax = 64;

// Pieces that text can become and the others are two name spaces.
constexpr bool IsTextPiece(PieceType type) {
  return type == PieceType::kNormal || type == PieceType::kUserDefined ||
         type == PieceType::kUnused;
}
// The byte that "<0x41>" stands for, -1 if the text is not of that form.
int ByteOfPiece(std::string_view text);

struct TokenizerModel {
  std::vector<Piece> pieces;         // the index is the id
  std::string precompiled_charsmap;  // normalization rules (text/charsmap.h), may be empty
  bool add_dummy_prefix = true;      // "a" is tokenized like " a"
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;  // as U+2581
};

// Reads a serialized ModelProto ("spiece.model", github.com/google/sentencepiece v0.1.97,
// src/sentencepiece_model.proto). What the model says is for CheckTokenizerModel to judge.
// Errors: kCorrupt for broken bytes; kUnsupported for what is not a unigram model.
Result<TokenizerModel> ParseTokenizerModel(Bytes proto);

// Ok if tokens can be made with the model, by us and by SentencePiece; kCorrupt, naming the piece,
// otherwise.
Status CheckTokenizerModel(const TokenizerModel& model);

// The model as a ModelProto with nothing in it but what TokenizerModel has.
std::string SerializeTokenizerModel(const TokenizerModel& model);

}  // namespace aozora
