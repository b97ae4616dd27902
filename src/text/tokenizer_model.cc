// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer_model.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "text/charsmap.h"
#include "text/unicode.h"

namespace aozora {
namespace {

// Field numbers of sentencepiece_model.proto.
constexpr uint32_t kModelPieces = 1;
constexpr uint32_t kModelTrainerSpec = 2;
constexpr uint32_t kModelNormalizerSpec = 3;
constexpr uint32_t kPieceText = 1;
constexpr uint32_t kPieceScore = 2;
constexpr uint32_t kPieceKind = 3;
constexpr uint32_t kTrainerModelType = 3;
constexpr uint32_t kTrainerWhitespaceAsSuffix = 24;
constexpr uint32_t kTrainerByteFallback = 35;
constexpr uint32_t kNormalizerCharsmap = 2;
constexpr uint32_t kNormalizerAddDummyPrefix = 3;
constexpr uint32_t kNormalizerRemoveExtraWhitespaces = 4;
constexpr uint32_t kNormalizerEscapeWhitespaces = 5;
constexpr uint64_t kUnigram = 1;

// The fields of one message, one after the other (protobuf.dev/programming-guides/encoding).
class MessageReader {
 public:
  enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
  struct Field {
    uint32_t number;
    uint32_t wire_type;
    uint64_t value;          // for kBytes their number
    std::string_view bytes;  // of kBytes

    bool Is(uint32_t n, WireType type) const { return number == n && wire_type == type; }
  };

  explicit MessageReader(std::string_view rest) : rest_(rest) {}
  bool AtEnd() const { return rest_.empty(); }

  Result<Field> Next() {
    const uint64_t tag = TRY(Varint());
    Field field = {static_cast<uint32_t>(tag >> 3), static_cast<uint32_t>(tag & 7), 0, {}};
    if (tag >> 32 != 0 || field.number == 0) return Error::Corrupt("tag {}", tag);
    switch (field.wire_type) {
      case kVarint:
        field.value = TRY(Varint());
        return field;
      case kFixed32:
        field.value = TRY(Fixed<uint32_t>());
        return field;
      case kFixed64:
        field.value = TRY(Fixed<uint64_t>());
        return field;
      case kBytes:
        field.value = TRY(Varint());
        field.bytes = TRY(Take(field.value));
        return field;
      default:
        return Error::Corrupt("wire type {}", field.wire_type);
    }
  }

