// SPDX-License-Identifier: Apache-2.0
// Slow, greedy and hostile clients, and the end of the server.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "http/http_testonly.h"

namespace aozora::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class LimitsTest : public ServerTest {
 protected:
  LimitsTest() {
    router_.Add(Method::kGet, "/hello", {.name = "hello"},
                [](Request&) { return Response::Text(200, "hello"); });
    router_.Add(Method::kGet, "/wait", {.name = "wait"}, [this](Request&) {
      ++waiting_;
      released_.wait();
      return Response::Text(200, "at last");
    });
    router_.Add(Method::kGet, "/large", {.name = "large"}, [this](Request&) {
      return Response::File({.path = folder_ / "large", .content_type = "video/mp4"});
    });
    router_.Add(Method::kPost, "/body",
                {.name = "body", .body = BodyKind::kAny, .body_bytes_max = 1 << 20},
                [](Request& request) {
                  return Response::Text(200, fmt::format("{}", request.body.size()));
                });
  }
  ~LimitsTest() override { Release(); }
  void Release() {
    if (!std::exchange(is_released_, true)) release_.set_value();
  }

  std::atomic<int> waiting_{0};
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
  bool is_released_ = false;
};

constexpr std::string_view kGetHello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kGetWait = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(LimitsTest, HeadsHaveAnEnd) {
  settings_.limits.uri_bytes_max = 1000;
  settings_.limits.head_bytes_max = 4000;
  settings_.limits.header_count_max = 10;
  Start();
  const std::string uri = "/hello?" + std::string(1000 - 7, 'q');
  EXPECT_EQ(Get(uri).status, 200);
  EXPECT_EQ(Get(uri + "q").status, 414);
  EXPECT_EQ(Ask("GET /" + std::string(5000, 'q')).status, 414);  // as soon as it is too long
  EXPECT_EQ(Get("/hello", "X: " + std::string(3000, 'x') + "\r\n").status, 200);
  EXPECT_EQ(Get("/hello", "X: " + std::string(4000, 'x') + "\r\n").status, 431);
  EXPECT_EQ(Ask("GET /hello HTTP/1.1\r\nX: " + std::string(5000, 'x')).status, 431);
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += "X: x\r\n";
  EXPECT_EQ(Get("/hello", nine).status, 200);
  EXPECT_EQ(Get("/hello", nine + "X: x\r\n").status, 431);
}

TEST_F(LimitsTest, BodiesHaveAnEndHoweverTheyCome) {
  Start();
  const auto post = [&](std::string_view framing, std::string_view body) {
    return Ask(fmt::format("POST /body HTTP/1.1\r\nHost: x\r\n{}\r\n\r\n{}", framing, body)).status;
  };
  const std::string mebibyte(1_MiB, 'x');
  EXPECT_EQ(post("Content-Length: 1048576", mebibyte), 200);
  EXPECT_EQ(post("Content-Length: 1048577", ""), 413);
  EXPECT_EQ(post("Content-Length: 999999999999999", ""), 413);
  EXPECT_EQ(post("Transfer-Encoding: chunked", "100000\r\n" + mebibyte + "\r\n0\r\n\r\n"), 200);
  EXPECT_EQ(post("Transfer-Encoding: chunked", "100000\r\n" + mebibyte + "\r\n1\r\nx\r\n0\r\n\r\n"),
            413);
  std::string wrapping;
  for (int i = 0; i < 40; ++i) wrapping += "1;" + std::string(1000, 'e') + "\r\nx\r\n";
  EXPECT_EQ(post("Transfer-Encoding: chunked", wrapping), 400);
  EXPECT_EQ(post("Transfer-Encoding: chunked", "1;" + std::string(3000, 'e')), 400);
}

TEST_F(LimitsTest, AnEarlyAnswerIsReadByAClientThatStillSends) {
  Start();
  RawClient client(server_->port());
  client.Send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n");
  client.Send(std::string(8_MiB, 'x'));
  EXPECT_EQ(client.Receive().status, 413);
}

