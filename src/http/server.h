// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 server (RFC 9110, 9112): sockets, TLS, limits and time on one side, the router's
// handlers on the other.
//
// Threads: connections live on io threads, which never wait for anything but sockets. The gate, the
// handlers, event sources, and all reading and writing of files run on a pool of handler threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/limits.h"
#include "http/message.h"
#include "http/router.h"

namespace aozora::http {

// Called on a handler thread when the head of a request to a known route has come and before its
// body is asked for: authentication, rate limits. An answer given here is the answer; without one,
// the request goes on. May fill Request::principal.
using Gate = std::function<std::optional<Response>(Request& request, const RouteOptions& route)>;

// The body of an error that is made here and not by a handler: 400, 404, 405, 408, 413, 414, 415,
// 416, 417, 431, 500, 501, 503, 505. Any thread; must not block. `code` is a word ("not_found"),
// `message` is for people.
using ErrorWriter =
    std::function<Response(int status, std::string_view code, std::string_view message)>;

// {"error":{"message":...,"type":...,"param":null,"code":...}}, as OpenAI's clients read it.
Response OpenAiError(int status, std::string_view code, std::string_view message);

// What became of a request.
struct Exchange {
  std::string method;  // "GET"; empty if the head could not be read
  std::string route;   // RouteOptions::name, or empty
  std::string path;    // as in Request
  int status = 0;
  uint64_t bytes_in = 0;   // of the body, as framed (without chunk headers)
  uint64_t bytes_out = 0;  // all of the answer
  double seconds = 0;      // from the head's first byte to the answer's last
  std::string request_id;
  std::string peer_address;
  bool complete = false;  // the answer went out whole, or the event stream ended as it should
};
using Observer = std::function<void(const Exchange& exchange)>;  // io thread; must not block

struct ServerSettings {
  std::string address = "127.0.0.1";  // an IP address
  uint16_t port = 0;                  // 0: any that is free
  // PEM. Both or none; with them, TLS 1.2 or later is spoken and nothing else.
  std::filesystem::path certificate_file;
  std::filesystem::path key_file;
  std::filesystem::path upload_folder;  // exists, writable; required if a route takes files
  // CORS (fetch.spec.whatwg.org): "https://studio.example", or "*" for all. Empty: none is allowed.
  std::vector<std::string> allowed_origins;
  uint32_t io_thread_count = 1;
  uint32_t handler_thread_count = 16;  // they wait for databases and disks, not for processors
  Limits limits;
  const Clock* clock = &SystemClock();
};

class Server {
 public:
  struct Callbacks {
    Gate gate;  // none: all may pass
    ErrorWriter error = OpenAiError;
    Observer observer;  // may be none
  };

  // Listens and serves until destroyed. Ignores SIGPIPE in this process from here on, since a
  // client may leave at any moment. Takes the routes as they are now.
  static Result<std::unique_ptr<Server>> Start(ServerSettings settings, Router router,
                                               Callbacks callbacks);

  virtual ~Server() = default;  // Drain(drain_time_max); then waits for handlers that still run

  virtual uint16_t port() const = 0;
  virtual size_t connection_count() const = 0;
  virtual size_t stream_count() const = 0;  // connections that are event streams

  // Event streams with this topic have something to read. Any thread, never blocks; costs as much
  // as there are streams with the topic, on the io thread.
  virtual void Notify(std::string_view topic) = 0;

  // Accepts no more connections, finishes the answers that have begun, sends event streams what
  // they have not seen and ends them; waits until all have gone, closes after `patience` those
  // that have not. True: none had to be closed. Any thread but the server's own.
  virtual bool Drain(std::chrono::milliseconds patience) = 0;
};

}  // namespace aozora::http
