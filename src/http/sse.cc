// SPDX-License-Identifier: Apache-2.0
#include "http/sse.h"

#include <fmt/core.h>

#include "http/syntax.h"

namespace aozora::http {

std::string FormatEvent(const Event& event) {
  std::string text = fmt::format("id: {}\n", event.id);
  if (!event.name.empty()) {
    text += "event: ";
    for (const char c : event.name) text.push_back(c == '\n' || c == '\r' ? ' ' : c);
    text.push_back('\n');
  }
  text += "data: ";
  for (size_t i = 0; i < event.data.size(); ++i) {
    const char c = event.data[i];
    if (c == '\r' && i + 1 < event.data.size() && event.data[i + 1] == '\n') continue;
    if (c == '\n' || c == '\r') {
      text += "\ndata: ";
    } else {
      text.push_back(c);
    }
  }
  text += "\n\n";
  return text;
}

uint64_t LastEventId(const Headers& request) {
  return ParseDecimal(request.Find("Last-Event-ID").value_or("")).value_or(0);
}

}  // namespace aozora::http
