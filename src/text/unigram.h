// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/prefix_table.h"
#include "text/tokenizer_model.h"

namespace aozora {

// The likeliest pieces of a normalized text: the Viterbi algorithm over a unigram model (Kudo 2018,
// "Subword Regularization", section 3.2), with the scores, their rounding and their ties as in
// SentencePiece's Model::EncodeOptimized (v0.1.97, src/unigram_model.cc), and bytes for what is not
// known as in its SentencePieceProcessor (src/sentencepiece_processor.cc).
//
// It is our own because Debian's libsentencepiece exports the symbols of a protobuf of its own, and
// a process that also has the libprotobuf which OpenCV needs crashes before main. SentencePiece is
// what the tests judge this by.
//
// Immutable: any thread may use it.
class Unigram {
 public:
  explicit Unigram(const TokenizerModel& model);  // that CheckTokenizerModel found good

  // The ids of all pieces of the text. Unknown characters become their byte pieces if the model has
  // those; otherwise each run of them becomes one unknown piece. Takes one search in a table of all
  // pieces for each character, and 12 bytes for each byte.
  std::vector<int32_t> Encode(std::string_view normalized) const;

 private:
  // The best way to spell a text up to some byte: its score and its last piece.
  struct BestPath {
    int32_t id = -1;  // of the last piece
    float score = 0;
    uint32_t begin = kUnreached;  // of the last piece

    static constexpr uint32_t kUnreached = 0xFFFFFFFFu;
  };
  struct Value {
    double score;
    int32_t id;
    bool unused;  // is found and passed over
  };

  std::vector<BestPath> FindBestPaths(std::string_view text) const;
  void AppendUnknown(std::string_view text, bool after_unknown, std::vector<int32_t>* ids) const;

  PrefixTable table_;
  std::vector<Value> values_;      // of the table's keys
  std::vector<int32_t> byte_ids_;  // 256, or none
  float unknown_score_;
  int32_t unknown_id_;
};

}  // namespace aozora
