// SPDX-License-Identifier: Apache-2.0
// RFC 3161 time stamps of claim signatures. Only for the .cc files of this folder.
#pragma once

#include <cstdint>
#include <string_view>

#include "provenance/c2pa_certificate.h"

namespace aozora {

enum class StampOutcome {
  kMalformed,
  kMismatch,   // of another signature
  kUntrusted,  // its own signature is bad, or none of the roots vouches for it
  kTrusted,
};

struct StampCheck {
  StampOutcome outcome;
  int64_t unix_s = 0;  // only if trusted
};

StampCheck CheckTimestamp(std::string_view token_der, std::string_view stamped_bytes,
                          const Certificates& roots);

}  // namespace aozora
