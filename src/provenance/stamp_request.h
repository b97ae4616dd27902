// SPDX-License-Identifier: Apache-2.0
// What a time stamping authority is asked, and what it answers: RFC 3161, sections 2.4 and 3.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aozora {

// Of the body of a POST, and of its answer.
inline constexpr std::string_view kStampRequestType = "application/timestamp-query";
inline constexpr std::string_view kStampAnswerType = "application/timestamp-reply";

// A TimeStampReq (DER) for a SHA-256. The nonce, drawn anew each time, comes back in the answer: an
// old one cannot be passed off as new.
std::string StampRequest(std::string_view sha256, uint64_t nonce);

// The TimeStampToken (DER) of a TimeStampResp. kInvalid: the authority refuses, with its reason.
// kCorrupt: no such answer, or one to something else. Who signed it is not looked at here; readers
// do that (c2pa_reader.h).
Result<std::string> StampOfAnswer(std::string_view answer_der, std::string_view sha256,
                                  uint64_t nonce);

}  // namespace aozora
