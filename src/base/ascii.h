// SPDX-License-Identifier: Apache-2.0
// Letters without case where only those of ASCII count, whatever the locale: names in protocols,
// files and commands. Other bytes stay as they are.
#pragma once

#include <string>
#include <string_view>

namespace aozora {

char LowerAscii(char c);
std::string LowerAscii(std::string_view text);
bool EqualsNoCase(std::string_view a, std::string_view b);

}  // namespace aozora
