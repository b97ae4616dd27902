// SPDX-License-Identifier: Apache-2.0
// What an API key looks like: "aoz_" 8 characters "_" 43 characters 6 characters, all of them
// letters and digits. The first 8 name the key and may be shown; 43 carry 256 random bits; the last
// 6 are the CRC-32 of what stands before, so that a scanner of leaked texts knows a key from
// something like it without asking anybody (the idea is GitHub's token format of 2021).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random_source.h"

namespace aozora {

inline constexpr std::string_view kKeyLead = "aoz_";
inline constexpr size_t kKeyNameChars = 8;
inline constexpr size_t kKeySecretChars = 43;
inline constexpr size_t kKeyCheckChars = 6;
inline constexpr size_t kKeyTextBytes =
    kKeyLead.size() + kKeyNameChars + 1 + kKeySecretChars + kKeyCheckChars;

std::string NewKeyText(RandomSource& random);
// The part that names the key ("aoz_1b9dJK2s"), if the text is a key by its form and check value.
std::optional<std::string> KeyPrefixOf(std::string_view text);

}  // namespace aozora
