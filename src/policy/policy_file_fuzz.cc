// SPDX-License-Identifier: Apache-2.0
// Any bytes: an error that names the file, or a policy that can be used.
#include <cstddef>
#include <cstdint>

#include "policy/policy_file.h"
#include "policy/text_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aozora;          // NOLINT
  using namespace aozora::policy;  // NOLINT
  const std::string_view toml(reinterpret_cast<const char*>(data), size);
  const auto policy = ParsePolicy(toml, "fuzz.toml");
  if (!policy.ok()) {
    CHECK(policy.error().message().starts_with("fuzz.toml:"));
    return 0;
  }
  CHECK(!policy.value()->version.empty());
  (void)Check(*policy.value(), "a red boat, k i l l, %41 &amp; YSByZWQgYm9hdA==", Role::kArtist);
  return 0;
}
