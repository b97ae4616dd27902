// SPDX-License-Identifier: Apache-2.0
#include "http/channel.h"

#include <sys/socket.h>

#include <algorithm>

#include "base/units.h"
#include "http/on_pool.h"

namespace aozora::http {
namespace {

using Kind = Transport::Step::Kind;

// One turn of a handler thread, so that long files take turns.
constexpr uint64_t kFileBytesPerTurn = 256_KiB;

}  // namespace

Channel::Channel(Socket socket, std::unique_ptr<Transport> transport, const Clock& clock,
                 Duration write_stall_max)
    : socket_(std::move(socket)),
      transport_(std::move(transport)),
      clock_(clock),
      write_stall_max_(write_stall_max) {}

void Channel::SetDeadline(Duration from_now) {
  deadline_ = clock_.SinceStart() + from_now;
  expired_ = false;
}

void Channel::ClearDeadline() {
  deadline_ = Duration::max();
  expired_ = false;
}

void Channel::CancelWait() {
  boost::system::error_code ignored;  // nothing waits: fine
  socket_.cancel(ignored);
}

void Channel::Tick(Duration now) {
  if (now >= deadline_) Expire();
}

void Channel::Expire() {
  expired_ = true;
  CancelWait();
}

void Channel::Interrupt() {
  interrupted_ = true;
  if (interruptible_) CancelWait();
}

void Channel::Abort() {
  aborted_ = true;
  shutdown(socket_.native_handle(), SHUT_RDWR);  // stops a handler thread that sends
  CancelWait();
}

Task<bool> Channel::Wait(Kind want) {
  if (aborted_ || expired_) co_return false;
  boost::system::error_code error;
  const auto readiness = want == Kind::kWantRead ? Socket::wait_read : Socket::wait_write;
  co_await socket_.async_wait(readiness, asio::redirect_error(kAwait, error));
  if (error && error != asio::error::operation_aborted) co_return false;
  co_return !aborted_ && !expired_;
}

Task<bool> Channel::Handshake() {
  for (;;) {
    const Transport::Step step = transport_->Handshake();
    if (step.kind == Kind::kDone) co_return true;
    if (step.kind == Kind::kEnd) co_return false;
    const bool ready = co_await Wait(step.kind);
    if (!ready) co_return false;
  }
}

Task<size_t> Channel::Read(std::span<char> into) {
  for (;;) {
    const Transport::Step step = transport_->Read(into);
    if (step.kind == Kind::kDone) co_return step.bytes;
    if (step.kind == Kind::kEnd) co_return 0;
    const bool ready = co_await Wait(step.kind);
    if (!ready) co_return 0;
  }
}

Task<bool> Channel::Write(std::string_view bytes) {
  SetDeadline(write_stall_max_);
  while (!bytes.empty()) {
    const Transport::Step step = transport_->Write(bytes);
    if (step.kind == Kind::kEnd) co_return false;
    if (step.kind == Kind::kDone) {
      sent_bytes_ += step.bytes;
      bytes.remove_prefix(step.bytes);
      SetDeadline(write_stall_max_);
      continue;
    }
    const bool ready = co_await Wait(step.kind);
    if (!ready) co_return false;
  }
  ClearDeadline();
  co_return true;
}

Task<bool> Channel::SendFile(HandlerPool* pool, int file, uint64_t offset, uint64_t bytes) {
  Transport::Step step;
  while (bytes > 0) {
    uint64_t sent = 0;
    const auto send = [&] {
      do {
        const uint64_t wanted = std::min(bytes, kFileBytesPerTurn) - sent;
        step = transport_->SendFile(file, offset + sent, wanted);
        if (step.kind == Kind::kDone) sent += step.bytes;
      } while (step.kind == Kind::kDone && sent < std::min(bytes, kFileBytesPerTurn));
    };
    co_await OnPool(pool, send);
    offset += sent;
    bytes -= sent;
    sent_bytes_ += sent;
    if (step.kind == Kind::kEnd) co_return false;
    if (step.kind == Kind::kDone) continue;
    SetDeadline(write_stall_max_);
    const bool ready = co_await Wait(step.kind);
    if (!ready) co_return false;
    ClearDeadline();  // it is a handler thread's turn, and that is not the client's fault
  }
  co_return true;
}

Task<bool> Channel::WaitForInterrupt(std::span<char> scratch) {
  for (;;) {
    if (std::exchange(interrupted_, false)) co_return true;
    const Transport::Step step = transport_->Read(scratch);
    if (step.kind == Kind::kEnd) co_return false;
    if (step.kind == Kind::kDone) continue;
    interruptible_ = true;
    const bool ready = co_await Wait(step.kind);
    interruptible_ = false;
    if (aborted_) co_return false;
    if (!ready && !expired_) co_return false;
    if (expired_) co_return true;
  }
}

}  // namespace aozora::http
