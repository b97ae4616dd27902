// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/form_reader.h"
#include "http/head.h"
#include "http/limits.h"
#include "http/memory_budget.h"
#include "http/problem.h"
#include "http/router.h"
#include "http/server.h"

namespace aozora::http {

// Where a request's body goes: to memory, to a form, or nowhere; and how long it may be.
class BodySink {
 public:
  // 413 or 415 by what the head says. All outlive the sink.
  static MaybeProblem Make(const RequestHead& head, const RouteOptions& route,
                           const ServerSettings& settings, MemoryBudget::Share* memory,
                           std::unique_ptr<BodySink>* made);

  // The next piece of the body. What a handler thread has to look at is kept until that is worth
  // the way there: then WantsFlush.
  MaybeProblem Add(std::string_view content);
  bool WantsFlush() const;
  MaybeProblem Flush();  // on a handler thread
  bool NeedsFinish() const { return form_ != nullptr; }
  MaybeProblem Finish();  // on a handler thread: the body has ended

  void MoveInto(Request* request);

 private:
  BodySink(uint64_t bytes_max, bool keep, MemoryBudget::Share* memory)
      : bytes_max_(bytes_max), keep_(keep), memory_(memory) {}
  Problem TooLarge() const;

  const uint64_t bytes_max_;
  const bool keep_;
  MemoryBudget::Share* memory_;
  uint64_t bytes_ = 0;
  std::string body_;  // all of it, or the part of a form that waits for Flush
  std::unique_ptr<FormReader> form_;
};

}  // namespace aozora::http
