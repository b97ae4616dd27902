// SPDX-License-Identifier: Apache-2.0
#include "routes/studio/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aozora::routes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StudioRoutes : public ::testing::Test {
 protected:
  static const std::vector<StudioFile>& Files() {
    static const std::vector<StudioFile> files = {
        {"assets/app-1a2b.js", "plain script"},   {"assets/app-1a2b.js.br", "br script"},
        {"assets/app-1a2b.js.gz", "gzip script"}, {"index.html", "<!doctype html>"},
        {"icon.svg", "<svg xmlns='...'></svg>"},
    };
    return files;
  }

  http::Response Get(std::string_view path, std::vector<http::Headers::Field> fields = {},
                     const std::vector<StudioFile>& files = Files()) {
    http::Router router;
    AddStudioRoutes(router, files);
    const http::Router::Match match = router.Find(http::Method::kGet, path);
    if (match.route == nullptr) return http::Response::Empty(599);
    http::Request request;
    request.path = path;
    for (const auto& [name, value] : fields) request.headers.Add(name, value);
    return match.route->handler(request);
  }

  static std::string BodyOf(const http::Response& response) {
    return std::get<std::string>(response.body);
  }
  static std::string_view Field(const http::Response& response, std::string_view name) {
    return response.headers.Find(name).value_or("");
  }
};

TEST_F(StudioRoutes, EveryPathOfAPageIsThePage) {
  for (const char* path : {"/", "/library", "/video/video_1", "/s/share", "/library/"}) {
    const http::Response response = Get(path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(BodyOf(response), "<!doctype html>") << path;
    EXPECT_EQ(Field(response, "Cache-Control"), "no-cache");
    EXPECT_EQ(Field(response, "Content-Type"), "text/html; charset=utf-8");
  }
}

TEST_F(StudioRoutes, WhatIsNotThereIsNoPage) {
  for (const char* path :
       {"/assets/gone.js", "/robots.txt", "/index.php", "/assets/app-1a2b.j.s"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

TEST_F(StudioRoutes, GivesTheSmallestFormThatTheBrowserTakes) {
  constexpr std::string_view kPath = "/assets/app-1a2b.js";
  const auto with = [&](const char* accepted) {
    return Get(kPath, {{"Accept-Encoding", accepted}});
  };
  EXPECT_EQ(BodyOf(with("gzip, deflate, br, zstd")), "br script");
  EXPECT_EQ(Field(with("gzip, deflate, br"), "Content-Encoding"), "br");
  EXPECT_EQ(BodyOf(with("gzip, deflate")), "gzip script");
  EXPECT_EQ(BodyOf(with("brotli")), "plain script");
  EXPECT_EQ(BodyOf(with("br;q=0, gzip;q=0")), "plain script");
  EXPECT_EQ(BodyOf(Get(kPath)), "plain script");
  EXPECT_EQ(Field(Get(kPath), "Content-Encoding"), "");
  EXPECT_EQ(Field(Get(kPath), "Vary"), "Accept-Encoding");
  EXPECT_THAT(std::string(Field(Get(kPath), "Cache-Control")), HasSubstr("immutable"));
}

TEST_F(StudioRoutes, SendsNothingTwice) {
  const http::Response first = Get("/", {{"Accept-Encoding", "br"}});
  const std::string etag(Field(first, "ETag"));
  const http::Response second = Get("/", {{"If-None-Match", "W/\"x\", " + etag}});
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(BodyOf(second), "");
  EXPECT_EQ(Get("/", {{"If-None-Match", "\"other\""}}).status, 200);
}

TEST_F(StudioRoutes, LetsAPageLoadFromHereOnlyAndNothingInline) {
  for (const char* path : {"/", "/assets/app-1a2b.js", "/icon.svg"}) {
    const http::Response response = Get(path);
    const std::string policy(Field(response, "Content-Security-Policy"));
    EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_EQ(Field(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(Field(response, "Referrer-Policy"), "same-origin");
  }
}

TEST_F(StudioRoutes, SaysSoWhereThereIsNone) {
  const http::Response response = Get("/", {}, {});
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(BodyOf(response), HasSubstr("./dev build"));
}

}  // namespace
}  // namespace aozora::routes
