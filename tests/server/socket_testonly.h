// SPDX-License-Identifier: Apache-2.0
// A client of the server that says what came back, whatever it was: half an answer, or none.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace aozora {

// A connection to this machine, closed with the object.
class Socket {
 public:
  Socket() = default;
  explicit Socket(uint16_t port, int receive_buffer_bytes = 0);  // ok() says whether it connected
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;

  bool ok() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  void Close();
  bool Send(std::string_view bytes);                     // all of them; waits while it must
  bool Receive(std::string* to, int patience_ms) const;  // appends what is there; false: the end

 private:
  int descriptor_ = -1;
};

struct Answer {
  int status = 0;  // 0: the connection ended before a head had come
  std::string head;
  std::string body;
  bool whole = false;  // as long as its head said

  std::string Header(std::string_view name) const;  // or ""
};

// Keeps its connection between two requests, as clients do.
class Client {
 public:
  explicit Client(uint16_t port, std::string key = "") : port_(port), key_(std::move(key)) {}

  Answer Get(std::string_view path) { return Ask("GET", path, "", ""); }
  Answer Post(std::string_view path, std::string_view json, std::string_view more_headers = "");
  Answer Delete(std::string_view path) { return Ask("DELETE", path, "", ""); }
  // `headers` are whole lines, with their ends.
  Answer Ask(std::string_view method, std::string_view path, std::string_view headers,
             std::string_view body);
  // Events as they come, until `enough` of the text so far, or silence for `patience_ms`.
  std::string Listen(std::string_view path, uint64_t last_event_id,
                     const std::function<bool(const std::string&)>& enough, int patience_ms);

 private:
  Answer Receive();

  const uint16_t port_;
  const std::string key_;
  Socket socket_;
};

// The head of a request, without the empty line behind it.
std::string RequestHead(std::string_view method, std::string_view path, std::string_view key,
                        std::string_view headers);

// A form with one file of so many bytes.
struct UploadForm {
  std::string content_type;
  std::string begin, end;  // what stands around the file's bytes
};
UploadForm MakeUploadForm(std::string_view file_name);

uint16_t FreePort();

}  // namespace aozora
