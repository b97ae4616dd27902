// SPDX-License-Identifier: Apache-2.0
// The sender against a receiver on this machine: sockets, not stand-ins.
#include "jobs/poster.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/check.h"

namespace aozora {
namespace {

using testing::HasSubstr;

// Answers each connection with the same bytes and keeps what it was sent. With no answer it holds
// the connection until it ends.
class Receiver {
 public:
  explicit Receiver(std::string answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    CHECK_EQ(listen(listener_, 8), 0);
    socklen_t size = sizeof(address);
    CHECK_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Receiver() { Stop(); }
  void Stop() {
    shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    if (listener_ >= 0) close(listener_);
    listener_ = -1;
  }
  std::string Url(const std::string& host = "127.0.0.1") const {
    return fmt::format("http://{}:{}/hook", host, port_);
  }
  int connection_count() const { return connection_count_; }
  const std::string& received() const { return received_; }  // after Stop

 private:
  void Serve() {
    for (int peer; (peer = accept(listener_, nullptr, nullptr)) >= 0;) {
      ++connection_count_;
      char buffer[4096];
      ssize_t count;
      // The body of these tests ends in "}".
      while ((count = read(peer, buffer, sizeof(buffer))) > 0) {
        received_.append(buffer, static_cast<size_t>(count));
        if (!answer_.empty() && received_.ends_with("}")) break;
      }
      static_cast<void>(!send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL));
      close(peer);
    }
  }

  const std::string answer_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> connection_count_{0};
  std::string received_;
  std::thread thread_;
};

Post PostTo(const std::string& url) {
  return {.url = url,
          .headers = {{"content-type", "application/json"}, {"webhook-id", "evt_1"}},
          .body = R"({"id":"evt_1"})",
          .timeout_ms = 5'000,
          .answer_bytes_max = 1'000};
}

PostAnswer AnswerOf(const Receiver& receiver) {
  const auto poster = MakeCurlPoster({.allow_private_addresses = true});
  return poster->Send(PostTo(receiver.Url())).value();
}

TEST(CurlPoster, SendsBodyAndHeadersAndTellsTheStatus) {
  Receiver receiver("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(AnswerOf(receiver).status, 204);
  receiver.Stop();
  EXPECT_THAT(receiver.received(), HasSubstr("POST /hook HTTP/1.1\r\n"));
  EXPECT_THAT(receiver.received(), HasSubstr("webhook-id: evt_1\r\n"));
  EXPECT_TRUE(receiver.received().ends_with("\r\n\r\n{\"id\":\"evt_1\"}"));
}

TEST(CurlPoster, FollowsNoRedirect) {
  Receiver receiver("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(AnswerOf(receiver).status, 302);
  EXPECT_EQ(receiver.connection_count(), 1);
}

TEST(CurlPoster, ReadsNoMoreOfAnAnswerThanItMust) {
  Receiver receiver("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" +
                    std::string(100'000, 'x'));
  const PostAnswer answer = AnswerOf(receiver);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, std::string(1'000, 'x'));
}

TEST(CurlPoster, TellsTheWholeAnswerWhereItIsShort) {
  Receiver receiver("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1'000, 'x'));
  EXPECT_EQ(AnswerOf(receiver).body, std::string(1'000, 'x'));
}

TEST(CurlPoster, WaitsNoLongerThanItsTime) {
  Receiver receiver("");
  Post post = PostTo(receiver.Url());
  post.timeout_ms = 200;
  const Result<PostAnswer> answer = MakeCurlPoster({.allow_private_addresses = true})->Send(post);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), ErrorCode::kIo);
}

// By number, by name, and by the forms that hide one: judged when the socket opens, so what the
// name meant before does not matter, and nothing is connected to.
TEST(CurlPoster, ConnectsToNoPrivateAddress) {
  Receiver receiver("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const std::unique_ptr<Poster> poster = MakeCurlPoster({});
  for (const char* host : {"127.0.0.1", "localhost", "0.0.0.0", "2130706433", "0x7f.1", "[::1]",
                           "[::ffff:127.0.0.1]"}) {
    const Result<PostAnswer> answer = poster->Send(PostTo(receiver.Url(host)));
    ASSERT_FALSE(answer.ok()) << host;
    EXPECT_THAT(answer.error().message(), HasSubstr("no public address")) << host;
  }
  EXPECT_EQ(receiver.connection_count(), 0);
}

TEST(CurlPoster, SpeaksHttpOnly) {
  const Result<PostAnswer> answer =
      MakeCurlPoster({.allow_private_addresses = true})->Send(PostTo("file:///etc/passwd"));
  EXPECT_FALSE(answer.ok());
}

TEST(PublicAddress, IsNeitherPrivateNorSpecial) {
  for (const char* address : {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1",
                              "100.63.255.255", "2606:4700:4700::1111", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(IsPublicAddress(address)) << address;
  }
  for (const char* address : {"0.0.0.0",
                              "10.1.2.3",
                              "100.64.0.1",
                              "127.255.255.254",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.0.1",
                              "192.0.0.1",
                              "198.19.0.1",
                              "203.0.113.9",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fe80::1%eth0",
                              "fd00:ec2::254",
                              "fc00::1",
                              "ff02::1",
                              "::ffff:10.0.0.1",
                              "64:ff9b::a00:1",
                              "2002:7f00:1::",
                              "2001:db8::1",
                              "2001::1",
                              "::127.0.0.1",
                              "",
                              "example.org"}) {
    EXPECT_FALSE(IsPublicAddress(address)) << address;
  }
}

}  // namespace
}  // namespace aozora
