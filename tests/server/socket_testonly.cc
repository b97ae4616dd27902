// SPDX-License-Identifier: Apache-2.0
#include "socket_testonly.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "base/ascii.h"
#include "base/check.h"
#include "http/chunk_decoder.h"
#include "http/syntax.h"

namespace aozora {
namespace {

constexpr int kPatienceMs = 30'000;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Socket::Socket(uint16_t port, int receive_buffer_bytes)
    : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (descriptor_ < 0) return;
  if (receive_buffer_bytes > 0) {
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
               sizeof(receive_buffer_bytes));
  }
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const sockaddr_in address = Loopback(port);
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    Close();
  }
}

Socket::~Socket() { Close(); }

Socket::Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  Close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  return *this;
}

void Socket::Close() {
  if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
}

bool Socket::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

bool Socket::Receive(std::string* to, int patience_ms) const {
  pollfd waiting = {descriptor_, POLLIN, 0};
  if (poll(&waiting, 1, patience_ms) != 1) return false;
  std::array<char, 65536> buffer;
  const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  to->append(buffer.data(), static_cast<size_t>(count));
  return true;
}

std::string Answer::Header(std::string_view name) const {
  for (std::string_view line : http::Split(head, '\n')) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !EqualsNoCase(line.substr(0, colon), name)) {
      continue;
    }
    line.remove_prefix(colon + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return std::string(http::TrimBlanks(line));
  }
  return {};
}

std::string RequestHead(std::string_view method, std::string_view path, std::string_view key,
                        std::string_view headers) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: test\r\n", method, path);
  if (!key.empty()) head += fmt::format("Authorization: Bearer {}\r\n", key);
  return head.append(headers);
}

Answer Client::Post(std::string_view path, std::string_view json, std::string_view more_headers) {
  return Ask("POST", path, fmt::format("Content-Type: application/json\r\n{}", more_headers), json);
}

Answer Client::Ask(std::string_view method, std::string_view path, std::string_view headers,
                   std::string_view body) {
  if (!socket_.ok()) socket_ = Socket(port_);
  if (!socket_.ok()) return {};
  std::string request = RequestHead(method, path, key_, headers);
  if (!body.empty()) request += fmt::format("Content-Length: {}\r\n", body.size());
  request.append("\r\n").append(body);
  // An early answer may have come although not all was taken.
  const bool sent = socket_.Send(request);
  Answer answer = Receive();
  const bool keep = sent && answer.whole && answer.Header("Connection") != "close";
  if (!keep) socket_.Close();
  return answer;
}

Answer Client::Receive() {
  Answer answer;
  std::string input;
  size_t end = std::string::npos;
  while (end == std::string::npos && socket_.Receive(&input, kPatienceMs)) {
    end = input.find("\r\n\r\n");
  }
  if (end == std::string::npos || !input.starts_with("HTTP/1.1 ")) return answer;
  answer.head = input.substr(0, end + 2);
  answer.status = std::atoi(answer.head.c_str() + 9);
  input.erase(0, end + 4);
  const size_t bytes = std::strtoull(answer.Header("Content-Length").c_str(), nullptr, 10);
  while (input.size() < bytes && socket_.Receive(&input, kPatienceMs)) {
  }
  answer.whole = input.size() == bytes;
  answer.body = std::move(input);
  return answer;
}

std::string Client::Listen(std::string_view path, uint64_t last_event_id,
                           const std::function<bool(const std::string&)>& enough, int patience_ms) {
  Socket socket(port_);
  if (!socket.ok()) return {};
  socket.Send(RequestHead("GET", path, key_, fmt::format("Last-Event-ID: {}\r\n", last_event_id)) +
              "\r\n");
  std::string input, text;
  size_t end = std::string::npos;
  while (end == std::string::npos && socket.Receive(&input, patience_ms)) {
    end = input.find("\r\n\r\n");
  }
  if (end == std::string::npos) return {};
  input.erase(0, end + 4);
  http::ChunkDecoder chunks;
  do {
    size_t taken = 0;
    if (chunks.Feed(input, &taken, &text)) break;
    input.erase(0, taken);
  } while (!chunks.done() && !enough(text) && socket.Receive(&input, patience_ms));
  return text;
}

UploadForm MakeUploadForm(std::string_view file_name) {
  constexpr std::string_view kBoundary = "aozora-test-boundary";
  UploadForm form;
  form.content_type = fmt::format("multipart/form-data; boundary={}", kBoundary);
  form.begin = fmt::format(
      "--{0}\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nuser_data\r\n"
      "--{0}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{1}\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n",
      kBoundary, file_name);
  form.end = fmt::format("\r\n--{}--\r\n", kBoundary);
  return form;
}

uint16_t FreePort() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  CHECK_EQ(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  socklen_t size = sizeof(address);
  CHECK_EQ(getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(descriptor);
  return ntohs(address.sin_port);
}

}  // namespace aozora
