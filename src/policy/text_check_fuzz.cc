// SPDX-License-Identifier: Apache-2.0
// Any bytes as a prompt: what is said to match lies inside of it.
#include <cstddef>
#include <cstdint>

#include "policy/policy_file.h"
#include "policy/text_check.h"
#include "policy/view.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aozora;          // NOLINT
  using namespace aozora::policy;  // NOLINT
  const std::string_view prompt(reinterpret_cast<const char*>(data), size);
  if (size <= kCheckedPromptBytesMax) {
    for (const View& view : MakeViews(prompt)) {
      CHECK_EQ(view.text.size(), view.letters.size());
      CHECK_EQ(view.text.size(), view.word_of.size());
      CHECK(view.text.front() == ' ' && view.text.back() == ' ');
      CHECK(view.text.find(U"  ") == view.text.npos);
      for (const Letter& letter : view.letters) {
        CHECK(letter.bytes.begin <= letter.bytes.end && letter.bytes.end <= size);
      }
    }
  }
  const TextDecision decision = Check(*DefaultPolicy(), prompt, Role::kArtist);
  CHECK_EQ(decision.rule_id.empty(), decision.verdict == Action::kAllow && !decision.category);
  if (!decision.category) return 0;
  CHECK(decision.matched.begin < decision.matched.end && decision.matched.end <= size);
  return 0;
}
