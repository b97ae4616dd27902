// SPDX-License-Identifier: Apache-2.0
// Every limit of a server, with its name. What exceeds one costs the client its request, and the
// others nothing.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/units.h"

namespace aozora::http {

struct Limits {
  // Of a request's head.
  uint32_t uri_bytes_max = 8 << 10;    // 414
  uint32_t head_bytes_max = 32 << 10;  // 431; request line and header fields together
  uint32_t header_count_max = 100;     // 431

  // Of a body: RouteOptions has its bytes (413).
  uint64_t ignored_body_bytes_max = 64_KiB;     // of a body that nobody asked for
  uint64_t memory_bytes_max = 512_MiB;          // all bodies that are in memory together; 503
  uint32_t form_field_bytes_max = 28 << 20;     // one field: 20 MiB of picture as base64, and some
  uint32_t form_field_count_max = 256;          // 413
  uint32_t form_file_count_max = 16;            // 413
  uint32_t form_part_head_bytes_max = 4 << 10;  // 400; name, filename and type of one part
  uint32_t range_count_max = 16;                // more ranges in one request: 416

  // Of connections. 0: no limit.
  uint32_t connections_max = 16384;
  uint32_t connections_per_address_max = 512;  // IPv6: per /64, which is what one customer gets
  uint32_t requests_per_connection_max = 10000;
  uint32_t accept_backlog = 1024;

  // Of handlers.
  uint32_t handler_queue_max = 1024;    // requests that wait for a thread; then 503
  std::chrono::seconds retry_after{1};  // what such a 503 says
  uint32_t events_per_read_max = 64;

  // Of time. Looked at four times a second.
  std::chrono::milliseconds handshake_time_max{10'000};  // TLS
  std::chrono::milliseconds head_time_max{10'000};  // from a head's first byte to its last; 408
  std::chrono::milliseconds idle_time_max{75'000};  // between two requests
  // A body may take this long, and a second more for each so many bytes that have come; 408.
  std::chrono::milliseconds body_time_base{20'000};
  uint64_t body_bytes_per_second_min = 16_KiB;
  std::chrono::milliseconds write_stall_time_max{30'000};  // the client takes not one byte
  std::chrono::milliseconds linger_time_max{
      2'000};  // to read an early answer, while it still sends
  std::chrono::milliseconds heartbeat_time{15'000};  // silence on an event stream
  std::chrono::milliseconds drain_time_max{10'000};  // in the destructor
};

}  // namespace aozora::http
