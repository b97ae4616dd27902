// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "base/file.h"
#include "http/http_testonly.h"

namespace aozora::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string Part(std::string_view disposition, std::string_view content,
                 std::string_view more = "") {
  return fmt::format("--b\r\nContent-Disposition: form-data; {}\r\n{}\r\n{}\r\n", disposition, more,
                     content);
}

std::string WithLength(std::string_view body) {
  return fmt::format(
      "POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
      "Content-Length: {}\r\n\r\n{}",
      body.size(), body);
}

std::string InChunks(std::string_view body, size_t chunk_bytes) {
  std::string text =
      "POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=\"b\"\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  while (!body.empty()) {
    const std::string_view chunk = body.substr(0, chunk_bytes);
    text += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    body.remove_prefix(chunk.size());
  }
  return text + "0\r\n\r\n";
}

class UploadTest : public ServerTest {
 protected:
  UploadTest() {
    settings_.limits.form_field_count_max = 5;
    settings_.limits.form_file_count_max = 2;
    settings_.limits.form_field_bytes_max = 3000;
    router_.Add(Method::kPost, "/form",
                {.name = "form",
                 .body = BodyKind::kFormOrJson,
                 .body_bytes_max = 4000,
                 .file_bytes_max = 1 << 20},
                [this](Request& request) { return Describe(request); });
    router_.Add(Method::kPost, "/keep",
                {.name = "keep", .body = BodyKind::kForm, .file_bytes_max = 1 << 20},
                [this](Request& request) {
                  kept_ = request.form->files.at(0).Take();
                  return Response::Empty(204);
                });
    router_.Add(Method::kPost, "/large",
                {.name = "large", .body = BodyKind::kForm, .file_bytes_max = 4_GiB},
                [](Request& request) {
                  return Response::Text(200, fmt::format("{}", request.form->files.at(0).bytes));
                });
  }

  // name=value for fields, name:filename:type:content for files.
  Response Describe(Request& request) {
    std::string text = request.body;
    if (!request.form) return Response::Text(200, "not a form: " + text);
    for (const auto& [name, value] : request.form->fields)
      text += fmt::format("{}={}|", name, value);
    for (const FormFile& file : request.form->files) {
      const std::string content = ReadFile(file.path(), 1_MiB).value();
      EXPECT_EQ(content.size(), file.bytes);
      text += fmt::format("{}:{}:{}:{}|", file.field, file.filename, file.content_type,
                          content.size() > 100 ? fmt::format("{} bytes", file.bytes) : content);
    }
    return Response::Text(200, text);
  }

  std::filesystem::path kept_;
};

TEST_F(UploadTest, KeepsNamesOrderAndContent) {
  Start();
  const std::string body = Part("name=\"input_reference[image_url]\"", "https://x/a.png") +
                           Part("name=\"file\"; filename=\"\xe9\x9d\x92 \\\"a\\\".png\"",
                                "PNG\r\n--not b\r\n-", "Content-Type: image/png\r\n") +
                           Part("name=\"characters[][id]\"", "one") +
                           Part("name=\"characters[][id]\"", "two\r\n--") +
                           Part("filename=other; name=second", "") + "--b--\r\n";
  const std::string expected =
      "input_reference[image_url]=https://x/a.png|characters[][id]=one|characters[][id]=two\r\n--|"
      "file:\xe9\x9d\x92 \"a\".png:image/png:PNG\r\n--not b\r\n-|"
      "second:other:application/octet-stream:|";
  EXPECT_EQ(Ask(WithLength(body)).body, expected);
  EXPECT_EQ(Ask(InChunks(body, 1)).body, expected);
  EXPECT_EQ(Ask(InChunks(body, 7)).body, expected);
  EXPECT_EQ(Ask(InChunks(body, 100000)).body, expected);
  EXPECT_TRUE(Eventually([&] { return UploadCount() == 0; }));
}

