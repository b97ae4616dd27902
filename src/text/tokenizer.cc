// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer.h"

#include <algorithm>

#include "base/file.h"
#include "text/unicode.h"

namespace aozora {
namespace {

constexpr std::string_view kEndPiece = "</s>";
constexpr std::string_view kUnknownSurface = " \u2047 ";  // of unk_surface in the .proto

Result<int32_t> FindEnd(const TokenizerModel& model) {
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const Piece& piece = model.pieces[id];
    if (piece.text == kEndPiece && piece.type == PieceType::kControl) {
      return static_cast<int32_t>(id);
    }
  }
  return Error::Corrupt("tokenizer: no end token \"{}\"", kEndPiece);
}

// What byte pieces spell, with U+FFFD for each byte that is not UTF-8.
void AppendBytes(std::string_view bytes, std::string* text) {
  while (!bytes.empty()) {
    char32_t code_point = kReplacementCharacter;
    const size_t length = DecodeUtf8Prefix(bytes, &code_point);
    AppendUtf8(code_point, text);
    bytes.remove_prefix(std::max<size_t>(length, 1));
  }
}

void AppendWithSpaces(std::string_view piece, std::string* text) {
  while (!piece.empty()) {
    const bool space = piece.starts_with(kSpaceSymbol);
    *text += space ? ' ' : piece[0];
    piece.remove_prefix(space ? kSpaceSymbol.size() : 1);
  }
}

}  // namespace

Tokenizer::Tokenizer(const TokenizerModel& model, int32_t end_id)
    : normalizer_(model),
      unigram_(model),
      pieces_(model.pieces),
      add_dummy_prefix_(model.add_dummy_prefix),
      remove_extra_whitespaces_(model.remove_extra_whitespaces),
      end_id_(end_id) {}

Result<Tokenizer> Tokenizer::FromFile(const std::filesystem::path& path) {
  const std::string content = TRY(ReadFile(path, kTokenizerBytesMax));
  return TRY_WITHIN(path.string(), FromBytes(std::as_bytes(std::span(content))));
}

Result<Tokenizer> Tokenizer::FromBytes(Bytes proto) {
  return FromModel(TRY(ParseTokenizerModel(proto)));
}

Result<Tokenizer> Tokenizer::FromModel(const TokenizerModel& model) {
  TRY(CheckTokenizerModel(model));
  return Tokenizer(model, TRY(FindEnd(model)));
}

Result<std::vector<int32_t>> Tokenizer::Encode(std::string_view text,
                                               size_t token_count_max) const {
  CHECK_LE(1u, token_count_max);
  if (text.size() > kTextBytesMax) {
    return Error::Invalid("text: {}, at most {} are taken; shorten it", HumanBytes(text.size()),
                          HumanBytes(kTextBytesMax));
  }
  const std::string normalized = normalizer_.Normalize(text);
  if (normalized.size() > kNormalizedBytesMax) {
    return Error::Invalid("text: the rules of the tokenizer make {} of it, at most {} are taken",
                          HumanBytes(normalized.size()), HumanBytes(kNormalizedBytesMax));
  }
  std::vector<int32_t> ids = unigram_.Encode(normalized);
  ids.resize(std::min(ids.size(), token_count_max - 1));
  ids.push_back(end_id_);
  return ids;
}

Result<std::string> Tokenizer::Decode(std::span<const int32_t> ids) const {
  std::string text;
  std::string bytes;  // of byte pieces one after the other
  bool at_start = true;
  bool took_space = false;
  for (const int32_t id : ids) {
    if (id < 0 || id >= vocabulary_size()) {
      return Error::Invalid("token {}: there are {}", id, vocabulary_size());
    }
    const Piece& piece = pieces_[static_cast<size_t>(id)];
    if (piece.type == PieceType::kByte) {
      bytes.push_back(static_cast<char>(ByteOfPiece(piece.text)));
      continue;
    }
    AppendBytes(bytes, &text);
    bytes.clear();
    // The dummy prefix goes: one space, or where extra ones were removed all before any text.
    at_start = at_start && !took_space && text.empty();
    took_space = false;
    if (piece.type == PieceType::kControl) continue;
    if (piece.type == PieceType::kUnknown) {
      text += kUnknownSurface;
      continue;
    }
    std::string_view rest = piece.text;
    if (at_start && (add_dummy_prefix_ || remove_extra_whitespaces_) &&
        rest.starts_with(kSpaceSymbol)) {
      rest.remove_prefix(kSpaceSymbol.size());
      took_space = !remove_extra_whitespaces_;
    }
    AppendWithSpaces(rest, &text);
  }
  AppendBytes(bytes, &text);
  return text;
}

}  // namespace aozora
