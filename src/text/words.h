// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aozora {

// The words of a text in lower case: runs of letters and digits of any script. Apostrophes and
// hyphens part words, so that "l'avion" is two. Bytes that are not UTF-8 end the text.
std::vector<std::string> SplitWords(std::string_view text);

}  // namespace aozora