TEST_F(UploadTest, TakesJsonWhereARouteTakesBoth) {
  Start();
  EXPECT_EQ(Ask("POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                "Content-Length: 2\r\n\r\n{}")
                .body,
            "not a form: {}");
}

TEST_F(UploadTest, RefusesWhatIsNoForm) {
  Start();
  const auto status = [&](std::string_view body) { return Ask(WithLength(body)).status; };
  EXPECT_EQ(status(Part("name=a", "1") + "--b--"), 200);
  EXPECT_EQ(status("preamble\r\n" + Part("name=a", "1") + "--b--\r\nepilogue"), 200);
  EXPECT_EQ(status("--b--\r\n"), 200);
  EXPECT_EQ(status(""), 200);  // no body at all, so no form
  EXPECT_EQ(status(Part("name=a", "1")), 400);
  EXPECT_EQ(status("nothing at all"), 400);
  EXPECT_EQ(status(Part("nome=a", "1") + "--b--"), 400);
  EXPECT_EQ(status(Part("name=\"\"", "1") + "--b--"), 400);
  EXPECT_EQ(status(Part("name=a; name=b", "1") + "--b--"), 400);
  EXPECT_EQ(status(Part("name=\"a", "1") + "--b--"), 400);
  EXPECT_EQ(status(Part("name=\"\xff\"", "1") + "--b--"), 400);
  EXPECT_EQ(status(Part("name=a", "\xff") + "--b--"), 400);
  EXPECT_EQ(status(Part("name=f; filename=\"\xff\"", "1") + "--b--"), 400);
  EXPECT_EQ(status(Part("name=a", "1", "Content-Transfer-Encoding: base64\r\n") + "--b--"), 400);
  EXPECT_EQ(status(Part("name=a", "1", "X: y\r\n z\r\n") + "--b--"), 400);
  EXPECT_EQ(status("--b\r\n\r\n1\r\n--b--"), 400);
  EXPECT_EQ(status("--b\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--b--"), 400);
  EXPECT_EQ(status("--bx\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--"), 400);
  EXPECT_EQ(status(Part("name=a", "1", "X: " + std::string(5000, 'x') + "\r\n") + "--b--"), 400);
  EXPECT_TRUE(Eventually([&] { return UploadCount() == 0; }));
}

TEST_F(UploadTest, RefusesBoundariesThatAreNone) {
  Start();
  for (const std::string& boundary :
       {std::string(), std::string(71, 'b'), std::string("\"a;b\""), std::string("\"a \"")}) {
    EXPECT_EQ(Ask(fmt::format("POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: "
                              "multipart/form-data; boundary={}\r\nContent-Length: 1\r\n\r\nx",
                              boundary))
                  .status,
              boundary.empty() ? 415 : 400)
        << boundary;
  }
}

TEST_F(UploadTest, HasLimitsForFieldsAndFiles) {
  Start();
  const auto status = [&](std::string_view body) {
    const int with_length = Ask(WithLength(body)).status;
    EXPECT_EQ(Ask(InChunks(body, 500)).status, with_length);
    return with_length;
  };
  std::string five;
  for (int i = 0; i < 5; ++i) five += Part("name=a", "1");
  EXPECT_EQ(status(five + "--b--"), 200);
  EXPECT_EQ(status(five + Part("name=a", "1") + "--b--"), 413);
  const std::string file = Part("name=f; filename=x", std::string(400000, 'f'));
  EXPECT_EQ(status(file + file + "--b--"), 200);
  EXPECT_EQ(status(file + file + Part("name=f; filename=x", "") + "--b--"), 413);
  const std::string half = Part("name=f; filename=x", std::string(600000, 'f'));
  EXPECT_EQ(status(half + "--b--"), 200);
  EXPECT_EQ(status(half + half + "--b--"), 413);
  EXPECT_EQ(status(Part("name=a", std::string(3000, 'a')) + "--b--"), 200);
  EXPECT_EQ(status(Part("name=a", std::string(3001, 'a')) + "--b--"), 413);
  const std::string field = Part("name=a", std::string(2001, 'a'));
  EXPECT_EQ(status(field + field + "--b--"), 413);
  EXPECT_EQ(status(std::string(70000, 'p') + "\r\n" + five + "--b--"), 400);
  EXPECT_TRUE(Eventually([&] { return UploadCount() == 0; }));
}

TEST_F(UploadTest, RefusesFilesWhereNoneAreTaken) {
  router_.Add(Method::kPost, "/fields", {.name = "fields", .body = BodyKind::kForm},
              [](Request&) { return Response::Empty(204); });
  Start();
  std::string request = WithLength(Part("name=f; filename=x", "1") + "--b--");
  request.replace(0, 10, "POST /fields");
  EXPECT_EQ(Ask(request).status, 400);
}

TEST_F(UploadTest, LeavesNoFileOfAnUploadThatEndsEarly) {
  Start();
  {
    RawClient client(server_->port());
    const std::string whole =
        WithLength(Part("name=f; filename=x", std::string(300000, 'f')) + "--b--");
    client.Send(whole.substr(0, 200000));
    EXPECT_TRUE(Eventually([&] { return UploadCount() == 1; }));
  }
  EXPECT_TRUE(Eventually([&] { return UploadCount() == 0; }));
  const Exchange exchange = WaitForExchange(0);
  EXPECT_EQ(exchange.status, 0);
  EXPECT_FALSE(exchange.complete);
}

TEST_F(UploadTest, RemovesWhatACrashHasLeft) {
  WriteFile("uploads/upload-abcDEF", "left behind");
  WriteFile("uploads/somebody-elses", "stays");
  Start();
  EXPECT_EQ(UploadCount(), 1u);
}

TEST_F(UploadTest, LeavesAFileThatTheHandlerTakes) {
  Start();
  std::string request = WithLength(Part("name=f; filename=x", "content") + "--b--");
  request.replace(0, 10, "POST /keep");
  EXPECT_EQ(Ask(request).status, 204);
  EXPECT_EQ(ReadFile(kept_, 100).value(), "content");
  EXPECT_EQ(std::filesystem::status(kept_).permissions(), std::filesystem::perms(0600));
}

TEST_F(UploadTest, SaysSoWhenTheDiskFails) {
  Start();
  std::filesystem::remove(settings_.upload_folder);
  EXPECT_EQ(Ask(WithLength(Part("name=f; filename=x", "1") + "--b--")).status, 503);
  std::filesystem::create_directory(settings_.upload_folder);
  EXPECT_EQ(Ask(WithLength(Part("name=f; filename=x", "1") + "--b--")).status, 200);
}

TEST_F(UploadTest, RefusesADeclaredGiantBeforeItComes) {
  Start();
  RawClient client(server_->port());
  client.Send(
      "POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
      "Expect: 100-continue\r\nContent-Length: 10737418240\r\n\r\n");
  const TestAnswer answer = client.Receive();
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.Header("Connection"), "close");
}

