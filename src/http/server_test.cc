// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <stdexcept>

#include "http/http_testonly.h"

namespace aozora::http {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::MatchesRegex;

class BasicServerTest : public ServerTest {
 protected:
  BasicServerTest() {
    router_.Add(Method::kGet, "/hello", {.name = "hello"},
                [](Request&) { return Response::Text(200, "hello"); });
    router_.Add(Method::kGet, "/things/{id}", {.name = "thing"}, [](Request& request) {
      std::string text(request.RouteValue("id"));
      for (const auto& [name, value] : request.query) text += fmt::format(";{}={}", name, value);
      return Response::Text(200, text);
    });
    router_.Add(Method::kPost, "/json", {.name = "json", .body = BodyKind::kJson},
                [](Request& request) { return Response::Json(201, request.body); });
    router_.Add(Method::kGet, "/throws", {.name = "throws"},
                [](Request&) -> Response { throw std::runtime_error("a secret of the house"); });
    router_.Add(Method::kGet, "/split", {.name = "split"}, [](Request& request) {
      return Response::Empty(204).With("X-Echo", *request.QueryValue("v"));
    });
  }
};

TEST_F(BasicServerTest, AnswersWithWhatEveryAnswerHas) {
  Start();
  const TestAnswer answer = Get("/hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.Header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.Header("Content-Length"), "5");
  EXPECT_EQ(answer.Header("Server"), "aozora");
  EXPECT_EQ(answer.Header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(answer.Header("x-request-id"), MatchesRegex("req_[0-9a-f]{32}"));
  EXPECT_THAT(answer.Header("Date"), MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} "
                                                  "[0-9]{4} [0-9:]{8} GMT"));
  EXPECT_NE(Get("/hello").Header("x-request-id"), answer.Header("x-request-id"));
}

TEST_F(BasicServerTest, DecodesPathsAndQueries) {
  Start();
  EXPECT_EQ(Get("/things/a%20b%C3%A9?x=1&x=%2B+2&y&a%5Bb%5D=c").body,
            "a b\xc3\xa9;x=1;x=+ 2;y=;a[b]=c");
  EXPECT_EQ(Get("/things/a%2fb").status, 400);
  EXPECT_EQ(Get("/things/%2e%2e").status, 400);
  EXPECT_EQ(Get("/things/%00").status, 400);
  EXPECT_EQ(Get("/things/%ff").status, 400);
  EXPECT_EQ(Get("/things/%zz").status, 400);
  EXPECT_EQ(Get("/things/a?x=%f").status, 400);
  EXPECT_EQ(Get("/things/").status, 404);
}

TEST_F(BasicServerTest, ServesRequestAfterRequest) {
  Start();
  RawClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    const TestAnswer answer = client.Receive();
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.Header("Connection"), "keep-alive");
  }
  client.Send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.Receive().Header("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(BasicServerTest, AnswersPipelinedRequestsInTheirOrder) {
  Start();
  RawClient client(server_->port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += fmt::format("GET /things/{} HTTP/1.1\r\nHost: x\r\n\r\n", i);
    requests += "POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    requests += fmt::format("Content-Length: 2\r\n\r\n{:02}", i);
  }
  client.Send(requests);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.Receive().body, fmt::format("{}", i));
    EXPECT_EQ(client.Receive().body, fmt::format("{:02}", i));
  }
}

TEST_F(BasicServerTest, ReadsRequestsThatComeByteByByte) {
  Start();
  RawClient client(server_->port());
  for (const char c : std::string_view("POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                       "application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                                       "2\r\n{}\r\n3;a=b\r\n{1}\r\n0\r\nTrailer: x\r\n\r\n")) {
    client.Send(std::string_view(&c, 1));
  }
  EXPECT_EQ(client.Receive().body, "{}{1}");
  client.Send("\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n");  // one empty line is forgiven
  EXPECT_EQ(client.Receive().body, "hello");
}

TEST_F(BasicServerTest, SpeaksHttp10) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "hello");
  client.Send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "hello");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(BasicServerTest, AnswersHeadLikeGetWithoutTheBody) {
  Start();
  RawClient client(server_->port());
  client.Send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  const TestAnswer answer = client.Receive(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("Content-Length"), "5");
  EXPECT_EQ(client.Receive().body, "hello");
}

