// SPDX-License-Identifier: Apache-2.0
// Sending a POST to an address that a stranger chose.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aozora {

struct Post {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int64_t timeout_ms = 15'000;
  int64_t answer_bytes_max = 64'000;  // what comes behind is not read
};

struct PostAnswer {
  int status = 0;
  std::string body;  // as far as it was read
};

class Poster {
 public:
  virtual ~Poster() = default;
  // Redirects are not followed. An error says why there was no answer. Any thread.
  virtual Result<PostAnswer> Send(const Post& post) = 0;
};

struct PosterOptions {
  bool allow_private_addresses = false;
  bool allow_plain_http = true;
};

// By libcurl. The address is judged when the socket is opened, after the name was resolved, so that
// a name that turns private between two look-ups gets nowhere.
std::unique_ptr<Poster> MakeCurlPoster(PosterOptions options);

// Whether a numeric address ("10.0.0.1", "fe80::1", "::ffff:127.0.0.1") is of the public internet:
// not private, loopback, link-local (where clouds keep metadata), unique local, shared,
// documentation, multicast or reserved; also not one of these inside of an IPv6 form that carries
// IPv4.
bool IsPublicAddress(std::string_view address);

}  // namespace aozora