 private:
  Result<uint64_t> Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return Error::Corrupt("ends within a number");
      const auto byte = static_cast<unsigned char>(rest_[0]);
      rest_.remove_prefix(1);
      value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    return Error::Corrupt("a number of more than 10 bytes");
  }
  Result<std::string_view> Take(uint64_t count) {
    if (count > rest_.size()) {
      return Error::Corrupt("{} bytes wanted, {} are left", count, rest_.size());
    }
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  template <class T>
  Result<T> Fixed() {
    const std::string_view bytes = TRY(Take(sizeof(T)));
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }

  std::string_view rest_;
};

void AppendVarint(uint64_t value, std::string* bytes) {
  for (; value >= 0x80; value >>= 7) bytes->push_back(static_cast<char>(value | 0x80));
  bytes->push_back(static_cast<char>(value));
}
void AppendNumber(uint32_t field, uint64_t value, std::string* bytes) {
  AppendVarint((uint64_t{field} << 3) | MessageReader::kVarint, bytes);
  AppendVarint(value, bytes);
}
void AppendFloat(uint32_t field, float value, std::string* bytes) {
  AppendVarint((uint64_t{field} << 3) | MessageReader::kFixed32, bytes);
  char raw[sizeof(value)];
  std::memcpy(raw, &value, sizeof(value));
  bytes->append(raw, sizeof(raw));
}
void AppendBytes(uint32_t field, std::string_view value, std::string* bytes) {
  AppendVarint((uint64_t{field} << 3) | MessageReader::kBytes, bytes);
  AppendVarint(value.size(), bytes);
  bytes->append(value);
}

Result<Piece> ParsePiece(std::string_view message) {
  Piece piece;
  for (MessageReader reader(message); !reader.AtEnd();) {
    const MessageReader::Field field = TRY(reader.Next());
    if (field.Is(kPieceText, MessageReader::kBytes)) {
      piece.text = field.bytes;
    } else if (field.Is(kPieceScore, MessageReader::kFixed32)) {
      piece.score = std::bit_cast<float>(static_cast<uint32_t>(field.value));
    } else if (field.Is(kPieceKind, MessageReader::kVarint)) {
      if (field.value < 1 || field.value > 6) return Error::Corrupt("type {}", field.value);
      piece.type = static_cast<PieceType>(field.value);
    }
  }
  return piece;
}

Status ParseTrainerSpec(std::string_view message) {
  for (MessageReader reader(message); !reader.AtEnd();) {
    const MessageReader::Field field = TRY(reader.Next());
    if (field.Is(kTrainerModelType, MessageReader::kVarint) && field.value != kUnigram) {
      return Error::Unsupported("model type {}, only unigram (1) is known", field.value);
    }
    if (field.Is(kTrainerWhitespaceAsSuffix, MessageReader::kVarint) && field.value != 0) {
      return Error::Unsupported("spaces behind words");
    }
  }
  return Ok();
}

Status ParseNormalizerSpec(std::string_view message, TokenizerModel* model) {
  for (MessageReader reader(message); !reader.AtEnd();) {
    const MessageReader::Field field = TRY(reader.Next());
    if (field.Is(kNormalizerCharsmap, MessageReader::kBytes)) {
      model->precompiled_charsmap = field.bytes;
    } else if (field.Is(kNormalizerAddDummyPrefix, MessageReader::kVarint)) {
      model->add_dummy_prefix = field.value != 0;
    } else if (field.Is(kNormalizerRemoveExtraWhitespaces, MessageReader::kVarint)) {
      model->remove_extra_whitespaces = field.value != 0;
    } else if (field.Is(kNormalizerEscapeWhitespaces, MessageReader::kVarint)) {
      model->escape_whitespaces = field.value != 0;
    }
  }
  return Ok();
}

Status CheckPiece(const Piece& piece) {
  if (piece.text.empty()) return Error::Corrupt("no text");
  const size_t bytes_max =
      piece.type == PieceType::kUserDefined ? kUserDefinedPieceBytesMax : kPieceBytesMax;
  if (piece.text.size() > bytes_max) {
    return Error::Corrupt("{} bytes, more than {}", piece.text.size(), bytes_max);
  }
  if (piece.text.find('\0') != piece.text.npos) return Error::Corrupt("a zero byte");
  if (!DecodeUtf8(piece.text).ok()) return Error::Corrupt("the text is not UTF-8");
  if (!std::isfinite(piece.score)) return Error::Corrupt("the score is not a number");
  return Ok();
}

// The byte pieces are all there or none is, and one piece stands for what is not known.
Status CheckSpecialPieces(const TokenizerModel& model) {
  size_t unknown_count = 0;
  size_t byte_count = 0;
  std::array<bool, 256> has_byte = {};
  for (const Piece& piece : model.pieces) {
    if (piece.type == PieceType::kUnknown) ++unknown_count;
    if (piece.type != PieceType::kByte) continue;
    const int byte = ByteOfPiece(piece.text);
    if (byte < 0) return Error::Corrupt("tokenizer: byte piece \"{}\"", piece.text);
    has_byte[static_cast<size_t>(byte)] = true;
    ++byte_count;
  }
  if (unknown_count != 1) {
    return Error::Corrupt("tokenizer: {} unknown pieces, not 1", unknown_count);
  }
  for (size_t byte = 0; byte < has_byte.size(); ++byte) {
    if (byte_count > 0 && !has_byte[byte]) {
      return Error::Corrupt("tokenizer: no piece for byte {}", byte);
    }
  }
  return Ok();
}

}  // namespace

int ByteOfPiece(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (text.size() != 6 || text.substr(0, 3) != "<0x" || text[5] != '>') return -1;
  const size_t high = kDigits.find(text[3]);
  const size_t low = kDigits.find(text[4]);
  if (high == kDigits.npos || low == kDigits.npos) return -1;
  return static_cast<int>(high * 16 + low);
}

Result<TokenizerModel> ParseTokenizerModel(Bytes proto) {
  if (proto.size() > kTokenizerBytesMax) {
    return Error::Corrupt("tokenizer: {}, more than {}", HumanBytes(proto.size()),
                          HumanBytes(kTokenizerBytesMax));
  }
  TokenizerModel model;
  MessageReader reader({reinterpret_cast<const char*>(proto.data()), proto.size()});
  while (!reader.AtEnd()) {
    const MessageReader::Field field = TRY_WITHIN("tokenizer", reader.Next());
    if (field.Is(kModelPieces, MessageReader::kBytes)) {
      if (model.pieces.size() == kPieceCountMax) {
        return Error::Corrupt("tokenizer: more than {} pieces", kPieceCountMax);
      }
      model.pieces.push_back(TRY_WITHIN(fmt::format("tokenizer: piece {}", model.pieces.size()),
                                        ParsePiece(field.bytes)));
    } else if (field.Is(kModelTrainerSpec, MessageReader::kBytes)) {
      TRY_WITHIN("tokenizer", ParseTrainerSpec(field.bytes));
    } else if (field.Is(kModelNormalizerSpec, MessageReader::kBytes)) {
      TRY_WITHIN("tokenizer", ParseNormalizerSpec(field.bytes, &model));
    }
  }
  return model;
}

Status CheckTokenizerModel(const TokenizerModel& model) {
  if (model.pieces.size() > kPieceCountMax) {
    return Error::Corrupt("tokenizer: {} pieces, more than {}", model.pieces.size(),
                          kPieceCountMax);
  }
  std::unordered_set<std::string_view> text_pieces;
  std::unordered_set<std::string_view> special_pieces;
  text_pieces.reserve(model.pieces.size());
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const Piece& piece = model.pieces[id];
    TRY_WITHIN(fmt::format("tokenizer: piece {}", id), CheckPiece(piece));
    auto& pieces = IsTextPiece(piece.type) ? text_pieces : special_pieces;
    if (!pieces.insert(piece.text).second) {
      return Error::Corrupt("tokenizer: piece {}: \"{}\" is there already", id, piece.text);
    }
  }
  if (text_pieces.empty()) return Error::Corrupt("tokenizer: no pieces for text");
  TRY(CheckSpecialPieces(model));
  if (!model.precompiled_charsmap.empty()) {
    TRY_WITHIN("tokenizer", CheckCharsmap(model.precompiled_charsmap));
  }
  return Ok();
}

