// SPDX-License-Identifier: Apache-2.0
// libcurl stops here.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

#include "jobs/poster.h"

namespace aozora {
namespace {

struct CloseEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, CloseEasy>;
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

struct Exchange {
  bool allow_private_addresses = false;
  size_t answer_bytes_max = 0;
  std::string refused_address = {};
  std::string answer = {};
};

std::string NumericAddress(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text,
              sizeof(text));
  } else if (address->sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text,
              sizeof(text));
  }
  return text;
}

// Called with the address that the connection will have, whatever names resolve to now or later.
curl_socket_t OpenSocket(void* user, curlsocktype purpose, curl_sockaddr* address) {
  auto* exchange = static_cast<Exchange*>(user);
  const std::string numeric = NumericAddress(&address->addr);
  const bool allowed = purpose == CURLSOCKTYPE_IPCXN &&
                       (exchange->allow_private_addresses || IsPublicAddress(numeric));
  if (!allowed) {
    exchange->refused_address = numeric;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Keeps what the receiver says, up to a limit; then the transfer ends, its status known.
size_t TakeAnswer(char* bytes, size_t size, size_t count, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  const size_t taken = std::min(size * count, exchange->answer_bytes_max - exchange->answer.size());
  exchange->answer.append(bytes, taken);
  return taken;
}

class CurlPoster final : public Poster {
 public:
  explicit CurlPoster(PosterOptions options) : options_(options) {
    static std::once_flag once;
    std::call_once(once, [] { CHECK_EQ(curl_global_init(CURL_GLOBAL_DEFAULT), CURLE_OK); });
  }

  Result<PostAnswer> Send(const Post& post) override {
    Exchange exchange{.allow_private_addresses = options_.allow_private_addresses,
                      .answer_bytes_max = static_cast<size_t>(post.answer_bytes_max)};
    const Easy handle(curl_easy_init());
    if (handle == nullptr) return Error::Exhausted("no memory for a request");
    const HeaderList headers = Headers(post);
    Configure(handle.get(), post, headers.get(), &exchange);
    const CURLcode code = curl_easy_perform(handle.get());
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    if (!exchange.refused_address.empty() && code != CURLE_OK) {
      return Error::Invalid(
          "{} is at {}, which is no public address; webhooks to such must be allowed by the "
          "operator",
          post.url, exchange.refused_address);
    }
    const bool cut_off =
        code == CURLE_WRITE_ERROR && exchange.answer.size() == exchange.answer_bytes_max;
    if (code != CURLE_OK && !cut_off) {
      return Error::Io("{}: {}", post.url, curl_easy_strerror(code));
    }
    return PostAnswer{static_cast<int>(status), std::move(exchange.answer)};
  }

 private:
  static HeaderList Headers(const Post& post) {
    HeaderList list;
    const auto add = [&](const std::string& line) {
      curl_slist* longer = curl_slist_append(list.get(), line.c_str());
      CHECK(longer != nullptr);
      static_cast<void>(list.release());
      list.reset(longer);
    };
    for (const auto& [name, value] : post.headers) add(fmt::format("{}: {}", name, value));
    add("Expect:");  // or it would wait for a 100 that small receivers never send
    return list;
  }

  void Configure(CURL* handle, const Post& post, curl_slist* headers, Exchange* exchange) const {
    curl_easy_setopt(handle, CURLOPT_URL, post.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR,
                     options_.allow_plain_http ? "http,https" : "https");
    curl_easy_setopt(handle, CURLOPT_PROXY, "");  // a proxy would connect to what we refuse
    curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(post.timeout_ms));
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, post.body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(post.body.size()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "aozora-webhooks");
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, TakeAnswer);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, exchange);
  }

  const PosterOptions options_;
};

}  // namespace

std::unique_ptr<Poster> MakeCurlPoster(PosterOptions options) {
  return std::make_unique<CurlPoster>(options);
}

}  // namespace aozora
