// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <fmt/core.h>
#include <netinet/tcp.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <utility>

#include "base/log.h"
#include "http/connection.h"
#include "http/io_thread.h"
#include "http/server_state.h"
#include "http/upload_folder.h"

namespace aozora::http {
namespace {

using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

using NotSent = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
// What the system keeps of an answer that is not on its way yet. Left alone it takes some megabytes
// from a client that does not read, and the time to copy them from the others. What is on its way
// is not counted, so it costs a fast client nothing.
constexpr int kNotSentBytesMax = 128 << 10;

constexpr std::chrono::milliseconds kAcceptPause{100};  // while there are no descriptors

// Written without a look at the request, and without waiting.
constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
    "Server: aozora\r\nConnection: close\r\n\r\n";

asio::ip::address Unmapped(const asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

// What one customer has is an IPv4 address, or 64 bits of IPv6 ones.
std::string CountedAs(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  asio::ip::address_v6::bytes_type bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), uint8_t{0});
  return asio::ip::address_v6(bytes).to_string();
}

Task<void> RunConnection(std::unique_ptr<Connection> connection) {
  try {
    co_await connection->Run();
  } catch (const std::exception& thrown) {  // no memory, say: this connection's end only
    Log(LogLevel::kError, "a connection ended: {}", thrown.what());
  }
}

class AsioServer final : public Server {
 public:
  AsioServer(ServerSettings settings, Router router, Callbacks callbacks,
             std::unique_ptr<TlsContext> tls);
  ~AsioServer() override;

  Status Listen();

  uint16_t port() const override { return port_; }
  size_t connection_count() const override { return state_.connections.count(); }
  size_t stream_count() const override { return state_.stream_count.load(); }
  void Notify(std::string_view topic) override;
  bool Drain(std::chrono::milliseconds patience) override;

 private:
  Task<void> Accept();
  Task<void> Pause();
  void Admit(Socket socket, IoThread* io);

  ServerState state_;
  std::vector<std::unique_ptr<IoThread>> io_threads_;
  std::unique_ptr<Acceptor> acceptor_;  // on the first io thread
  uint16_t port_ = 0;
  bool listening_ = false;
  std::promise<void> accept_ended_;
  const std::shared_future<void> no_more_ = accept_ended_.get_future().share();
};

AsioServer::AsioServer(ServerSettings settings, Router router, Callbacks callbacks,
                       std::unique_ptr<TlsContext> tls)
    : state_(std::move(settings), std::move(router), std::move(callbacks), std::move(tls)) {
  for (uint32_t i = 0; i < state_.settings.io_thread_count; ++i) {
    io_threads_.push_back(std::make_unique<IoThread>(*state_.settings.clock));
  }
  acceptor_ = std::make_unique<Acceptor>(io_threads_[0]->context());
}

AsioServer::~AsioServer() {
  if (!listening_) return;
  Drain(state_.limits().drain_time_max);
  state_.connections.WaitForNone();
  state_.pool.Stop();  // or a thread of it could still be on its way out of an io thread's queue
}

Status AsioServer::Listen() {
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(state_.settings.address, error);
  if (error) return Error::Invalid("{} is not an IP address", state_.settings.address);
  const Tcp::endpoint endpoint(address, state_.settings.port);
  if (!error) acceptor_->open(endpoint.protocol(), error);
  if (!error) acceptor_->set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(static_cast<int>(state_.limits().accept_backlog), error);
  if (error) {
    return Error::Io("cannot listen on {} port {}: {}", state_.settings.address,
                     state_.settings.port, error.message());
  }
  port_ = acceptor_->local_endpoint().port();
  asio::co_spawn(io_threads_[0]->context().get_executor(), Accept(),
                 [this](std::exception_ptr thrown) {
                   CHECK(thrown == nullptr);
                   accept_ended_.set_value();
                 });
  listening_ = true;
  for (const auto& io : io_threads_) io->Start();
  return Ok();
}

Task<void> AsioServer::Accept() {
  for (size_t turn = 0; acceptor_->is_open(); ++turn) {
    IoThread* const io = io_threads_[turn % io_threads_.size()].get();
    Socket socket(io->context());
    boost::system::error_code error;
    co_await acceptor_->async_accept(socket, asio::redirect_error(kAwait, error));
    if (!error) {
      Admit(std::move(socket), io);
    } else if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
               error == asio::error::no_memory || error.value() == ENFILE) {
      // Those that wait are taken when others have gone.
      Log(LogLevel::kWarning, "cannot accept: {}", error.message());
      co_await Pause();
    }  // else: that one has left already, or we are to end
  }
}

Task<void> AsioServer::Pause() {
  Timer timer(io_threads_[0]->context().get_executor(), kAcceptPause);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(kAwait, ignored));
}

void AsioServer::Admit(Socket socket, IoThread* io) {
  boost::system::error_code error;
  const Tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;  // gone
  socket.non_blocking(true, error);
  if (!error) socket.set_option(Tcp::no_delay(true), error);
  if (!error) socket.set_option(NotSent(kNotSentBytesMax), error);
  if (error) return;
  const asio::ip::address address = Unmapped(peer.address());
  const std::string counted_as = CountedAs(address);
  if (!state_.connections.Add(counted_as)) {
    if (state_.tls == nullptr) {
      MakePlainTransport(socket.native_handle())->Write(kTooManyConnections);
    }
    return;
  }
  auto connection =
      std::make_unique<Connection>(&state_, io, std::move(socket), address.to_string(), counted_as);
  asio::co_spawn(io->context().get_executor(), RunConnection(std::move(connection)),
                 [](std::exception_ptr thrown) { CHECK(thrown == nullptr); });
}

void AsioServer::Notify(std::string_view topic) {
  for (const auto& io : io_threads_) io->Notify(topic);
}

bool AsioServer::Drain(std::chrono::milliseconds patience) {
  if (!state_.draining.exchange(true)) {  // once: a second time could outlive the acceptor
    asio::post(io_threads_[0]->context(), [this] {
      boost::system::error_code ignored;
      acceptor_->close(ignored);
    });
  }
  no_more_.wait();
  for (const auto& io : io_threads_) io->BeginDrain();
  if (state_.connections.WaitForNone(patience)) return true;
  for (const auto& io : io_threads_) io->AbortAll();
  return false;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(ServerSettings settings, Router router,
                                              Callbacks callbacks) {
  CHECK(settings.io_thread_count > 0);
  CHECK(callbacks.error != nullptr);
  std::unique_ptr<TlsContext> tls;
  if (!settings.certificate_file.empty() || !settings.key_file.empty()) {
    tls = TRY(TlsContext::Load(settings.certificate_file, settings.key_file));
  }
  if (!settings.upload_folder.empty()) {
    const Status prepared = PrepareUploadFolder(settings.upload_folder);
    if (!prepared.ok()) return prepared.error();
  }
  signal(SIGPIPE, SIG_IGN);  // OpenSSL and sendfile know no MSG_NOSIGNAL
  auto server = std::make_unique<AsioServer>(std::move(settings), std::move(router),
                                             std::move(callbacks), std::move(tls));
  const Status listening = server->Listen();
  if (!listening.ok()) return listening.error();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace aozora::http
