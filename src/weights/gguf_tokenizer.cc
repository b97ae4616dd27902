// SPDX-License-Identifier: Apache-2.0
#include "weights/gguf_tokenizer.h"

#include <algorithm>
#include <cmath>

namespace aozora {
namespace {

// Protocol buffer wire types (protobuf.dev/programming-guides/encoding).
constexpr uint32_t kVarint = 0;
constexpr uint32_t kLengthDelimited = 2;
constexpr uint32_t kFixed32 = 5;

// Field numbers of github.com/google/sentencepiece, src/sentencepiece_model.proto.
constexpr uint32_t kModelPieces = 1;
constexpr uint32_t kModelTrainer = 2;
constexpr uint32_t kModelNormalizer = 3;
constexpr uint32_t kPieceText = 1;
constexpr uint32_t kPieceScore = 2;
constexpr uint32_t kPieceType = 3;
constexpr uint32_t kTrainerModelType = 3;
constexpr uint32_t kTrainerVocabSize = 4;
constexpr uint32_t kTrainerByteFallback = 35;
constexpr uint32_t kTrainerUnkId = 40;
constexpr uint32_t kTrainerBosId = 41;
constexpr uint32_t kTrainerEosId = 42;
constexpr uint32_t kTrainerPadId = 43;
constexpr uint32_t kNormalizerName = 1;
constexpr uint32_t kNormalizerCharsMap = 2;
constexpr uint32_t kNormalizerDummyPrefix = 3;
constexpr uint32_t kNormalizerRemoveExtraWhitespaces = 4;
constexpr uint32_t kNormalizerEscapeWhitespaces = 5;
constexpr uint64_t kUnigram = 1;

// The kinds of pieces have the same numbers in GGUF and in SentencePiece: normal 1, unknown 2,
// control 3, user-defined 4, unused 5, byte 6.
constexpr int64_t kPieceTypeMin = 1;
constexpr int64_t kPieceTypeMax = 6;
constexpr int64_t kPieceTypeByte = 6;

// Appends the fields of one message.
class ProtoWriter {
 public:
  void Varint(uint32_t field, uint64_t value) {
    AppendVarint(field << 3 | kVarint);
    AppendVarint(value);
  }
  void Text(uint32_t field, std::string_view value) {
    AppendVarint(field << 3 | kLengthDelimited);
    AppendVarint(value.size());
    bytes_ += value;
  }
  void Float(uint32_t field, float value) {
    AppendVarint(field << 3 | kFixed32);
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    bytes_.append(bytes, sizeof(value));
  }
  const std::string& bytes() const { return bytes_; }
  std::string TakeBytes() { return std::move(bytes_); }

 private:
  void AppendVarint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

const GgufValue* FindValue(const GgufMetadata& metadata, std::string_view name) {
  const auto found = metadata.find("tokenizer.ggml." + std::string(name));
  return found == metadata.end() ? nullptr : &found->second;
}

bool Flag(const GgufMetadata& metadata, std::string_view name, bool otherwise) {
  const GgufValue* value = FindValue(metadata, name);
  return value == nullptr ? otherwise : value->Bool().value_or(otherwise);
}

struct Vocabulary {
  std::vector<std::string_view> tokens;
  std::vector<float> scores;
  std::vector<int64_t> types;
};

Result<Vocabulary> ReadVocabulary(const GgufMetadata& metadata) {
  const GgufValue* tokens = FindValue(metadata, "tokens");
  const GgufValue* scores = FindValue(metadata, "scores");
  const GgufValue* types = FindValue(metadata, "token_type");
  Vocabulary result;
  if (tokens != nullptr) result.tokens = tokens->Texts().value_or(result.tokens);
  if (scores != nullptr) result.scores = scores->Floats().value_or(result.scores);
  if (types != nullptr) result.types = types->Integers().value_or(result.types);
  const size_t count = result.tokens.size();
  if (count == 0 || result.scores.size() != count || result.types.size() != count) {
    return Error::Corrupt("the tokenizer has {} tokens, {} scores and {} types", count,
                          result.scores.size(), result.types.size());
  }
  for (size_t i = 0; i < count; ++i) {
    if (result.types[i] < kPieceTypeMin || result.types[i] > kPieceTypeMax) {
      return Error::Corrupt("the tokenizer's token {} is of the unknown type {}", i,
                            result.types[i]);
    }
    if (!std::isfinite(result.scores[i])) {
      return Error::Corrupt("the tokenizer's token {} has a score that is no number", i);
    }
  }
  return result;
}

std::string TrainerSpec(const GgufMetadata& metadata, const Vocabulary& vocabulary) {
  ProtoWriter trainer;
  trainer.Varint(kTrainerModelType, kUnigram);
  trainer.Varint(kTrainerVocabSize, vocabulary.tokens.size());
  const auto& types = vocabulary.types;
  const bool has_bytes = std::find(types.begin(), types.end(), kPieceTypeByte) != types.end();
  trainer.Varint(kTrainerByteFallback, has_bytes ? 1 : 0);
  const auto id = [&](uint32_t field, std::string_view name) {
    const GgufValue* value = FindValue(metadata, name);
    // A missing one is -1, which as a varint is the 64-bit two's complement.
    const int64_t number = value == nullptr ? -1 : value->Integer().value_or(-1);
    trainer.Varint(field, static_cast<uint64_t>(number));
  };
  id(kTrainerUnkId, "unknown_token_id");
  id(kTrainerBosId, "bos_token_id");
  id(kTrainerEosId, "eos_token_id");
  id(kTrainerPadId, "padding_token_id");
  return trainer.TakeBytes();
}

std::string NormalizerSpec(const GgufMetadata& metadata) {
  ProtoWriter normalizer;
  normalizer.Text(kNormalizerName, "from_gguf");
  if (const GgufValue* map = FindValue(metadata, "precompiled_charsmap")) {
    normalizer.Text(kNormalizerCharsMap, map->ArrayBytes().value_or(std::string_view()));
  }
  // What SentencePiece does where a model does not say.
  normalizer.Varint(kNormalizerDummyPrefix, Flag(metadata, "add_space_prefix", true) ? 1 : 0);
  normalizer.Varint(kNormalizerRemoveExtraWhitespaces,
                    Flag(metadata, "remove_extra_whitespaces", true) ? 1 : 0);
  normalizer.Varint(kNormalizerEscapeWhitespaces, 1);
  return normalizer.TakeBytes();
}

}  // namespace

Result<std::string> GgufSentencePiece(const GgufMetadata& metadata) {
  const GgufValue* model = FindValue(metadata, "model");
  if (model == nullptr || model->Text() != std::optional<std::string_view>("t5")) {
    return std::string();
  }
  const Vocabulary vocabulary = TRY(ReadVocabulary(metadata));
  ProtoWriter proto;
  for (size_t i = 0; i < vocabulary.tokens.size(); ++i) {
    ProtoWriter piece;
    piece.Text(kPieceText, vocabulary.tokens[i]);
    piece.Float(kPieceScore, vocabulary.scores[i]);
    piece.Varint(kPieceType, static_cast<uint64_t>(vocabulary.types[i]));
    proto.Text(kModelPieces, piece.bytes());
  }
  proto.Text(kModelTrainer, TrainerSpec(metadata, vocabulary));
  proto.Text(kModelNormalizer, NormalizerSpec(metadata));
  return proto.TakeBytes();
}

}  // namespace aozora