TEST_F(LimitsTest, HalfAHeadEndsWithTheTime) {
  settings_.limits.head_time_max = milliseconds(300);
  settings_.limits.idle_time_max = milliseconds(60'000);
  Start();
  RawClient silent(server_->port());
  RawClient slow(server_->port());
  slow.Send("GET /hello HTTP/1.1\r\nHost");
  EXPECT_EQ(slow.Receive().status, 408);
  EXPECT_TRUE(slow.IsClosed());
  EXPECT_TRUE(silent.IsClosed());
  EXPECT_EQ(silent.ReceiveUntil("never"), "");
}

TEST_F(LimitsTest, IdleConnectionsEndWithTheTime) {
  settings_.limits.idle_time_max = milliseconds(300);
  settings_.limits.head_time_max = milliseconds(60'000);
  Start();
  RawClient client(server_->port());
  client.Send(kGetHello);
  EXPECT_EQ(client.Receive().status, 200);
  EXPECT_EQ(client.ReceiveUntil("never"), "");
}

TEST_F(LimitsTest, BodiesHaveAMinimumRate) {
  settings_.limits.body_time_base = milliseconds(300);
  settings_.limits.body_bytes_per_second_min = 1000;
  Start();
  RawClient client(server_->port());
  client.Send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  const double begin_seconds = SystemClock().Seconds();
  client.Send(std::string(1000, 'x'));  // a second more
  EXPECT_EQ(client.Receive().status, 408);
  EXPECT_GT(SystemClock().Seconds() - begin_seconds, 1.0);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(LimitsTest, ReadersThatStallLoseTheirConnection) {
  settings_.limits.write_stall_time_max = milliseconds(300);
  WriteFile("large", std::string(64_MiB, 'x'));
  Start();
  RawClient stalled(server_->port(), 4096);
  stalled.Send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  const Exchange exchange = WaitForExchange(0);
  EXPECT_FALSE(exchange.complete);
  EXPECT_LT(exchange.bytes_out, 64_MiB);
  EXPECT_TRUE(Eventually([&] { return server_->connection_count() == 0; }));
}

TEST_F(LimitsTest, ConnectionsHaveANumberOfRequests) {
  settings_.limits.requests_per_connection_max = 2;
  Start();
  RawClient client(server_->port());
  client.Send(kGetHello);
  EXPECT_EQ(client.Receive().Header("Connection"), "keep-alive");
  client.Send(kGetHello);
  EXPECT_EQ(client.Receive().Header("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(LimitsTest, AnAddressHasANumberOfConnections) {
  settings_.limits.connections_per_address_max = 2;
  Start();
  RawClient first(server_->port());
  {
    RawClient second(server_->port());
    EXPECT_TRUE(Eventually([&] { return server_->connection_count() == 2; }));
    RawClient third(server_->port());
    EXPECT_EQ(third.Receive().status, 503);
    second.Send(kGetHello);
    EXPECT_EQ(second.Receive().status, 200);
  }
  EXPECT_TRUE(Eventually([&] { return server_->connection_count() == 1; }));
  EXPECT_EQ(Get("/hello").status, 200);
}

TEST_F(LimitsTest, AllTogetherHaveANumberOfConnections) {
  settings_.limits.connections_max = 1;
  Start();
  RawClient first(server_->port());
  EXPECT_TRUE(Eventually([&] { return server_->connection_count() == 1; }));
  RawClient second(server_->port());
  EXPECT_EQ(second.Receive().Header("Retry-After"), "1");
}

TEST_F(LimitsTest, AFullQueueSaysSo) {
  settings_.handler_thread_count = 1;
  settings_.limits.handler_queue_max = 1;
  Start();
  RawClient running(server_->port());
  running.Send(kGetWait);
  EXPECT_TRUE(Eventually([&] { return waiting_ == 1; }));
  RawClient queued(server_->port());
  queued.Send(kGetHello);
  // The first that is answered at once found the queue full: before, they would be what fills it.
  std::vector<RawClient> others;
  TestAnswer refused;
  EXPECT_TRUE(Eventually([&] {
    others.emplace_back(server_->port());
    others.back().Send(kGetHello);
    if (!others.back().HasInput(milliseconds(200))) return false;
    refused = others.back().Receive();
    return true;
  }));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Header("Retry-After"), "1");
  EXPECT_EQ(refused.Header("Connection"), "keep-alive");
  Release();
  EXPECT_EQ(running.Receive().body, "at last");
  EXPECT_EQ(queued.Receive().body, "hello");
}

TEST_F(LimitsTest, RunningOutOfDescriptorsIsNotTheEnd) {
  Start();
  rlimit before = {};
  getrlimit(RLIMIT_NOFILE, &before);
  RawClient waiting(server_->port());  // its descriptor exists; the server's has to come yet
  waiting.Send(kGetHello);
  EXPECT_EQ(waiting.Receive().status, 200);
  RawClient late(server_->port());
  std::vector<int> hoard;
  {
    // No descriptor above those that there are now.
    const int next = dup(0);
    close(next);
    EXPECT_TRUE(Eventually([&] { return server_->connection_count() == 2; }));
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(next) + 2;
    setrlimit(RLIMIT_NOFILE, &none);
    for (int fd = dup(0); fd >= 0; fd = dup(0)) hoard.push_back(fd);
    ASSERT_FALSE(hoard.empty());
    close(hoard.back());
    hoard.pop_back();
  }
  RawClient hungry(
      server_->port());  // takes the last descriptor: nothing is left to accept it with
  hungry.Send(kGetHello);
  late.Send(kGetHello);
  EXPECT_EQ(late.Receive().status, 200);  // others are served meanwhile
  EXPECT_FALSE(hungry.IsClosed(milliseconds(300)));
  for (const int fd : hoard) close(fd);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(hungry.Receive().status, 200);
}

TEST_F(LimitsTest, ADrainFinishesWhatHasBegun) {
  Start();
  RawClient running(server_->port());
  RawClient idle(server_->port());
  idle.Send(kGetHello);
  EXPECT_EQ(idle.Receive().status, 200);
  running.Send(kGetWait);
  EXPECT_TRUE(Eventually([&] { return waiting_ == 1; }));
  std::future<bool> drained =
      std::async(std::launch::async, [&] { return server_->Drain(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.IsClosed());
  Release();
  const TestAnswer answer = running.Receive();
  EXPECT_EQ(answer.body, "at last");
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_TRUE(drained.get());
}

TEST_F(LimitsTest, ADrainEndsWithItsPatience) {
  WriteFile("large", std::string(64_MiB, 'x'));
  Start();
  RawClient stalled(server_->port(), 4096);
  stalled.Send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  stalled.ReceiveUntil("\r\n\r\n");
  EXPECT_FALSE(server_->Drain(milliseconds(100)));
  EXPECT_TRUE(Eventually([&] { return server_->connection_count() == 0; }));
}

// 300 who read nothing and 300 who never finish their head: the others do not notice.
TEST_F(LimitsTest, HostileClientsCostTheOthersNothing) {
  constexpr size_t kHostileCount = 300;
  rlimit files = {};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  settings_.limits.connections_per_address_max = 0;
  WriteFile("large", std::string(16_MiB, 'x'));
  Start();
  const auto worst_seconds = [&] {
    double worst = 0;
    RawClient client(server_->port());
    for (int i = 0; i < 200; ++i) {
      const double begin_seconds = SystemClock().Seconds();
      client.Send(kGetHello);
      EXPECT_EQ(client.Receive().status, 200);
      worst = std::max(worst, SystemClock().Seconds() - begin_seconds);
    }
    return worst;
  };
  const double alone = worst_seconds();
  std::vector<RawClient> hostile;
  for (size_t i = 0; i < kHostileCount; ++i) {
    hostile.emplace_back(server_->port(), 4096);
    hostile.back().Send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    hostile.emplace_back(server_->port(), 4096);
    hostile.back().Send("GET /hello HTTP/1.1\r\nHo");
  }
  EXPECT_TRUE(Eventually([&] { return server_->connection_count() == 2 * kHostileCount; }));
  const double among = worst_seconds();
  fmt::print("slowest of 200 answers: {:.2f} ms alone, {:.2f} ms among {} hostile clients\n",
             alone * 1e3, among * 1e3, 2 * kHostileCount);
  EXPECT_LT(among, 1.0);  // on a loaded machine too; a client that others wait for takes ten
}

}  // namespace
}  // namespace aozora::http
