// SPDX-License-Identifier: Apache-2.0
// What is easier to see without a connection around it.
#include <gmock/gmock.h>

#include "http/chunk_decoder.h"
#include "http/head.h"
#include "http/http_date.h"
#include "http/media_type.h"
#include "http/multipart.h"
#include "http/range.h"
#include "http/router.h"
#include "http/server.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Syntax, KnowsUtf8) {
  EXPECT_TRUE(IsUtf8("a\xc3\xa9\xe9\x9d\x92\xf0\x9f\x98\x80"));
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf0\x8f\xbf\xbf", "\xe9\x9d", "\xff"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

TEST(Syntax, ReadsNumbersThatFit) {
  EXPECT_EQ(ParseDecimal("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(ParseDecimal("18446744073709551616"), std::nullopt);
  EXPECT_EQ(ParseDecimal("00"), 0u);
  for (const char* bad : {"", "-1", "+1", " 1", "1 ", "0x1", "1e1"}) {
    EXPECT_EQ(ParseDecimal(bad), std::nullopt) << bad;
  }
}

TEST(Headers, KeepTheirOrderAndNoCase) {
  Headers headers;
  headers.Add("A", "1");
  headers.Add("b", "2");
  headers.Add("a", "3");
  EXPECT_EQ(headers.Find("a"), "1");
  EXPECT_EQ(headers.Count("A"), 2u);
  headers.Set("A", "4");
  EXPECT_THAT(headers.fields(), ElementsAre(Pair("b", "2"), Pair("A", "4")));
}

TEST(MediaType, ReadsParameters) {
  const auto parsed = ParseParameterised("Multipart/Form-Data ; Boundary=\"a \\\"b\\\\\" ;; x=y");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->word, "multipart/form-data");
  EXPECT_THAT(parsed->parameters, ElementsAre(Pair("boundary", "a \"b\\"), Pair("x", "y")));
  EXPECT_EQ(ParseParameterised("form-data; filename=\"C:\\a.png\"")->parameters.at("filename"),
            "C:\\a.png");
  for (const char* bad :
       {"", ";a=b", "a; b", "a; =b", "a; b=\"c", "a; b=c; B=d", "a b", "a; b=c d", "a; b=\"c\"d"}) {
    EXPECT_FALSE(ParseParameterised(bad)) << bad;
  }
}

TEST(Router, PrefersNamesToValuesAndGivesWay) {
  Router router;
  const auto add = [&](std::string_view pattern) {
    router.Add(Method::kGet, pattern, {.name = std::string(pattern)},
               [](Request&) { return Response::Empty(200); });
  };
  for (const char* pattern : {"/v1/videos", "/v1/videos/{id}", "/v1/videos/edits",
                              "/v1/videos/characters/{id}", "/v1/videos/{id}/content", "/"}) {
    add(pattern);
  }
  const auto name = [&](std::string_view path) {
    const Router::Match match = router.Find(Method::kGet, path);
    return match.route == nullptr ? "" : match.route->options.name;
  };
  EXPECT_EQ(name("/"), "/");
  EXPECT_EQ(name("/v1/videos"), "/v1/videos");
  EXPECT_EQ(name("/v1/videos/edits"), "/v1/videos/edits");
  EXPECT_EQ(name("/v1/videos/e"), "/v1/videos/{id}");
  EXPECT_EQ(name("/v1/videos/edits/content"), "/v1/videos/{id}/content");
  EXPECT_EQ(name("/v1/videos/characters/content"), "/v1/videos/characters/{id}");
  EXPECT_EQ(name("/v1/%76ideos"), "/v1/videos");
  EXPECT_EQ(name("/v1/videos/"), "");
  EXPECT_EQ(name("/v1//videos"), "");
  EXPECT_EQ(name("/v1"), "");
  EXPECT_EQ(router.Find(Method::kGet, "/v1/videos/a%3Fb/content").values.at("id"), "a?b");
  EXPECT_TRUE(router.Find(Method::kGet, "/v1/videos/..").malformed);
  EXPECT_TRUE(router.Find(Method::kGet, "/v1/videos/a%2Fb").malformed);
}

TEST(Router, GivesTheRestWhatNoNameBegins) {
  Router router;
  for (const char* pattern : {"/", "/v1/videos", "/{page*}"}) {
    router.Add(Method::kGet, pattern, {.name = pattern},
               [](Request&) { return Response::Empty(200); });
  }
  const auto rest = [&](std::string_view path) {
    const Router::Match match = router.Find(Method::kGet, path);
    const auto value = match.values.find("page");
    return value == match.values.end() ? "" : value->second;
  };
  EXPECT_EQ(rest("/library"), "library");
  EXPECT_EQ(rest("/assets/a.js"), "assets/a.js");
  EXPECT_EQ(rest("/video/v%20x/"), "video/v x/");
  EXPECT_EQ(rest("/"), "");
  EXPECT_EQ(router.Find(Method::kGet, "/").route->options.name, "/");
  for (const char* path : {"/v1", "/v1/", "/v1/nothing", "/v1/videos/x"}) {
    EXPECT_TRUE(router.Find(Method::kGet, path).allowed.empty()) << path;
  }
  EXPECT_TRUE(router.Find(Method::kGet, "/a/../b").malformed);
}

TEST(Router, SaysWhatAPathTakes) {
  Router router;
  const Handler handler = [](Request&) { return Response::Empty(200); };
  router.Add(Method::kGet, "/{id}", {.name = "get"}, handler);
  router.Add(Method::kDelete, "/{id}", {.name = "remove"}, handler);
  EXPECT_EQ(router.Find(Method::kHead, "/a").route->options.name, "get");
  const Router::Match match = router.Find(Method::kPut, "/a");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_THAT(match.allowed, ElementsAre(Method::kGet, Method::kHead, Method::kDelete));
}

TEST(HttpDate, IsTheOneOfTheStandard) {
  EXPECT_EQ(HttpDate(std::chrono::system_clock::from_time_t(784111777)),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(OpenAiError, IsJsonWhateverTheMessage) {
  const Response response = OpenAiError(500, "server_error", "a\"\\\n\x01");
  EXPECT_EQ(std::get<std::string>(response.body),
            R"({"error":{"message":"a\"\\\u000a\u0001","type":"server_error","param":null,)"
            R"("code":"server_error"}})");
  EXPECT_EQ(std::get<std::string>(OpenAiError(404, "x", "\xff").body),
            R"({"error":{"message":"","type":"invalid_request_error","param":null,"code":"x"}})");
}

TEST(TemporaryFile, IsRemovedUnlessTaken) {
  std::string path = (std::filesystem::temp_directory_path() / "aozora-test-XXXXXX").string();
  close(mkstemp(path.data()));
  {
    TemporaryFile first{std::filesystem::path(path)};
    TemporaryFile second(std::move(first));
    EXPECT_EQ(second.Take(), path);
  }
  EXPECT_TRUE(std::filesystem::exists(path));
  {
    TemporaryFile third{std::filesystem::path(path)};
    third = TemporaryFile();
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace aozora::http
