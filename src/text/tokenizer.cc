// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/file.h"

namespace aozora {
namespace {

constexpr std::string_view kEndPiece = "</s>";

// Runs `call`, which returns SentencePiece's status, and makes errors of what it says and throws.
template <class Call>
Status Guard(ErrorCode code, Call call) {
  try {
    const sentencepiece::util::Status status = call();
    if (status.ok()) return Ok();
    return Error(code, fmt::format("tokenizer: {}", status.ToString()));
  } catch (const std::exception& exception) {
    return Error(code, fmt::format("tokenizer: {}", exception.what()));
  }
}

Result<int32_t> FindEnd(const TokenizerModel& model) {
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const Piece& piece = model.pieces[id];
    if (piece.text == kEndPiece && piece.type == PieceType::kControl) {
      return static_cast<int32_t>(id);
    }
  }
  return Error::Corrupt("tokenizer: no end token \"{}\"", kEndPiece);
}

}  // namespace

struct Tokenizer::Engine {
  sentencepiece::SentencePieceProcessor processor;
};

Tokenizer::Tokenizer(std::unique_ptr<Engine> engine, int32_t vocabulary_size, int32_t end_id)
    : engine_(std::move(engine)), vocabulary_size_(vocabulary_size), end_id_(end_id) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&& other) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&& other) noexcept = default;

Result<Tokenizer> Tokenizer::FromFile(const std::filesystem::path& path) {
  const std::string content = TRY(ReadFile(path, kTokenizerBytesMax));
  return TRY_WITHIN(path.string(), FromBytes(std::as_bytes(std::span(content))));
}

Result<Tokenizer> Tokenizer::FromBytes(Bytes proto) {
  return FromModel(TRY(ParseTokenizerModel(proto)));
}

Result<Tokenizer> Tokenizer::FromModel(const TokenizerModel& model) {
  TRY(CheckTokenizerModel(model));
  const int32_t end_id = TRY(FindEnd(model));
  const std::string proto = SerializeTokenizerModel(model);
  auto engine = std::make_unique<Engine>();
  TRY(Guard(ErrorCode::kCorrupt, [&] { return engine->processor.LoadFromSerializedProto(proto); }));
  return Tokenizer(std::move(engine), static_cast<int32_t>(model.pieces.size()), end_id);
}

Result<std::vector<int32_t>> Tokenizer::Encode(std::string_view text,
                                               size_t token_count_max) const {
  CHECK_LE(1u, token_count_max);
  if (text.size() > kTextBytesMax) {
    return Error::Invalid("text: {}, at most {} are taken; shorten it", HumanBytes(text.size()),
                          HumanBytes(kTextBytesMax));
  }
  std::vector<int> ids;
  TRY(Guard(ErrorCode::kInvalid, [&] { return engine_->processor.Encode(text, &ids); }));
  ids.resize(std::min(ids.size(), token_count_max - 1));
  ids.push_back(end_id_);
  return ids;
}

Result<std::string> Tokenizer::Decode(std::span<const int32_t> ids) const {
  for (const int32_t id : ids) {
    if (id < 0 || id >= vocabulary_size_) {
      return Error::Invalid("token {}: there are {}", id, vocabulary_size_);
    }
  }
  std::string text;
  const std::vector<int> copy(ids.begin(), ids.end());
  TRY(Guard(ErrorCode::kInvalid, [&] { return engine_->processor.Decode(copy, &text); }));
  return text;
}

}  // namespace aozora
