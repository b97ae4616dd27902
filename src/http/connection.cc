// SPDX-License-Identifier: Apache-2.0
// The way of a request, and the head. Bodies: connection_body.cc; answers: connection_answer.cc.
#include "http/connection.h"

#include <fmt/core.h>

#include <utility>

#include "http/cors.h"
#include "http/on_pool.h"
#include "http/random_text.h"

namespace aozora::http {
namespace {

constexpr uint64_t kLingerBytesMax = 32_MiB;

Channel MakeChannel(const ServerState& state, Socket socket) {
  const int descriptor = socket.native_handle();
  std::unique_ptr<Transport> transport =
      state.tls == nullptr ? MakePlainTransport(descriptor) : state.tls->MakeTransport(descriptor);
  return Channel(std::move(socket), std::move(transport), *state.settings.clock,
                 state.limits().write_stall_time_max);
}

}  // namespace

Connection::Connection(ServerState* state, IoThread* io, Socket socket, std::string peer_address,
                       std::string counted_as)
    : state_(state),
      io_(io),
      channel_(MakeChannel(*state, std::move(socket))),
      peer_address_(std::move(peer_address)),
      counted_as_(std::move(counted_as)) {}

Connection::~Connection() {
  io_->Remove(this);
  state_->connections.Remove(counted_as_);
}

void Connection::OnDrain() {
  if (idle_ && input_.empty()) channel_.Expire();
  if (streaming_) channel_.Interrupt();
}

Task<void> Connection::Run() {
  io_->Add(this);
  if (draining()) co_return;
  channel_.SetDeadline(limits().handshake_time_max);
  bool again = co_await channel_.Handshake();
  const uint32_t requests_max = limits().requests_per_connection_max;
  for (uint32_t count = 1; again; ++count) again = co_await Serve(count == requests_max);
  co_await Close();
}

// What the peer still sends is read for a while: closing at once would make its system drop the
// answer unread (RFC 9112, section 9.6).
Task<void> Connection::Close() {
  channel_.Shutdown();
  if (!linger_) co_return;
  channel_.SetDeadline(limits().linger_time_max);
  for (uint64_t dropped_bytes = 0; dropped_bytes < kLingerBytesMax;) {
    const size_t count = co_await channel_.Read(io_->scratch());
    if (count == 0) co_return;
    dropped_bytes += count;
  }
}

Task<bool> Connection::Fill() {
  const std::span<char> scratch = io_->scratch();
  const size_t count = co_await channel_.Read(scratch);
  input_.append(scratch.data(), count);
  co_return count > 0;
}

Task<bool> Connection::Serve(bool last) {
  auto turn = std::make_unique<Turn>(&state_->memory);
  co_await ReadHead(turn.get());
  turn->may_keep_alive = turn->head.keep_alive && !last;
  if (!turn->gone && !turn->answer) Route(turn.get());
  if (!turn->gone && !turn->answer) co_await Handle(turn.get());
  bool complete = false;
  bool again = false;
  if (!turn->gone) {
    again = turn->answer->keep_alive;
    complete = co_await Send(turn.get());
    linger_ = complete && !again && (turn->body_unread || !input_.empty());
  }
  co_await Finish(turn.get(), complete);
  co_return complete&& again;
}

// True: the first bytes of a head are in input_.
Task<bool> Connection::SkipIdleTime() {
  if (!input_.empty()) co_return true;
  channel_.SetDeadline(first_ ? limits().head_time_max : limits().idle_time_max);
  input_.shrink_to_fit();
  idle_ = true;
  bool came = false;
  if (!draining()) came = co_await Fill();
  idle_ = false;
  co_return came;
}

Task<void> Connection::ReadHead(Turn* turn) {
  const bool begun = co_await SkipIdleTime();
  turn->gone = !begun;
  if (!begun) co_return;
  first_ = false;
  turn->begin_seconds = state_->settings.clock->Seconds();
  turn->exchange.request_id = "req_" + RandomHex32();
  turn->body_unread = true;  // nothing is known of it yet
  channel_.SetDeadline(limits().head_time_max);
  HeadScanner scanner(limits());
  bool skipped = false;
  for (;;) {
    // Some clients end a body with a line end too many (RFC 9112, section 2.2).
    if (!skipped && input_.starts_with("\r\n")) {
      input_.erase(0, 2);
      skipped = true;
    }
    if (input_ != "\r") {
      if (const MaybeProblem problem = scanner.Scan(input_)) co_return Refuse(turn, *problem);
      if (scanner.head_bytes()) break;
    }
    const bool more = co_await Fill();
    if (more) continue;
    if (channel_.expired() && !input_.empty()) {
      co_return Refuse(turn, {408, "request_timeout", "the request did not come to an end"});
    }
    turn->gone = true;
    co_return;
  }
  channel_.ClearDeadline();
  TakeHead(turn, std::string_view(input_).substr(0, *scanner.head_bytes()));
  input_.erase(0, *scanner.head_bytes());
}

void Connection::TakeHead(Turn* turn, std::string_view text) {
  RequestHead& head = turn->head;
  if (const MaybeProblem problem = ParseHead(text, limits(), &head)) return Refuse(turn, *problem);
  turn->body_unread = head.framing != Framing::kNone;
  turn->exchange.method = head.method;
  turn->exchange.path = head.path;
  Request& request = turn->request;
  request.target = head.target;
  request.path = head.path;
  request.query = std::move(head.query);
  request.headers = head.headers;
  request.peer_address = peer_address_;
  request.request_id = turn->exchange.request_id;
}

void Connection::Route(Turn* turn) {
  const std::optional<Method> method = ParseMethod(turn->head.method);
  if (!method) {
    return Refuse(turn, {501, "method_not_implemented", "no operation has this method"});
  }
  turn->request.method = *method;
  if (turn->head.path == "*") return Answer(turn, Response::Empty(204));
  turn->match = state_->router.Find(*method, turn->head.path);
  if (turn->match.malformed) return Refuse(turn, BadRequest("the path is malformed"));
  if (turn->match.allowed.empty()) {
    return Refuse(turn, {404, "not_found", fmt::format("there is no {}", turn->head.path)});
  }
  if (*method == Method::kOptions) {
    return Answer(turn, AnswerOptions(state_->settings.allowed_origins, turn->head.headers,
                                      turn->match.allowed));
  }
  if (turn->match.route == nullptr) {
    const std::string methods = MethodList(turn->match.allowed);
    const std::string message = fmt::format("{} takes {}", turn->head.path, methods);
    return Answer(turn, state_->composer.ErrorResponse({405, "method_not_allowed", message})
                            .With("Allow", methods));
  }
  turn->request.route_values = std::move(turn->match.values);
  turn->exchange.route = turn->match.route->options.name;
}

Task<void> Connection::Handle(Turn* turn) {
  const bool has_body = turn->head.framing != Framing::kNone;
  const auto begin = [this, turn, has_body] {
    RunGate(turn);
    if (!turn->answer && !has_body) RunHandler(turn);
  };
  const bool ran = co_await TryOnPool(&state_->pool, begin);
  if (!ran) co_return Refuse(turn, {503, "overloaded", "too many requests wait already"});
  if (turn->answer) co_return;
  co_await ReadBody(turn);
  if (turn->gone || turn->answer) co_return;
  const auto handle = [this, turn] { RunHandler(turn); };
  co_await OnPool(&state_->pool, handle);
}

}  // namespace aozora::http
