// SPDX-License-Identifier: Apache-2.0
#include "routes/studio/routes.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <utility>

#include "base/hash.h"
#include "http/file_answer.h"
#include "http/syntax.h"

namespace aozora::routes {
namespace {

constexpr std::string_view kPage = "index.html";
constexpr std::string_view kAssets = "assets/";
constexpr size_t kEtagLength = 32;  // hexadecimal digits; 128 bits of the content's hash

// Fetch directives of CSP Level 3. Pictures and films that a person drops are blobs; the small
// pictures of the style sheets are data URLs.
constexpr std::string_view kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

constexpr std::pair<std::string_view, std::string_view> kMediaTypes[] = {
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
};

std::string_view MediaTypeOf(std::string_view name) {
  for (const auto& [ending, type] : kMediaTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

struct Encoded {
  std::string_view encoding;  // of Content-Encoding; empty: as it is
  std::string_view bytes;
  std::string etag;  // without quotes
};

struct Page {
  std::string_view name;
  std::vector<Encoded> forms;  // the smallest first, the plain one last
};
using Pages = std::map<std::string_view, Page, std::less<>>;

Encoded Encode(std::string_view encoding, std::string_view bytes) {
  return {encoding, bytes, Sha256Hex(bytes).substr(0, kEtagLength)};
}

Pages Arrange(const std::vector<StudioFile>& files) {
  std::map<std::string_view, std::string_view, std::less<>> by_name;
  for (const StudioFile& file : files) by_name[file.name] = file.bytes;
  Pages pages;
  for (const auto& [name, bytes] : by_name) {
    if (name.ends_with(".br") || name.ends_with(".gz")) continue;
    Page page{name, {}};
    for (const auto& [ending, encoding] : {std::pair{".br", "br"}, std::pair{".gz", "gzip"}}) {
      const auto found = by_name.find(std::string(name) + ending);
      if (found != by_name.end()) page.forms.push_back(Encode(encoding, found->second));
    }
    page.forms.push_back(Encode("", bytes));
    pages.emplace(name, std::move(page));
  }
  return pages;
}

// Browsers say "gzip, deflate, br"; one that gives weights does without, which is always right.
bool Takes(const http::Request& request, std::string_view encoding) {
  const std::string_view accepted = request.headers.Find("accept-encoding").value_or("");
  if (encoding.empty()) return true;
  return accepted.find(";q") == std::string_view::npos && http::ListHas(accepted, encoding);
}

http::Response Serve(const Page& page, const http::Request& request) {
  const Encoded* form = &page.forms.back();
  for (const Encoded& each : page.forms) {
    if (!Takes(request, each.encoding)) continue;
    form = &each;
    break;
  }
  const bool known = http::HasEtag(request.headers, "If-None-Match", form->etag, true);
  http::Response response =
      known ? http::Response::Empty(304)
            : http::Response::Data(200, MediaTypeOf(page.name), std::string(form->bytes));
  if (!form->encoding.empty() && !known) response.headers.Set("Content-Encoding", form->encoding);
  response.headers.Set("Vary", "Accept-Encoding");
  response.headers.Set("ETag", fmt::format("\"{}\"", form->etag));
  response.headers.Set("Cache-Control", page.name.starts_with(kAssets)
                                            ? "public, max-age=31536000, immutable"
                                            : "no-cache");
  response.headers.Set("Content-Security-Policy", kContentPolicy);
  response.headers.Set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  // "no-referrer" would make a page's own requests look like a stranger's: Origin: null.
  response.headers.Set("Referrer-Policy", "same-origin");
  response.headers.Set("X-Content-Type-Options", "nosniff");
  return response;
}

http::Response Find(const Pages& pages, std::string_view path, const http::Request& request) {
  const std::string_view last = path.substr(path.rfind('/') + 1);
  const bool is_page = last.find('.') == std::string_view::npos;
  const auto found = pages.find(is_page ? kPage : path.substr(1));
  if (found != pages.end()) return Serve(found->second, request);
  if (pages.empty() && is_page) {
    return http::Response::Text(
        404, "This program was built without its studio: with Node, ./dev build makes one.\n");
  }
  return http::Response::Text(404, fmt::format("there is no {}\n", path));
}

}  // namespace

void AddStudioRoutes(http::Router& router, const std::vector<StudioFile>& files) {
  const auto pages = std::make_shared<const Pages>(Arrange(files));
  for (const std::string_view pattern : {"/", "/{path*}"}) {
    http::RouteOptions options;
    options.name = "studio";
    options.open = options.unstoppable = true;
    router.Add(http::Method::kGet, pattern, std::move(options),
               [pages](http::Request& request) { return Find(*pages, request.path, request); });
  }
}

}  // namespace aozora::routes
