// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/answer.h"
#include "http/asio.h"
#include "http/body_sink.h"
#include "http/channel.h"
#include "http/chunk_decoder.h"
#include "http/head.h"
#include "http/io_thread.h"
#include "http/server_state.h"

namespace aozora::http {

// One client's connection, from its first byte to its last: request after request (RFC 9112,
// section 9.3), each answered before the next is looked at. Lives on one io thread.
class Connection {
 public:
  // Counted under `counted_as` until destroyed.
  Connection(ServerState* state, IoThread* io, Socket socket, std::string peer_address,
             std::string counted_as);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Task<void> Run();

  // From the io thread.
  void Tick(std::chrono::nanoseconds now) { channel_.Tick(now); }
  void Interrupt() { channel_.Interrupt(); }  // there may be events
  void Abort() { channel_.Abort(); }
  void OnDrain();

 private:
  // A request and its answer.
  struct Turn {
    explicit Turn(MemoryBudget* budget) : memory(budget) {}

    RequestHead head;
    Request request;
    Router::Match match;
    MemoryBudget::Share memory;
    std::unique_ptr<BodySink> body;
    std::optional<Outgoing> answer;
    Exchange exchange;
    double begin_seconds = 0;
    bool gone = false;            // the client, before there was an answer
    bool body_unread = false;     // or a part of it: then nothing can follow
    bool may_keep_alive = false;  // as far as the request goes
  };

  Task<bool> Serve(bool last);
  // Each of these ends with turn.answer, or turn.gone, or is followed by the next.
  Task<void> ReadHead(Turn* turn);
  Task<bool> SkipIdleTime();
  void TakeHead(Turn* turn, std::string_view head);
  void Route(Turn* turn);
  Task<void> Handle(Turn* turn);
  Task<void> ReadBody(Turn* turn);
  Task<MaybeProblem> ReadContent(Turn* turn);
  MaybeProblem TakeContent(Turn* turn, ChunkDecoder* chunks, uint64_t* bytes_left,
                           std::string* content);
  Task<bool> Send(Turn* turn);
  Task<void> Finish(Turn* turn, bool complete);
  Task<bool> SendEvents(Turn* turn, Outgoing answer);
  Task<bool> SendNewEvents(EventSource* source, bool chunked, uint64_t* last_id, bool* ended);
  Task<bool> WaitForEvents(bool chunked);
  Task<bool> WriteText(std::string_view text, bool chunked);  // of an event stream
  Task<void> Close();

  // On a handler thread.
  void RunGate(Turn* turn);
  void RunHandler(Turn* turn);
  void RefuseThrown(Turn* turn, const char* what);

  Asked AskedBy(const Turn& turn) const;
  void Refuse(Turn* turn, const Problem& problem);
  void Answer(Turn* turn, Response response);
  Task<bool> Fill();  // input_ with what comes next; false: nothing comes

  const Limits& limits() const { return state_->limits(); }
  bool draining() const { return state_->draining.load(std::memory_order_relaxed); }

  ServerState* const state_;
  IoThread* const io_;
  Channel channel_;
  const std::string peer_address_;
  const std::string counted_as_;
  std::string input_;       // came and is not yet understood
  bool idle_ = false;       // between two requests
  bool first_ = true;       // no request has begun
  bool streaming_ = false;  // events
  bool linger_ = false;     // the client may still be sending when we close
};

}  // namespace aozora::http
