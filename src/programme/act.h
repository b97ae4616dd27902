// SPDX-License-Identifier: Apache-2.0
// What everything in the programme works with, and how it is written down who did what.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random_source.h"
#include "store/store.h"

namespace aozora {

// Who does something, and from where.
struct Actor {
  std::string id;       // a person's, or "operator" on the machine itself
  std::string role;     // as known to the caller
  std::string address;  // of the network; empty on the machine itself
};

// Borrowed; outlives whoever holds it. Any thread.
struct Ground {
  Store& store;
  const Clock& clock;
  RandomSource& random;
};

// A row of the audit log. `detail` holds ids and names of ours, never what people wrote: the log is
// not erased when a person is.
Status AppendAct(Transaction& transaction, int64_t at_ms, const Actor& actor,
                 std::string_view action, std::string_view subject, std::string_view detail = "");

// 256 random bits as 64 hexadecimal digits, with a word in front that says what it is for. Kept as
// Sha256Hex of the whole text.
std::string NewSecret(std::string_view lead, RandomSource& random);
// Whether a text can be such a secret: nothing else is looked up.
bool IsSecret(std::string_view lead, std::string_view text);

// Text from outside: 1 (or `min`) to `max` bytes. kInvalid names `what`.
Status CheckText(std::string_view what, std::string_view text, size_t max_bytes, size_t min = 1);

}  // namespace aozora
