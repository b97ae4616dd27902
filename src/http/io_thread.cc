// SPDX-License-Identifier: Apache-2.0
#include "http/io_thread.h"

#include <chrono>
#include <exception>

#include "base/check.h"
#include "http/connection.h"

namespace aozora::http {
namespace {

constexpr std::chrono::milliseconds kTick{250};  // how exactly deadlines are kept

}  // namespace

IoThread::IoThread(const Clock& clock)
    : clock_(clock),
      context_(1),
      work_(asio::make_work_guard(context_)),
      timer_(context_.get_executor()) {}

IoThread::~IoThread() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] {
    CHECK(connections_.empty());
    stopping_ = true;
    timer_.cancel();
  });
  work_.reset();
  thread_.join();
}

void IoThread::Start() {
  asio::co_spawn(context_.get_executor(), KeepTime(),
                 [](std::exception_ptr thrown) { CHECK(thrown == nullptr); });
  thread_ = std::thread([this] { context_.run(); });
}

// One timer for all: ten thousand deadlines are looked at faster than one is put in order.
Task<void> IoThread::KeepTime() {
  while (!stopping_) {
    timer_.expires_after(kTick);
    boost::system::error_code error;
    co_await timer_.async_wait(asio::redirect_error(kAwait, error));
    const std::chrono::nanoseconds now = clock_.SinceStart();
    for (Connection* connection : connections_) connection->Tick(now);
  }
}

void IoThread::Notify(std::string_view topic) {
  {
    const std::lock_guard lock(mutex_);
    if (notified_.contains(topic)) return;
    notified_.emplace(topic);
    if (notified_.size() > 1) return;  // Deliver is on its way already
  }
  asio::post(context_, [this] { Deliver(); });
}

void IoThread::Deliver() {
  std::set<std::string, std::less<>> topics;
  {
    const std::lock_guard lock(mutex_);
    topics.swap(notified_);
  }
  for (const std::string& topic : topics) {
    auto each = subscriptions_.lower_bound({topic, nullptr});
    for (; each != subscriptions_.end() && each->first == topic; ++each) each->second->Interrupt();
  }
}

void IoThread::BeginDrain() {
  asio::post(context_, [this] {
    for (Connection* connection : connections_) connection->OnDrain();
  });
}

void IoThread::AbortAll() {
  asio::post(context_, [this] {
    for (Connection* connection : connections_) connection->Abort();
  });
}

void IoThread::Add(Connection* connection) { connections_.insert(connection); }
void IoThread::Remove(Connection* connection) { connections_.erase(connection); }

void IoThread::Subscribe(const std::vector<std::string>& topics, Connection* connection) {
  for (const std::string& topic : topics) subscriptions_.emplace(topic, connection);
}

void IoThread::Unsubscribe(const std::vector<std::string>& topics, Connection* connection) {
  for (const std::string& topic : topics) subscriptions_.erase({topic, connection});
}

}  // namespace aozora::http