uint64_t PeakResidentBytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

TEST_F(UploadTest, TakesLargeFilesWithLittleMemory) {
  constexpr size_t kPieceBytes = 1_MiB;
  constexpr size_t kPieceCount = 256;
  Start();
  RawClient client(server_->port());
  std::string head = "--b\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n";
  const std::string tail = "\r\n--b--\r\n";
  const std::string piece(kPieceBytes, 'v');
  client.Send(
      fmt::format("POST /large HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; "
                  "boundary=b\r\nContent-Length: {}\r\n\r\n{}",
                  head.size() + kPieceCount * kPieceBytes + tail.size(), head));
  client.Send(piece);
  const uint64_t peak_before = PeakResidentBytes();
  for (size_t i = 1; i < kPieceCount; ++i) ASSERT_TRUE(client.Send(piece));
  client.Send(tail);
  EXPECT_EQ(client.Receive().body, fmt::format("{}", kPieceCount * kPieceBytes));
  // Buffers of 64 KiB in a few places, and sanitizers that keep freed memory for a while.
  EXPECT_LT(PeakResidentBytes() - peak_before, 128_MiB);
}

TEST_F(UploadTest, BodiesShareABudgetOfMemory) {
  settings_.limits.memory_bytes_max = 3000;
  Start();
  const std::string json = std::string(2000, ' ');
  const std::string head =
      "POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
      "2000\r\n\r\n";
  RawClient first(server_->port());
  first.Send(head + json.substr(0, 1999));
  TestAnswer second;
  EXPECT_TRUE(Eventually([&] {  // once the first has taken its part
    second = Ask(head + json);
    return second.status == 503;
  }));
  EXPECT_EQ(second.Header("Retry-After"), "1");
  first.Send(" ");
  EXPECT_EQ(first.Receive().status, 200);
  EXPECT_TRUE(Eventually([&] { return Ask(head + json).status == 200; }));
}

}  // namespace
}  // namespace aozora::http
