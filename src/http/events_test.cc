// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <malloc.h>
#include <sys/resource.h>

#include <atomic>
#include <mutex>

#include "base/sanitized_testonly.h"
#include "http/http_testonly.h"
#include "http/sse.h"

namespace aozora::http {
namespace {

using testing::HasSubstr;

// A sequence that grows, for all streams.
class Sequence final : public EventSource {
 public:
  void Append(std::string name, std::string data) {
    const std::lock_guard lock(mutex_);
    events_.push_back({events_.size() + 1, std::move(name), std::move(data)});
  }
  void End() { ended_ = true; }
  void Fail() { failing_ = true; }
  int read_count() const { return read_count_; }

  Result<Batch> Read(uint64_t after_id, size_t events_max) override {
    ++read_count_;
    if (failing_) return Error::Io("the table is gone");
    const std::lock_guard lock(mutex_);
    Batch batch;
    for (uint64_t id = after_id; id < events_.size() && batch.events.size() < events_max; ++id) {
      batch.events.push_back(events_[id]);
    }
    batch.ended = ended_ && after_id + batch.events.size() >= events_.size();
    return batch;
  }

 private:
  std::mutex mutex_;
  std::vector<Event> events_;
  std::atomic<bool> ended_{false};
  std::atomic<bool> failing_{false};
  std::atomic<int> read_count_{0};
};

class EventsTest : public ServerTest {
 protected:
  EventsTest() {
    router_.Add(Method::kGet, "/events/{topic}", {.name = "events"}, [this](Request& request) {
      return Response::Events({.source = sequence_,
                               .after_id = after_,
                               .topics = {"all", request.route_values["topic"]}});
    });
  }
  RawClient Listen(std::string_view topic, std::string_view more = "",
                   std::string_view version = "1.1") {
    RawClient client(server_->port());
    client.Send(fmt::format("GET /events/{} HTTP/{}\r\nHost: x\r\n{}\r\n", topic, version, more));
    return client;
  }