TEST_F(BasicServerTest, SaysWhatAPathTakes) {
  Start();
  EXPECT_EQ(Get("/nothing").status, 404);
  const TestAnswer wrong = Ask("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Header("Allow"), "GET, HEAD");
  EXPECT_EQ(Ask("BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n").status, 501);
  const TestAnswer options = Ask("OPTIONS /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.Header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(options.Header("Content-Length"), "");
  EXPECT_EQ(Ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").status, 204);
}

TEST_F(BasicServerTest, WritesErrorsAsOpenAiDoes) {
  Start();
  const TestAnswer answer = Get("/a\"b");
  EXPECT_EQ(answer.Header("Content-Type"), "application/json");
  EXPECT_EQ(answer.body,
            R"({"error":{"message":"there is no /a\"b","type":"invalid_request_error",)"
            R"("param":null,"code":"not_found"}})");
}

TEST_F(BasicServerTest, WritesErrorsAsItIsTold) {
  callbacks_.error = [](int status, std::string_view code, std::string_view) {
    return Response::Text(status, fmt::format("oh: {}", code));
  };
  Start();
  EXPECT_EQ(Get("/nothing").body, "oh: not_found");
}

TEST_F(BasicServerTest, TurnsExceptionsInto500WithTheRequestsId) {
  Start();
  const TestAnswer answer = Get("/throws");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr(answer.Header("x-request-id")));
  EXPECT_THAT(answer.body, testing::Not(HasSubstr("secret")));
}

TEST_F(BasicServerTest, SendsNoFieldsThatAreNone) {
  Start();
  EXPECT_EQ(Get("/split?v=fine").Header("X-Echo"), "fine");
  const TestAnswer answer = Get("/split?v=a%0d%0aSet-Cookie:%20b");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.Header("Set-Cookie"), "");
}

TEST_F(BasicServerTest, TakesBodiesOfTheTypeThatTheRouteWants) {
  Start();
  const auto post = [&](std::string_view type) {
    return Ask(fmt::format("POST /json HTTP/1.1\r\nHost: x\r\n{}Content-Length: 2\r\n\r\n{{}}",
                           type))
        .status;
  };
  EXPECT_EQ(post("Content-Type: application/json\r\n"), 201);
  EXPECT_EQ(post("Content-Type: Application/JSON; charset=utf-8\r\n"), 201);
  EXPECT_EQ(post("Content-Type: application/problem+json\r\n"), 201);
  EXPECT_EQ(post("Content-Type: application/x-www-form-urlencoded\r\n"), 415);
  EXPECT_EQ(post("Content-Type: multipart/form-data; boundary=x\r\n"), 415);
  EXPECT_EQ(post("Content-Type: \r\n"), 415);
  EXPECT_EQ(post(""), 415);
  EXPECT_EQ(post("Content-Type: application/json\r\nContent-Encoding: gzip\r\n"), 415);
}

TEST_F(BasicServerTest, DropsSmallBodiesThatNobodyAskedFor) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(client.Receive().status, 200);
  client.Send("GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n{}");
  EXPECT_EQ(client.Receive().status, 413);
}

TEST_F(BasicServerTest, TellsTheObserverOnceForEachExchange) {
  Start();
  Ask("POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 4\r\n\r\n1234");
  const Exchange posted = WaitForExchange(0);
  EXPECT_EQ(posted.method, "POST");
  EXPECT_EQ(posted.route, "json");
  EXPECT_EQ(posted.path, "/json");
  EXPECT_EQ(posted.status, 201);
  EXPECT_EQ(posted.bytes_in, 4u);
  EXPECT_GT(posted.bytes_out, 4u);
  EXPECT_EQ(posted.peer_address, "127.0.0.1");
  EXPECT_TRUE(posted.complete);
  EXPECT_LT(posted.seconds, 10);
  Ask("nonsense\r\n\r\n");
  EXPECT_EQ(WaitForExchange(1).status, 400);
  const std::string id = Get("/nothing").Header("x-request-id");
  EXPECT_EQ(WaitForExchange(2).request_id, id);
  EXPECT_EQ(Exchanges().size(), 3u);
}

