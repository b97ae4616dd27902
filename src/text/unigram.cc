// SPDX-License-Identifier: Apache-2.0
#include "text/unigram.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace aozora {
namespace {

constexpr float kUnknownPenalty = 10;  // kUnkPenalty
// What a user-defined piece has less than the best score for each of its bytes.
constexpr double kUserDefinedPenalty = 0.1;

struct TextPiece {
  std::string_view text;
  size_t id;
};

// The pieces that text can become, in the order of a PrefixTable.
std::vector<TextPiece> SortedTextPieces(const TokenizerModel& model) {
  std::vector<TextPiece> pieces;
  pieces.reserve(model.pieces.size());
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const Piece& piece = model.pieces[id];
    if (IsTextPiece(piece.type)) pieces.push_back({piece.text, id});
  }
  std::sort(pieces.begin(), pieces.end(),
            [](const TextPiece& a, const TextPiece& b) { return a.text < b.text; });
  return pieces;
}

// The bytes of the character that begins with this byte. The text of hostile rules need not be
// UTF-8, then this is what SentencePiece takes for a character (string_util::OneCharLen).
size_t CharacterBytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

Unigram::Unigram(const TokenizerModel& model) : unknown_id_(-1) {
  // As there, the best score is never less than the least number above 0.
  float score_min = std::numeric_limits<float>::max();
  float score_max = std::numeric_limits<float>::min();
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const Piece& piece = model.pieces[id];
    if (piece.type == PieceType::kNormal) {
      score_min = std::min(score_min, piece.score);
      score_max = std::max(score_max, piece.score);
    } else if (piece.type == PieceType::kUnknown) {
      unknown_id_ = static_cast<int32_t>(id);
    } else if (piece.type == PieceType::kByte) {
      byte_ids_.resize(256);
      byte_ids_[static_cast<size_t>(ByteOfPiece(piece.text))] = static_cast<int32_t>(id);
    }
  }
  CHECK_LE(0, unknown_id_);
  unknown_score_ = score_min - kUnknownPenalty;
  std::vector<std::string_view> texts;
  for (const auto& [text, id] : SortedTextPieces(model)) {
    const Piece& piece = model.pieces[id];
    texts.push_back(text);
    const double score =
        piece.type == PieceType::kUserDefined
            ? double{static_cast<float>(text.size()) * score_max} - kUserDefinedPenalty
            : double{piece.score};
    values_.push_back({score, static_cast<int32_t>(id), piece.type == PieceType::kUnused});
  }
  table_ = PrefixTable(texts);
}

std::vector<int32_t> Unigram::Encode(std::string_view normalized) const {
  const std::vector<BestPath> paths = FindBestPaths(normalized);
  std::vector<uint32_t> ends;
  for (size_t end = normalized.size(); end > 0; end = paths[end].begin) {
    ends.push_back(static_cast<uint32_t>(end));
  }
  std::vector<int32_t> ids;
  bool after_unknown = false;
  for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
    const BestPath& path = paths[*end];
    const bool unknown = path.id == unknown_id_;
    if (unknown) {
      AppendUnknown(normalized.substr(path.begin, *end - path.begin), after_unknown, &ids);
    } else {
      ids.push_back(path.id);
    }
    after_unknown = unknown;
  }
  return ids;
}

std::vector<Unigram::BestPath> Unigram::FindBestPaths(std::string_view text) const {
  CHECK_LT(text.size(), BestPath::kUnreached);
  std::vector<BestPath> paths(text.size() + 1);
  size_t begin = 0;
  // Of two ways of the same score the one that was found first stays. The new one's score is a
  // double where it is compared, and rounded where it is kept.
  const auto offer = [&](size_t end, int32_t id, double score) {
    BestPath& path = paths[end];
    if (path.begin != BestPath::kUnreached && !(score > double{path.score})) return;
    path = {id, static_cast<float>(score), static_cast<uint32_t>(begin)};
  };
  while (begin < text.size()) {
    const float score = paths[begin].score;
    const std::string_view rest = text.substr(begin);
    const size_t character_bytes = std::min(CharacterBytes(rest[0]), rest.size());
    bool character_known = false;
    for (PrefixTable::Index key = table_.Longest(rest); key != PrefixTable::kNone;
         key = table_.Shorter(key)) {
      const Value& value = values_[key];
      if (value.unused) continue;
      offer(begin + table_.Length(key), value.id, value.score + double{score});
      character_known |= table_.Length(key) == character_bytes;
    }
    if (!character_known) {
      offer(begin + character_bytes, unknown_id_, double{unknown_score_ + score});
    }
    begin += character_bytes;
  }
  return paths;
}

void Unigram::AppendUnknown(std::string_view text, bool after_unknown,
                            std::vector<int32_t>* ids) const {
  if (byte_ids_.empty()) {
    if (!after_unknown) ids->push_back(unknown_id_);
    return;
  }
  for (const char c : text) ids->push_back(byte_ids_[static_cast<unsigned char>(c)]);
}

}  // namespace aozora
