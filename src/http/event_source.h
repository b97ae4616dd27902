// SPDX-License-Identifier: Apache-2.0
// Server-Sent Events (WHATWG HTML, section 9.2) as the service sees them: a numbered sequence that
// can be read from any place, again and again. A client that lost its connection says which event
// it saw last, and gets what came after.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace aozora::http {

struct Event {
  uint64_t id = 0;   // grows along the sequence
  std::string name;  // the event's type; one line
  std::string data;  // may have several lines
};

class EventSource {
 public:
  struct Batch {
    std::vector<Event> events;  // ids above after_id, ascending
    bool ended = false;         // nothing will ever come after these: the connection closes
  };

  virtual ~EventSource() = default;

  // The first `events_max` or fewer events after `after_id`, without waiting for any. Runs on a
  // handler thread, for one source never on two at a time. An error ends the stream; the client
  // comes back with the id that it has.
  virtual Result<Batch> Read(uint64_t after_id, size_t events_max) = 0;
};

}  // namespace aozora::http
