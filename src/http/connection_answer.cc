// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <exception>
#include <utility>

#include "base/log.h"
#include "http/connection.h"
#include "http/on_pool.h"
#include "http/sse.h"

namespace aozora::http {
namespace {

constexpr size_t kJoinBytesMax = 64 << 10;  // texts up to here go out in one piece with the head

}  // namespace

Asked Connection::AskedBy(const Turn& turn) const {
  Asked asked;
  asked.method = turn.request.method;
  asked.http_1_0 = turn.head.http_1_0;
  asked.keep_alive = turn.may_keep_alive && !turn.body_unread && !draining();
  asked.headers = turn.head.method.empty() ? nullptr : &turn.head.headers;
  asked.request_id = turn.exchange.request_id;
  return asked;
}

void Connection::Answer(Turn* turn, Response response) {
  turn->answer = state_->composer.Compose(AskedBy(*turn), std::move(response));
}

void Connection::Refuse(Turn* turn, const Problem& problem) {
  Answer(turn, state_->composer.ErrorResponse(problem));
}

void Connection::RunGate(Turn* turn) {
  const Gate& gate = state_->callbacks.gate;
  if (!gate) return;
  try {
    std::optional<Response> refusal = gate(turn->request, turn->match.route->options);
    if (refusal) Answer(turn, std::move(*refusal));
  } catch (const std::exception& thrown) {
    RefuseThrown(turn, thrown.what());
  }
}

void Connection::RunHandler(Turn* turn) {
  try {
    Answer(turn, turn->match.route->handler(turn->request));
  } catch (const std::exception& thrown) {
    RefuseThrown(turn, thrown.what());
  }
}

void Connection::RefuseThrown(Turn* turn, const char* what) {
  const std::string& id = turn->exchange.request_id;
  Log(LogLevel::kError, "{}: {} threw: {}", id, turn->exchange.route, what);
  Refuse(turn, {500, "server_error", fmt::format("the server failed ({})", id)});
}

// True: all of it went out.
Task<bool> Connection::Send(Turn* turn) {
  const uint64_t sent_before = channel_.sent_bytes();
  Outgoing answer = std::move(*turn->answer);
  turn->exchange.status = answer.status;
  bool sent = true;
  if (answer.events) {
    sent = co_await SendEvents(turn, std::move(answer));
  } else {
    std::string text = std::move(answer.head);
    for (const FileAnswer::Piece& piece : answer.pieces) {
      if (sent && text.size() + piece.text.size() > kJoinBytesMax) {
        sent = co_await channel_.Write(std::exchange(text, {}));
      }
      text += piece.text;
      if (piece.file_bytes == 0) continue;
      if (sent) sent = co_await channel_.Write(std::exchange(text, {}));
      if (sent) {
        sent = co_await channel_.SendFile(&state_->pool, answer.file.get(), piece.file_offset,
                                          piece.file_bytes);
      }
    }
    if (sent) sent = co_await channel_.Write(text);
  }
  turn->exchange.bytes_out = channel_.sent_bytes() - sent_before;
  co_return sent;
}

Task<void> Connection::Finish(Turn* turn, bool complete) {
  if (turn->body != nullptr || turn->request.form) {
    // Removing a long file takes its time.
    const auto remove = [turn] {
      turn->body.reset();
      turn->request.form.reset();
    };
    co_await OnPool(&state_->pool, remove);
  }
  if (turn->exchange.request_id.empty() || !state_->callbacks.observer) co_return;
  turn->exchange.peer_address = peer_address_;
  turn->exchange.complete = complete;
  turn->exchange.seconds = state_->settings.clock->Seconds() - turn->begin_seconds;
  state_->callbacks.observer(turn->exchange);
}

Task<bool> Connection::SendEvents(Turn* turn, Outgoing answer) {
  const EventStream events = std::move(*answer.events);
  turn->request = Request();  // a stream may last for days
  turn->head = RequestHead();
  input_ = std::string();
  state_->stream_count.fetch_add(1);
  streaming_ = true;
  io_->Subscribe(events.topics, this);
  uint64_t last_id = *events.after_id;
  bool ended = false;
  bool alive = co_await channel_.Write(std::exchange(answer.head, {}));
  while (alive && !ended) {
    const bool last_look = draining();  // before the look: nothing is left behind
    alive = co_await SendNewEvents(events.source.get(), answer.chunked, &last_id, &ended);
    if (!alive || ended) break;
    ended = last_look;
    if (!ended) alive = co_await WaitForEvents(answer.chunked);
  }
  if (alive && answer.chunked) alive = co_await channel_.Write("0\r\n\r\n");
  io_->Unsubscribe(events.topics, this);
  streaming_ = false;
  state_->stream_count.fetch_sub(1);
  co_return alive;
}

// Until there is a reason to look for events; meanwhile shows that somebody is here.
Task<bool> Connection::WaitForEvents(bool chunked) {
  for (;;) {
    channel_.SetDeadline(limits().heartbeat_time);
    const bool alive = co_await channel_.WaitForInterrupt(io_->scratch());
    if (!alive) co_return false;
    if (!channel_.expired()) break;
    const bool sent = co_await WriteText(kHeartbeat, chunked);
    if (!sent) co_return false;
  }
  channel_.ClearDeadline();
  co_return true;
}

Task<bool> Connection::SendNewEvents(EventSource* source, bool chunked, uint64_t* last_id,
                                     bool* ended) {
  for (;;) {
    std::optional<Result<EventSource::Batch>> read;
    const auto look = [&] { read = source->Read(*last_id, limits().events_per_read_max); };
    co_await OnPool(&state_->pool, look);
    if (!read->ok()) {
      Log(LogLevel::kError, "event stream: {}", read->error().message());
      co_return false;
    }
    const EventSource::Batch& batch = read->value();
    std::string text;
    for (const Event& event : batch.events) {
      CHECK_LT(*last_id, event.id);
      *last_id = event.id;
      text += FormatEvent(event);
    }
    if (!text.empty()) {
      const bool sent = co_await WriteText(text, chunked);
      if (!sent) co_return false;
    }
    *ended = batch.ended;
    if (*ended || batch.events.size() < limits().events_per_read_max) co_return true;
  }
}

Task<bool> Connection::WriteText(std::string_view text, bool chunked) {
  const std::string framed =
      chunked ? fmt::format("{:x}\r\n{}\r\n", text.size(), text) : std::string(text);
  const bool sent = co_await channel_.Write(framed);
  co_return sent;
}

}  // namespace aozora::http
