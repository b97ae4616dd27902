// SPDX-License-Identifier: Apache-2.0
// Server-Sent Events on the wire: WHATWG HTML, section 9.2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/event_source.h"
#include "http/message.h"

namespace aozora::http {

// A comment, which clients drop: it keeps connections open, and finds those that are not.
inline constexpr std::string_view kHeartbeat = ":\n\n";

std::string FormatEvent(const Event& event);

// Of the header Last-Event-ID; 0, the beginning, if there is none that we could have sent.
uint64_t LastEventId(const Headers& request);

}  // namespace aozora::http
