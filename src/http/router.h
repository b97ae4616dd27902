// SPDX-License-Identifier: Apache-2.0
// From a method and a path to a handler.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace aozora::http {

// Answers a request. Runs on a handler thread, on several at a time, and may block. An exception
// becomes a 500.
using Handler = std::function<Response(Request& request)>;

// What a body may be; anything else is a 415.
enum class BodyKind {
  kNone,        // one that comes all the same is dropped, if it is small
  kJson,        // application/json or anything+json, in Request::body; not looked at
  kForm,        // multipart/form-data, in Request::form
  kFormOrJson,  // either
  kAny,         // of any type, forms too: in Request::body as it came
};

struct RouteOptions {
  std::string name = {};  // the operation's id, for logs and metrics
  BodyKind body = BodyKind::kNone;
  // Of Request::body, or of a form's fields together. A form's files do not count.
  uint64_t body_bytes_max = uint64_t{1} << 20;
  uint64_t file_bytes_max = 0;  // of a form's files together; 0: files are refused
  bool open = false;            // for the gate: anybody may call it
  bool unstoppable = false;     // for the gate: it answers whatever an operator stopped
};

class Router {
 public:
  struct Route {
    RouteOptions options;
    Handler handler;
  };
  struct Match {
    const Route* route = nullptr;  // none: see `allowed`
    std::map<std::string, std::string, std::less<>> values;
    std::vector<Method> allowed;  // of that path; empty: there is no such path
    bool malformed = false;       // the path is no sequence of UTF-8 segments
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // `pattern` is "/v1/videos/{id}": segments, some of which take any value. Where both a name and a
  // value would do, the name wins. A last segment "{rest*}" takes one segment or more, where no name
  // begins what is left of the path. GET brings HEAD. Adding the same twice is a bug.
  void Add(Method method, std::string_view pattern, RouteOptions options, Handler handler);

  // `path` as in the request, percent-encoded. A value is decoded and has no slash (but a rest has), no control
  // character, is valid UTF-8 and neither "." nor "..": such a path does not exist.
  Match Find(Method method, std::string_view path) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace aozora::http
