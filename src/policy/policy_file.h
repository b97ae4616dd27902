// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "policy/policy.h"

namespace aozora::policy {

inline constexpr int64_t kPolicyFormat = 1;  // `format` in the file
inline constexpr uint64_t kPolicyBytesMax = 8_MiB;
inline constexpr size_t kPhraseCountMax = 50'000;
inline constexpr size_t kListCountMax = 1'024;
inline constexpr size_t kRuleCountMax = 2'048;
inline constexpr size_t kNearCountMax = 4;
inline constexpr uint32_t kWithinWordsMax = 64;
inline constexpr size_t kLabelCountMax = 256;
inline constexpr size_t kBlockedPictureCountMax = 100'000;

// Reads a policy. Errors (kInvalid) begin with `name`, the line and the key that is wrong. Keys
// that nobody knows are errors: a misspelt rule must not be a rule that is missing.
Result<std::shared_ptr<const Policy>> ParsePolicy(std::string_view toml, std::string_view name);
Result<std::shared_ptr<const Policy>> ReadPolicy(const std::filesystem::path& path);

// The policy that comes with the program, and its file to start one's own from.
std::string_view DefaultPolicyToml();
std::shared_ptr<const Policy> DefaultPolicy();

}  // namespace aozora::policy
