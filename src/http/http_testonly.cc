// SPDX-License-Identifier: Apache-2.0
#include "http/http_testonly.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/ascii.h"
#include "http/chunk_decoder.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

constexpr int kPatienceMs = 20'000;

}  // namespace

std::string TestAnswer::Header(std::string_view name) const {
  for (std::string_view line : Split(head, '\n')) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !EqualsNoCase(line.substr(0, colon), name)) continue;
    line.remove_prefix(colon + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return std::string(TrimBlanks(line));
  }
  return {};
}

RawClient::RawClient(uint16_t port, int receive_buffer_bytes)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  EXPECT_GE(socket_, 0);
  if (receive_buffer_bytes > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(receive_buffer_bytes));
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), input_(std::move(other.input_)) {}

RawClient::~RawClient() {
  if (socket_ >= 0) close(socket_);
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

void RawClient::ShutdownWrite() { shutdown(socket_, SHUT_WR); }

bool RawClient::Fill() {
  pollfd waiting = {socket_, POLLIN, 0};
  if (poll(&waiting, 1, kPatienceMs) != 1) return false;
  std::array<char, 65536> buffer;
  const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  input_.append(buffer.data(), static_cast<size_t>(count));
  return true;
}

TestAnswer RawClient::Receive(bool no_body) {
  TestAnswer answer;
  answer.head = ReceiveUntil("\r\n\r\n");
  if (!answer.head.starts_with("HTTP/1.1 ") || !answer.head.ends_with("\r\n\r\n")) return answer;
  answer.status = std::atoi(answer.head.c_str() + 9);
  if (no_body || answer.status == 204 || answer.status == 304 || answer.status == 100) {
    answer.complete = true;
  } else if (answer.Header("Transfer-Encoding") == "chunked") {
    ChunkDecoder chunks;
    do {
      size_t taken = 0;
      if (chunks.Feed(input_, &taken, &answer.body)) return answer;
      input_.erase(0, taken);
    } while (!chunks.done() && Fill());
    answer.complete = chunks.done();
  } else {
    const size_t bytes = std::strtoull(answer.Header("Content-Length").c_str(), nullptr, 10);
    while (input_.size() < bytes && Fill()) {
    }
    answer.body = input_.substr(0, bytes);
    answer.complete = answer.body.size() == bytes;
    input_.erase(0, answer.body.size());
  }
  return answer;
}

std::string RawClient::ReceiveUntil(std::string_view end) {
  size_t found = input_.find(end);
  while (found == std::string::npos && Fill()) found = input_.find(end);
  const size_t bytes = found == std::string::npos ? input_.size() : found + end.size();
  std::string text = input_.substr(0, bytes);
  input_.erase(0, bytes);
  return text;
}

bool RawClient::HasInput(std::chrono::milliseconds patience) {
  pollfd waiting = {socket_, POLLIN, 0};
  return !input_.empty() || poll(&waiting, 1, static_cast<int>(patience.count())) == 1;
}

bool RawClient::IsClosed(std::chrono::milliseconds patience) {
  pollfd waiting = {socket_, POLLIN, 0};
  std::array<char, 65536> buffer;
  while (poll(&waiting, 1, static_cast<int>(patience.count())) == 1) {
    if (recv(socket_, buffer.data(), buffer.size(), 0) <= 0) return true;
  }
  return false;
}

ServerTest::ServerTest() {
  settings_.upload_folder = folder_ / "uploads";
  std::filesystem::create_directory(settings_.upload_folder);
  settings_.handler_thread_count = 4;
  callbacks_.observer = [this](const Exchange& exchange) {
    const std::lock_guard lock(mutex_);
    exchanges_.push_back(exchange);
  };
}

ServerTest::~ServerTest() { server_.reset(); }

void ServerTest::Start() {
  Result<std::unique_ptr<Server>> started =
      Server::Start(settings_, std::move(router_), callbacks_);
  server_ = std::move(started).value();
}

TestAnswer ServerTest::Ask(std::string_view request) {
  RawClient client(server_->port());
  client.Send(request);
  return client.Receive(request.starts_with("HEAD "));
}

TestAnswer ServerTest::Get(std::string_view path, std::string_view more_headers) {
  return Ask(fmt::format("GET {} HTTP/1.1\r\nHost: test\r\n{}\r\n", path, more_headers));
}

std::vector<Exchange> ServerTest::Exchanges() {
  const std::lock_guard lock(mutex_);
  return exchanges_;
}

Exchange ServerTest::WaitForExchange(size_t index) {
  EXPECT_TRUE(Eventually([&] { return Exchanges().size() > index; }));
  const std::vector<Exchange> all = Exchanges();
  return index < all.size() ? all[index] : Exchange();
}

bool ServerTest::Eventually(const std::function<bool()>& condition) {
  for (int waited_ms = 0; waited_ms < kPatienceMs; waited_ms += 5) {
    if (condition()) return true;
    poll(nullptr, 0, 5);
  }
  return condition();
}

size_t ServerTest::UploadCount() const {
  return static_cast<size_t>(
      std::distance(std::filesystem::directory_iterator(settings_.upload_folder),
                    std::filesystem::directory_iterator()));
}

std::filesystem::path ServerTest::WriteFile(std::string_view name, std::string_view content) const {
  const std::filesystem::path path = folder_ / name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

}  // namespace aozora::http
