// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "http/asio.h"
#include "http/handler_pool.h"
#include "http/transport.h"

namespace aozora::http {

// A connection as a sequence of waits, each with a deadline. Lives on one io thread.
//
// While it waits for its socket it holds no buffer: it waits for readiness and reads when there is
// something to be read. A deadline has no timer of its own either; somebody calls Tick now and
// then.
class Channel {
 public:
  using Duration = std::chrono::nanoseconds;

  Channel(Socket socket, std::unique_ptr<Transport> transport, const Clock& clock,
          Duration write_stall_max);

  // A time from now after which waiting ends. Sending has its own, and leaves none.
  void SetDeadline(Duration from_now);
  void ClearDeadline();
  bool expired() const { return expired_; }

  // False, or 0 bytes: the deadline passed, or the peer is gone.
  Task<bool> Handshake();
  Task<size_t> Read(std::span<char> into);
  Task<bool> Write(std::string_view bytes);
  Task<bool> SendFile(HandlerPool* pool, int file, uint64_t offset, uint64_t bytes);
  // Until the peer is gone (false), the deadline passes, or Interrupt is called, now or since the
  // last time. What the peer sends meanwhile is dropped.
  Task<bool> WaitForInterrupt(std::span<char> scratch);
  void Shutdown() { transport_->Shutdown(); }

  uint64_t sent_bytes() const { return sent_bytes_; }

  // From the io thread, while a coroutine waits in one of the above or does something else.
  void Tick(Duration now);
  void Expire();
  void Interrupt();
  void Abort();  // for good

 private:
  Task<bool> Wait(Transport::Step::Kind want);
  void CancelWait();

  Socket socket_;
  std::unique_ptr<Transport> transport_;
  const Clock& clock_;
  const Duration write_stall_max_;
  Duration deadline_ = Duration::max();
  uint64_t sent_bytes_ = 0;
  bool expired_ = false;
  bool aborted_ = false;
  bool interrupted_ = false;
  bool interruptible_ = false;
};

}  // namespace aozora::http