std::string SerializeTokenizerModel(const TokenizerModel& model) {
  std::string proto;
  std::string message;
  bool byte_fallback = false;
  for (const Piece& piece : model.pieces) {
    message.clear();
    AppendBytes(kPieceText, piece.text, &message);
    AppendFloat(kPieceScore, piece.score, &message);
    AppendNumber(kPieceKind, static_cast<uint64_t>(piece.type), &message);
    AppendBytes(kModelPieces, message, &proto);
    byte_fallback |= piece.type == PieceType::kByte;
  }
  message.clear();
  AppendNumber(kTrainerModelType, kUnigram, &message);
  AppendNumber(kTrainerByteFallback, byte_fallback ? 1 : 0, &message);
  AppendBytes(kModelTrainerSpec, message, &proto);
  message.clear();
  AppendBytes(kNormalizerCharsmap, model.precompiled_charsmap, &message);
  AppendNumber(kNormalizerAddDummyPrefix, model.add_dummy_prefix ? 1 : 0, &message);
  AppendNumber(kNormalizerRemoveExtraWhitespaces, model.remove_extra_whitespaces ? 1 : 0, &message);
  AppendNumber(kNormalizerEscapeWhitespaces, model.escape_whitespaces ? 1 : 0, &message);
  AppendBytes(kModelNormalizerSpec, message, &proto);
  return proto;
}

}  // namespace aozora
