// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aozora {

// A serialized unigram model, trained within a second by SentencePiece on a few sentences: 384
// pieces, <pad> 0, </s> 1, <unk> 2, byte pieces, a dummy prefix and the rules of nmt_nfkc, like the
// tokenizers of real models. `extra_options` are options of spm_train.
std::string TrainTinyModel(std::string_view extra_options = "");

}  // namespace aozora
