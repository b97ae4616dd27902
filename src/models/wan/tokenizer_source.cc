// SPDX-License-Identifier: Apache-2.0
#include "models/wan/tokenizer_source.h"

namespace aozora::wan {

Result<Tokenizer> ReadTokenizer(const Checkpoint& checkpoint, const TensorFile& text_encoder) {
  // One given by itself stands first. Of several, that of UMT5: image-to-video checkpoints bring
  // the tokenizer of their picture encoder too.
  const std::filesystem::path* chosen = nullptr;
  for (const std::filesystem::path& path : checkpoint.tokenizers) {
    if (chosen == nullptr) chosen = &path;
    if (path.string().find("umt5") != std::string::npos) {
      chosen = &path;
      break;
    }
  }
  if (chosen != nullptr) return Tokenizer::FromFile(*chosen);
  if (!text_encoder.tokenizer.empty()) {
    const std::string& proto = text_encoder.tokenizer;
    return Tokenizer::FromBytes(std::as_bytes(std::span(proto.data(), proto.size())));
  }
  if (const StoredTensor* tensor = text_encoder.Find("spiece_model")) {
    return Tokenizer::FromBytes(tensor->weight.stored());
  }
  return Error::NotFound(
      "no tokenizer for {}: put spiece.model of umt5-xxl into tokenizer beside "
      "the model, or name it with --tokenizer",
      text_encoder.path.string());
}

}  // namespace aozora::wan
