// SPDX-License-Identifier: Apache-2.0
// A real server on a free port, and a client that sends the bytes it is told to.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/folder_testonly.h"
#include "http/server.h"

namespace aozora::http {

struct TestAnswer {
  int status = 0;  // 0: the connection ended before a head had come
  std::string head;
  std::string body;
  bool complete = false;                            // as long as it said
  std::string Header(std::string_view name) const;  // or ""
};

class RawClient {
 public:
  explicit RawClient(uint16_t port, int receive_buffer_bytes = 0);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;

  bool Send(std::string_view bytes);  // false: the other side is gone
  void ShutdownWrite();
  // The next answer; `no_body` for HEAD. Waits 20 s at most, so that a test ends.
  TestAnswer Receive(bool no_body = false);
  std::string ReceiveUntil(std::string_view end);  // up to and with `end`, or all that comes
  bool HasInput(std::chrono::milliseconds patience);
  bool IsClosed(
      std::chrono::milliseconds patience = std::chrono::seconds(10));  // by the other side
  int descriptor() const { return socket_; }

 private:
  bool Fill();
  int socket_;
  std::string input_;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;

  void Start();  // with settings_, router_ and callbacks_ as they are by then
  void StopServer() { server_.reset(); }
  TestAnswer Ask(std::string_view request);  // on a connection of its own
  TestAnswer Get(std::string_view path, std::string_view more_headers = "");
  std::vector<Exchange> Exchanges();                               // observed so far
  Exchange WaitForExchange(size_t index);                          // that comes in a moment
  static bool Eventually(const std::function<bool()>& condition);  // within 20 s
  size_t UploadCount() const;                                      // files in the upload folder
  std::filesystem::path WriteFile(std::string_view name, std::string_view content) const;

  const TemporaryFolder folder_;
  ServerSettings settings_;
  Router router_;
  Server::Callbacks callbacks_;
  std::unique_ptr<Server> server_;

 private:
  std::mutex mutex_;
  std::vector<Exchange> exchanges_;
};

}  // namespace aozora::http
