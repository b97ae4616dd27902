// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "weights/gguf_metadata.h"

namespace aozora {

// The unigram tokenizer in GGUF metadata (tokenizer.ggml.model = "t5": tokens, scores, token_type,
// the normaliser's flags and its character map), as a serialised SentencePiece ModelProto. Empty
// where the file has no tokenizer, or one of another kind.
Result<std::string> GgufSentencePiece(const GgufMetadata& metadata);

}  // namespace aozora
