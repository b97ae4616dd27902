// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace aozora {

// True where the text has a sequence of characters that people hardly ever write and that is what
// UTF-8 looks like when it is read in another encoding ("Ã©", "â€™"). The categories of characters
// and the sequences are those of ftfy 6.3.1 (github.com/rspeer/python-ftfy, ftfy/badness.py), so
// that prompts are judged as they were when the models were trained. Time is linear in the text.
bool LooksMisdecoded(std::u32string_view text);

}  // namespace aozora
