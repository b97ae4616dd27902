// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include "http/connection.h"
#include "http/on_pool.h"

namespace aozora::http {

Task<void> Connection::ReadBody(Turn* turn) {
  const MaybeProblem wrong = BodySink::Make(turn->head, turn->match.route->options,
                                            state_->settings, &turn->memory, &turn->body);
  if (wrong) co_return Refuse(turn, *wrong);
  if (turn->head.expects_continue && input_.empty()) {
    const bool sent = co_await channel_.Write("HTTP/1.1 100 Continue\r\n\r\n");
    turn->gone = !sent;
    if (!sent) co_return;
  }
  MaybeProblem problem = co_await ReadContent(turn);
  if (!problem && !turn->gone && turn->body->NeedsFinish()) {
    const auto finish = [turn, &problem] { problem = turn->body->Finish(); };
    co_await OnPool(&state_->pool, finish);
  }
  if (turn->gone) co_return;
  if (problem) co_return Refuse(turn, *problem);
  turn->body->MoveInto(&turn->request);
  turn->body.reset();
}

// Reads the body to its end and gives it to turn->body, a piece at a time.
Task<MaybeProblem> Connection::ReadContent(Turn* turn) {
  const double begin_seconds = state_->settings.clock->Seconds();
  ChunkDecoder chunks;
  uint64_t bytes_left = turn->head.content_length;
  std::string content;
  for (;;) {
    content.clear();
    MaybeProblem problem = TakeContent(turn, &chunks, &bytes_left, &content);
    turn->exchange.bytes_in += content.size();
    if (!problem) problem = turn->body->Add(content);
    if (problem) co_return problem;
    if (!turn->body_unread) co_return std::nullopt;
    if (turn->body->WantsFlush()) {
      const auto flush = [turn, &problem] { problem = turn->body->Flush(); };
      co_await OnPool(&state_->pool, flush);
      if (problem) co_return problem;
    }
    // Slow is who needs longer than a body of this size may, all in all.
    const double allowed_seconds = std::chrono::duration<double>(limits().body_time_base).count() +
                                   static_cast<double>(turn->exchange.bytes_in) /
                                       static_cast<double>(limits().body_bytes_per_second_min);
    const double gone_seconds = state_->settings.clock->Seconds() - begin_seconds;
    channel_.SetDeadline(std::chrono::duration_cast<Channel::Duration>(
        std::chrono::duration<double>(allowed_seconds - gone_seconds)));
    const bool more = co_await Fill();
    if (!more && channel_.expired()) {
      co_return Problem{408, "request_timeout", "the body comes too slowly"};
    }
    channel_.ClearDeadline();
    turn->gone = !more;
    if (!more) co_return std::nullopt;
  }
}

// Moves from input_ to `content` what belongs to the body.
MaybeProblem Connection::TakeContent(Turn* turn, ChunkDecoder* chunks, uint64_t* bytes_left,
                                     std::string* content) {
  size_t taken = 0;
  MaybeProblem problem;
  if (turn->head.framing == Framing::kChunked) {
    problem = chunks->Feed(input_, &taken, content);
    turn->body_unread = !chunks->done();
  } else {
    taken = static_cast<size_t>(std::min<uint64_t>(input_.size(), *bytes_left));
    content->assign(input_, 0, taken);
    *bytes_left -= taken;
    turn->body_unread = *bytes_left > 0;
  }
  input_.erase(0, taken);
  return problem;
}

}  // namespace aozora::http