TEST_F(BasicServerTest, AsksTheGateBeforeTheBody) {
  callbacks_.gate = [](Request& request, const RouteOptions& route) -> std::optional<Response> {
    if (route.open || request.headers.Find("Authorization") == "Bearer good") return std::nullopt;
    return Response::Json(401, "{}").With("X-Route", route.name);
  };
  router_.Add(Method::kGet, "/open", {.name = "open", .open = true},
              [](Request&) { return Response::Empty(204); });
  Start();
  EXPECT_EQ(Get("/open").status, 204);
  EXPECT_EQ(Get("/hello").status, 401);
  EXPECT_EQ(Get("/hello", "Authorization: Bearer good\r\n").status, 200);
  RawClient client(server_->port());
  client.Send(
      "POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n");
  const TestAnswer refused = client.Receive();
  EXPECT_EQ(refused.status, 401);  // and no 100 before it
  EXPECT_EQ(refused.Header("X-Route"), "json");
  EXPECT_EQ(refused.Header("Connection"), "close");
}

TEST_F(BasicServerTest, SaysContinueWhenTheGateHasAgreed) {
  Start();
  RawClient client(server_->port());
  client.Send(
      "POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 100);
  client.Send("abc");
  EXPECT_EQ(client.Receive().body, "abc");
  EXPECT_EQ(Get("/hello", "Expect: miracles\r\n").status, 417);
}

TEST_F(BasicServerTest, HandsThePrincipalOn) {
  callbacks_.gate = [](Request& request, const RouteOptions&) -> std::optional<Response> {
    request.principal = std::string("ada");
    return std::nullopt;
  };
  router_.Add(Method::kGet, "/me", {.name = "me"}, [](Request& request) {
    return Response::Text(200, std::any_cast<std::string>(request.principal));
  });
  Start();
  EXPECT_EQ(Get("/me").body, "ada");
}

TEST_F(BasicServerTest, AllowsTheOriginsInItsSettingsAndNoOthers) {
  settings_.allowed_origins = {"https://studio.example"};
  Start();
  EXPECT_EQ(
      Get("/hello", "Origin: https://studio.example\r\n").Header("Access-Control-Allow-Origin"),
      "https://studio.example");
  EXPECT_EQ(Get("/hello", "Origin: https://evil.example\r\n").Header("Access-Control-Allow-Origin"),
            "");
  EXPECT_EQ(Get("/hello").Header("Vary"), "Origin");
  const TestAnswer preflight =
      Ask("OPTIONS /json HTTP/1.1\r\nHost: x\r\nOrigin: https://studio.example\r\n"
          "Access-Control-Request-Method: POST\r\n"
          "Access-Control-Request-Headers: authorization\r\n\r\n");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Headers"), "authorization");
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Origin"), "https://studio.example");
}

TEST_F(BasicServerTest, KnowsNoOriginsUnlessTold) {
  Start();
  const TestAnswer answer = Get("/hello", "Origin: https://studio.example\r\n");
  EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(answer.Header("Vary"), "");
}

TEST_F(BasicServerTest, ServesOnSeveralIoThreads) {
  settings_.io_thread_count = 3;
  Start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 30; ++i) clients.emplace_back(server_->port());
  for (RawClient& client : clients) client.Send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  for (RawClient& client : clients) EXPECT_EQ(client.Receive().body, "hello");
  EXPECT_EQ(server_->connection_count(), 30u);
}

TEST_F(BasicServerTest, SaysWhyItCannotStart) {
  Start();
  ServerSettings taken;
  taken.port = server_->port();
  EXPECT_THAT(Server::Start(taken, Router(), {}).error().message(), HasSubstr("cannot listen"));
  ServerSettings nowhere;
  nowhere.address = "localhost";
  EXPECT_THAT(Server::Start(nowhere, Router(), {}).error().message(), HasSubstr("no"));
  ServerSettings folder;
  folder.upload_folder = folder_ / "missing";
  EXPECT_THAT(Server::Start(folder, Router(), {}).error().message(), HasSubstr("missing"));
  ServerSettings tls;
  tls.certificate_file = folder_ / "missing.pem";
  EXPECT_THAT(Server::Start(tls, Router(), {}).error().message(), HasSubstr("missing.pem"));
}

}  // namespace
}  // namespace aozora::http
