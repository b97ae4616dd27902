// SPDX-License-Identifier: Apache-2.0
// From a Response to what goes over the wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/descriptor.h"
#include "http/file_answer.h"
#include "http/message.h"
#include "http/problem.h"
#include "http/server.h"

namespace aozora::http {

// What of a request its answer depends on.
struct Asked {
  Method method = Method::kGet;
  bool http_1_0 = false;
  bool keep_alive = false;           // whether the connection is to serve another request
  const Headers* headers = nullptr;  // none: the head could not be read
  std::string request_id;
};

struct Outgoing {
  int status = 0;
  std::string head;  // up to the empty line
  std::vector<FileAnswer::Piece> pieces;
  Descriptor file;  // that the pieces are of
  std::optional<EventStream> events;
  bool chunked = false;  // events are framed so
  bool keep_alive = false;
};

class AnswerComposer {
 public:
  // Both outlive this object.
  AnswerComposer(const ServerSettings& settings, const ErrorWriter& error)
      : settings_(settings), error_(error) {}

  // Opens the file, if there is one, and so runs on a handler thread; without, on any.
  Outgoing Compose(const Asked& asked, Response response) const;
  Response ErrorResponse(const Problem& problem) const;

 private:
  Response OpenFile(const Asked& asked, Response response, Outgoing* out) const;
  void WriteHead(const Asked& asked, const Headers& headers, uint64_t bytes, Outgoing* out) const;

  const ServerSettings& settings_;
  const ErrorWriter& error_;
};

}  // namespace aozora::http
