// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "http/answer.h"
#include "http/connection_counter.h"
#include "http/handler_pool.h"
#include "http/memory_budget.h"
#include "http/server.h"
#include "http/transport.h"

namespace aozora::http {

// What all connections of a server share.
struct ServerState {
  ServerState(ServerSettings settings_in, Router router_in, Server::Callbacks callbacks_in,
              std::unique_ptr<TlsContext> tls_in)
      : settings(std::move(settings_in)),
        router(std::move(router_in)),
        callbacks(std::move(callbacks_in)),
        tls(std::move(tls_in)),
        composer(settings, callbacks.error),
        memory(settings.limits.memory_bytes_max),
        connections(settings.limits.connections_max, settings.limits.connections_per_address_max),
        pool(settings.handler_thread_count, settings.limits.handler_queue_max) {}

  const Limits& limits() const { return settings.limits; }

  const ServerSettings settings;
  const Router router;
  const Server::Callbacks callbacks;
  const std::unique_ptr<TlsContext> tls;  // none: in the clear
  const AnswerComposer composer;
  MemoryBudget memory;
  ConnectionCounter connections;
  std::atomic<size_t> stream_count{0};
  std::atomic<bool> draining{false};
  HandlerPool pool;  // last: its jobs use the rest
};

}  // namespace aozora::http
