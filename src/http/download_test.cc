// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <chrono>
#include <numeric>

#include "base/wake.h"
#include "http/file_answer.h"
#include "http/http_testonly.h"

namespace aozora::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class DownloadTest : public ServerTest {
 protected:
  DownloadTest() {
    WriteFile("alphabet", "abcdefghijklmnopqrstuvwxyz");
    WriteFile("empty", "");
    router_.Add(Method::kGet, "/{name}", {.name = "content"}, [this](Request& request) {
      return Response::File({.path = folder_ / request.RouteValue("name"),
                             .content_type = "video/mp4",
                             .etag = "v1",
                             .download_name = "my \"film\" \xe9\x9d\x92.mp4"})
          .With("Cache-Control", "private");
    });
  }
  TestAnswer Range(std::string_view ranges, std::string_view more = "") {
    return Get("/alphabet", fmt::format("Range: {}\r\n{}", ranges, more));
  }
};

TEST_F(DownloadTest, SendsTheWholeFile) {
  Start();
  const TestAnswer answer = Get("/alphabet");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "abcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(answer.Header("Content-Type"), "video/mp4");
  EXPECT_EQ(answer.Header("ETag"), "\"v1\"");
  EXPECT_EQ(answer.Header("Accept-Ranges"), "bytes");
  EXPECT_EQ(answer.Header("Cache-Control"), "private");
  EXPECT_EQ(answer.Header("Content-Disposition"),
            "attachment; filename=\"my _film_ ___.mp4\"; "
            "filename*=UTF-8''my%20%22film%22%20%E9%9D%92.mp4");
  EXPECT_EQ(Get("/empty").body, "");
  EXPECT_EQ(Get("/empty").Header("Content-Length"), "0");
  EXPECT_EQ(Get("/missing").status, 404);
  EXPECT_EQ(Get("/uploads").status, 404);  // a folder is no file
}