  std::shared_ptr<Sequence> sequence_ = std::make_shared<Sequence>();
  std::optional<uint64_t> after_;
};

TEST_F(EventsTest, SendsWhatIsThereAndWhatComes) {
  sequence_->Append("one", "1");
  sequence_->Append("", "2\n2");
  Start();
  RawClient client = Listen("a");
  const std::string head = client.ReceiveUntil("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream; charset=utf-8\r\n"));
  EXPECT_THAT(head, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_THAT(client.ReceiveUntil("2\n\n"),
              HasSubstr("id: 1\nevent: one\ndata: 1\n\nid: 2\ndata: 2\ndata: 2\n\n"));
  EXPECT_TRUE(Eventually([&] { return server_->stream_count() == 1; }));
  sequence_->Append("three", "3");
  server_->Notify("a");
  EXPECT_THAT(client.ReceiveUntil("3\n\n"), HasSubstr("id: 3\nevent: three\ndata: 3\n\n"));
  sequence_->Append("four", "4");
  sequence_->End();
  server_->Notify("all");
  EXPECT_THAT(client.ReceiveUntil("0\r\n\r\n"), HasSubstr("id: 4\nevent: four\ndata: 4\n\n"));
  EXPECT_TRUE(client.IsClosed());
  EXPECT_TRUE(WaitForExchange(0).complete);
  EXPECT_EQ(server_->stream_count(), 0u);
}

TEST_F(EventsTest, GoesOnAfterTheLastIdThatAClientHas) {
  for (int i = 1; i <= 200; ++i) sequence_->Append("", fmt::format("<{}>", i));
  sequence_->End();
  Start();
  const auto received = [&](std::string_view header) {
    TestAnswer answer = Get("/events/a", header);
    EXPECT_TRUE(answer.complete);
    return answer.body;
  };
  std::string all;
  for (int i = 1; i <= 200; ++i) all += fmt::format("id: {0}\ndata: <{0}>\n\n", i);
  EXPECT_EQ(received(""), all);  // in several reads
  EXPECT_EQ(received("Last-Event-ID: 199\r\n"), "id: 200\ndata: <200>\n\n");
  EXPECT_EQ(received("Last-Event-ID: 200\r\n"), "");
  EXPECT_EQ(received("Last-Event-ID: junk\r\n"), all);
}

TEST_F(EventsTest, BeginsWhereTheHandlerSays) {
  for (int i = 1; i <= 5; ++i) sequence_->Append("", fmt::format("<{}>", i));
  sequence_->End();
  after_ = 4;
  Start();
  EXPECT_EQ(Get("/events/a", "Last-Event-ID: 1\r\n").body, "id: 5\ndata: <5>\n\n");
}

TEST_F(EventsTest, ServesHttp10WithoutChunks) {
  sequence_->Append("", "x");
  sequence_->End();
  Start();
  RawClient client = Listen("a", "", "1.0");
  client.ReceiveUntil("\r\n\r\n");
  EXPECT_EQ(client.ReceiveUntil("never"), "id: 1\ndata: x\n\n");
}

TEST_F(EventsTest, WakesOnlyTheStreamsOfATopic) {
  Start();
  RawClient a = Listen("a");
  RawClient b = Listen("b");
  a.ReceiveUntil("\r\n\r\n");
  b.ReceiveUntil("\r\n\r\n");
  EXPECT_TRUE(Eventually([&] { return sequence_->read_count() == 2; }));
  sequence_->Append("", "x");
  server_->Notify("a");
  server_->Notify("c");
  EXPECT_THAT(a.ReceiveUntil("x\n\n"), HasSubstr("data: x"));
  EXPECT_EQ(sequence_->read_count(), 3);
  server_->Notify("b");
  EXPECT_THAT(b.ReceiveUntil("x\n\n"), HasSubstr("data: x"));
  EXPECT_EQ(sequence_->read_count(), 4);
}

TEST_F(EventsTest, ShowsThatItIsThere) {
  settings_.limits.heartbeat_time = std::chrono::milliseconds(300);
  Start();
  RawClient client = Listen("a");
  EXPECT_THAT(client.ReceiveUntil(":\n\n"), HasSubstr("\r\n\r\n3\r\n:\n\n"));
  EXPECT_EQ(client.ReceiveUntil(":\n\n"), "\r\n3\r\n:\n\n");
}

TEST_F(EventsTest, NoticesWhenTheClientHasGone) {
  Start();
  {
    RawClient client = Listen("a");
    client.ReceiveUntil("\r\n\r\n");
    client.Send("whatever the client says");
    EXPECT_TRUE(Eventually([&] { return server_->stream_count() == 1; }));
  }
  EXPECT_TRUE(Eventually([&] { return server_->connection_count() == 0; }));
  EXPECT_FALSE(WaitForExchange(0).complete);
}

TEST_F(EventsTest, EndsWhenTheSourceFails) {
  Start();
  RawClient client = Listen("a");
  client.ReceiveUntil("\r\n\r\n");
  sequence_->Fail();
  server_->Notify("a");
  EXPECT_EQ(client.ReceiveUntil("never"), "");  // no end of the chunks either
  EXPECT_FALSE(WaitForExchange(0).complete);
}

TEST_F(EventsTest, AnswersHeadWithoutAStream) {
  Start();
  const TestAnswer head = Ask("HEAD /events/a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("Content-Type"), "text/event-stream; charset=utf-8");
}

TEST_F(EventsTest, AreEndedCleanlyByADrain) {
  settings_.io_thread_count = 2;
  Start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(Listen("a"));
  EXPECT_TRUE(Eventually([&] { return server_->stream_count() == 10; }));
  sequence_->Append("", "last words");
  EXPECT_TRUE(server_->Drain(std::chrono::seconds(20)));
  for (RawClient& client : clients) {
    const TestAnswer answer = client.Receive();
    EXPECT_THAT(answer.body, HasSubstr("last words"));
    EXPECT_TRUE(answer.complete);
  }
  EXPECT_EQ(server_->connection_count(), 0u);
}

TEST(FormatEvent, KeepsLinesApart) {
  EXPECT_EQ(FormatEvent({7, "a\nb", "1\r\n2\r3\n"}),
            "id: 7\nevent: a b\ndata: 1\ndata: 2\ndata: 3\ndata: \n\n");
}

// What the allocator has handed out, which is what each stream costs in this process; the system's
// socket buffers come on top.
uint64_t AllocatedBytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST_F(EventsTest, CostLittleWhileNothingHappens) {
  constexpr bool kMeasures = !kSanitized;  // the allocators of sanitizers do not tell mallinfo
  constexpr size_t kStreamCount = kSanitized ? 300 : 5000;
  rlimit files = {};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2 * kStreamCount + 100) GTEST_SKIP() << "too few descriptors";
  settings_.limits.connections_per_address_max = 0;
  Start();
  std::vector<RawClient> clients;
  clients.reserve(kStreamCount);
  const uint64_t before = AllocatedBytes();
  for (size_t i = 0; i < kStreamCount; ++i) clients.push_back(Listen(fmt::format("{}", i)));
  for (RawClient& client : clients) client.ReceiveUntil("\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return server_->stream_count() == kStreamCount; }));
  ASSERT_TRUE(Eventually([&] { return sequence_->read_count() >= int(kStreamCount); }));
  const uint64_t each = (AllocatedBytes() - before) / kStreamCount;
  if (kMeasures) {
    fmt::print("{} idle streams: {} bytes each\n", kStreamCount, each);
    EXPECT_LT(each, 8_KiB);
  }
  sequence_->Append("", "for all");
  const double begin_seconds = SystemClock().Seconds();
  server_->Notify("all");
  for (RawClient& client : clients) ASSERT_THAT(client.ReceiveUntil("all\n\n"), HasSubstr("id: 1"));
  fmt::print("an event reached all in {:.3f} s\n", SystemClock().Seconds() - begin_seconds);
  sequence_->Append("", "for one");
  server_->Notify("42");
  EXPECT_THAT(clients[42].ReceiveUntil("one\n\n"), HasSubstr("id: 2"));
}

}  // namespace
}  // namespace aozora::http
