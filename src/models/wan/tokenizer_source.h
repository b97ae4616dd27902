// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint.h"
#include "text/tokenizer.h"

namespace aozora::wan {

// The tokenizer of the text encoder: a file of its own, or what stands inside the encoder's file
// (metadata of a GGUF file, a tensor "spiece_model" in files for ComfyUI).
Result<Tokenizer> ReadTokenizer(const Checkpoint& checkpoint, const TensorFile& text_encoder);

}  // namespace aozora::wan