TEST_F(DownloadTest, SendsOneRange) {
  Start();
  const TestAnswer answer = Range("bytes=2-4");
  EXPECT_EQ(answer.status, 206);
  EXPECT_EQ(answer.body, "cde");
  EXPECT_EQ(answer.Header("Content-Range"), "bytes 2-4/26");
  EXPECT_EQ(answer.Header("Content-Length"), "3");
  EXPECT_EQ(Range("bytes=24-").body, "yz");
  EXPECT_EQ(Range("bytes=-2").body, "yz");
  EXPECT_EQ(Range("bytes=-100").body, "abcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(Range("bytes=25-999999999999999999999999").body, "z");
  EXPECT_EQ(Range("Bytes=0-0").body, "a");
}

TEST_F(DownloadTest, SendsSeveralRangesAsParts) {
  Start();
  const TestAnswer answer = Range("bytes=0-1, 24-, 99-");
  EXPECT_EQ(answer.status, 206);
  const std::string type = answer.Header("Content-Type");
  ASSERT_THAT(type, StartsWith("multipart/byteranges; boundary="));
  const std::string b = type.substr(type.find('=') + 1);
  EXPECT_EQ(
      answer.body,
      fmt::format("\r\n--{0}\r\nContent-Type: video/mp4\r\nContent-Range: bytes 0-1/26\r\n\r\n"
                  "ab\r\n--{0}\r\nContent-Type: video/mp4\r\nContent-Range: bytes 24-25/26"
                  "\r\n\r\nyz\r\n--{0}--\r\n",
                  b));
}

TEST_F(DownloadTest, SendsTheWholeWhereTheRangeIsNone) {
  Start();
  for (const char* range : {"bytes=4-2", "bytes=a-b", "bytes=1", "bytes=-", "bytes=", "lines=1-2",
                            "bytes=0x1-2", "bytes=1--2", "bytes 1-2", "bytes=+1-2"}) {
    EXPECT_EQ(Range(range).status, 200) << range;
  }
  EXPECT_EQ(Range("bytes=0-1", "Range: bytes=2-3\r\n").status, 200);
}

TEST_F(DownloadTest, RefusesRangesOutsideAndInExcess) {
  Start();
  const TestAnswer outside = Range("bytes=26-");
  EXPECT_EQ(outside.status, 416);
  EXPECT_EQ(outside.Header("Content-Range"), "bytes */26");
  EXPECT_THAT(outside.body, HasSubstr("range_not_satisfiable"));
  EXPECT_EQ(Range("bytes=-0").status, 416);
  EXPECT_EQ(Range("bytes=0-,0-").status, 416);
  EXPECT_EQ(Range("bytes=0-20,10-").status, 416);
  std::string many = "bytes=0-0";
  for (int i = 1; i < 16; ++i) many += fmt::format(",{0}-{0}", i);
  EXPECT_EQ(Range(many).status, 206);
  EXPECT_EQ(Range(many + ",16-16").status, 416);
  EXPECT_EQ(Get("/empty", "Range: bytes=0-\r\n").status, 416);
}

TEST_F(DownloadTest, HeedsConditions) {
  Start();
  EXPECT_EQ(Range("bytes=0-1", "If-Range: \"v1\"\r\n").status, 206);
  EXPECT_EQ(Range("bytes=0-1", "If-Range: \"v2\"\r\n").status, 200);
  EXPECT_EQ(Range("bytes=0-1", "If-Range: W/\"v1\"\r\n").status, 200);
  EXPECT_EQ(Range("bytes=0-1", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n").status, 200);
  const TestAnswer same = Get("/alphabet", "If-None-Match: \"v0\", W/\"v1\"\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.Header("ETag"), "\"v1\"");
  EXPECT_EQ(same.Header("Content-Length"), "");
  EXPECT_EQ(Get("/alphabet", "If-None-Match: *\r\n").status, 304);
  EXPECT_EQ(Get("/alphabet", "If-None-Match: \"v2\"\r\n").status, 200);
  EXPECT_EQ(Get("/alphabet", "If-None-Match: v1\r\n").status, 200);
  EXPECT_EQ(Get("/alphabet", "If-Match: \"v1\"\r\n").status, 200);
  EXPECT_EQ(Get("/alphabet", "If-Match: W/\"v1\"\r\n").status, 412);
  EXPECT_EQ(Get("/alphabet", "If-Match: \"v2\"\r\n").status, 412);
}

TEST_F(DownloadTest, AnswersHeadWithoutTheContent) {
  Start();
  RawClient client(server_->port());
  client.Send(
      "HEAD /alphabet HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\n\r\n"
      "GET /alphabet HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\n\r\n");
  const TestAnswer head = client.Receive(true);
  EXPECT_EQ(head.status, 200);  // Range is for GET (RFC 9110, section 14.2)
  EXPECT_EQ(head.Header("Content-Length"), "26");
  EXPECT_EQ(client.Receive().body, "ab");
}

TEST_F(DownloadTest, SendsLargeFilesWhole) {
  std::string content(9'000'001, ' ');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 2654435761u >> 24);
  WriteFile("large", content);
  Start();
  EXPECT_TRUE(Get("/large").body == content);
  const TestAnswer part = Get("/large", "Range: bytes=1000000-7999999\r\n");
  EXPECT_TRUE(part.body == content.substr(1'000'000, 7'000'000));
  const Exchange exchange = WaitForExchange(0);
  EXPECT_GT(exchange.bytes_out, content.size());
  EXPECT_TRUE(exchange.complete);
}

// A thousand clients that do not read must not take gigabytes from the system.
TEST_F(DownloadTest, KeepsLittleForAClientThatDoesNotRead) {
  WriteFile("large", std::string(64 << 20, 'x'));
  Start();
  {
    RawClient client(server_->port(), 4096);
    client.Send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    client.ReceiveUntil("\r\n\r\n");
    Wake().WaitFor(300);  // as long as the system takes to fill its buffers
  }
  const Exchange exchange = WaitForExchange(0);
  EXPECT_FALSE(exchange.complete);
  EXPECT_LT(exchange.bytes_out, 1u << 20);
}

TEST_F(DownloadTest, EndsTheConnectionWhenTheFileIsCutMeanwhile) {
  const std::filesystem::path path = WriteFile("cut", std::string(64 << 20, 'x'));
  Start();
  RawClient client(server_->port(), 4096);
  client.Send("GET /cut HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ReceiveUntil("\r\n\r\n");
  std::filesystem::resize_file(path, 100);
  EXPECT_TRUE(client.IsClosed());
  EXPECT_FALSE(WaitForExchange(0).complete);
}

TEST(AttachmentDisposition, IsSafeWhateverTheName) {
  EXPECT_EQ(AttachmentDisposition("a.mp4"), "attachment; filename=\"a.mp4\"");
  EXPECT_EQ(AttachmentDisposition("a\r\nb: c"),
            "attachment; filename=\"a__b_ c\"; filename*=UTF-8''a%0D%0Ab%3A%20c");
  EXPECT_EQ(AttachmentDisposition("../\\\xff"), "attachment; filename=\"..___\"");
}

}  // namespace
}  // namespace aozora::http
