// SPDX-License-Identifier: Apache-2.0
// A model from hostile bytes is refused or can be used: it encodes a sentence within its limits to
// ids of its vocabulary. The first byte says what the others are: a ModelProto; or the
// normalization rules of a sound model; or its pieces, separated by zero bytes.
#include <algorithm>

#include "base/check.h"
#include "text/tokenizer.h"

namespace aozora {
namespace {

TokenizerModel SoundModel() {
  TokenizerModel model;
  model.pieces = {{"<pad>", 0, PieceType::kControl},   {"</s>", 0, PieceType::kControl},
                  {"<unk>", 0, PieceType::kUnknown},   {"▁", -3, PieceType::kNormal},
                  {"a", -2, PieceType::kNormal},       {"fox", -1, PieceType::kNormal},
                  {"▁wa", -4, PieceType::kUserDefined}};
  return model;
}

TokenizerModel WithPieces(std::string_view bytes) {
  TokenizerModel model = SoundModel();
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find('\0'), bytes.size());
    const std::string_view text = bytes.substr(0, end);
    const auto kind = static_cast<PieceType>(1 + text.size() % 6);
    model.pieces.push_back({std::string(text), -static_cast<float>(text.size()), kind});
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return model;
}

Result<Tokenizer> Make(uint8_t what, std::string_view bytes) {
  if (what % 4 == 1) {
    TokenizerModel model = SoundModel();
    model.precompiled_charsmap = bytes;
    return Tokenizer::FromModel(model);
  }
  if (what % 4 == 2) return Tokenizer::FromModel(WithPieces(bytes));
  return Tokenizer::FromBytes(std::as_bytes(std::span(bytes)));
}

void Run(uint8_t what, std::string_view bytes) {
  constexpr size_t kTokenCountMax = 24;
  Result<Tokenizer> tokenizer = Make(what, bytes);
  if (!tokenizer.ok()) return;
  // Some text that the model cannot know, and some of its own bytes.
  for (const std::string_view text :
       {std::string_view(
            "A fox walks  <0x41> 雪 🦊 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        bytes.substr(0, 256)}) {
    Result<std::vector<int32_t>> ids = tokenizer->Encode(text, kTokenCountMax);
    if (!ids.ok()) continue;
    CHECK(!ids->empty());
    CHECK_LE(ids->size(), kTokenCountMax);
    CHECK_EQ(ids->back(), tokenizer->end_id());
    for (const int32_t id : *ids) {
      CHECK_LE(0, id);
      CHECK_LT(id, tokenizer->vocabulary_size());
    }
    CHECK(tokenizer->Decode(*ids).ok());
  }
}

}  // namespace
}  // namespace aozora

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) aozora::Run(data[0], {reinterpret_cast<const char*>(data + 1), size - 1});
  return 0;
}
