// SPDX-License-Identifier: Apache-2.0
#include "http/transport.h"

#include <errno.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>

namespace aozora::http {
namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int socket) : socket_(socket) {}

  Step Handshake() override { return {Step::Kind::kDone, 0}; }

  Step Read(std::span<char> into) override {
    return Judge(recv(socket_, into.data(), into.size(), 0), Step::Kind::kWantRead);
  }

  Step Write(std::string_view bytes) override {
    return Judge(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), Step::Kind::kWantWrite);
  }

  Step SendFile(int file, uint64_t offset, uint64_t bytes) override {
    off_t at = static_cast<off_t>(offset);
    return Judge(sendfile(socket_, file, &at, bytes), Step::Kind::kWantWrite);
  }

  void Shutdown() override { shutdown(socket_, SHUT_WR); }

 private:
  // 0 is the end of the input, or of a file that was to be longer.
  static Step Judge(ssize_t count, Step::Kind if_it_would_block) {
    if (count > 0) return {Step::Kind::kDone, static_cast<size_t>(count)};
    if (count == 0) return {Step::Kind::kEnd, 0};
    const bool again = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {again ? if_it_would_block : Step::Kind::kEnd, 0};
  }

  const int socket_;
};

}  // namespace

std::unique_ptr<Transport> MakePlainTransport(int socket) {
  return std::make_unique<PlainTransport>(socket);
}

}  // namespace aozora::http
