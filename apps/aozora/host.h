// SPDX-License-Identifier: Apache-2.0
// The server, put together: data, models, workers, routes, and what runs beside them.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "api/metrics.h"
#include "api/served_models.h"
#include "api/service.h"
#include "api/verifier.h"
#include "base/wake.h"
#include "command.h"
#include "http/server.h"
#include "jobs/audit_keeper.h"
#include "jobs/poster.h"
#include "jobs/sweeper.h"
#include "rendering.h"
#include "routes/batches/runner.h"
#include "server_options.h"
#include "storage.h"

namespace aozora::app {

class Host {
 public:
  // Everything is running when it returns. The environment outlives it.
  static Result<std::unique_ptr<Host>> Start(const Environment& environment,
                                             const ServerOptions& options);
  // Finishes the answers that have begun and parks what is rendered.
  ~Host();

  uint16_t port() const { return server_->port(); }
  bool is_local() const { return is_local_; }  // nobody on another machine can reach it
  Storage& storage() { return *storage_; }

 private:
  Host() = default;
  QueueHooks Hooks();
  Status OpenModels(const Environment& environment, const ServerOptions& options);
  Status Listen(const ServerOptions& options);
  void StartBackground();
  bool NotifyStreams();  // whether there is more
  std::string MetricsText();
  Status Ready();

  // In the order in which they need each other.
  Wake work_;
  api::Metrics metrics_;
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<const Safeguards> safeguards_;
  std::unique_ptr<const SignKey> sign_key_;
  std::unique_ptr<ModelShelf> shelf_;
  std::unique_ptr<api::ServedModels> models_;
  std::unique_ptr<Estimator> estimator_;
  std::unique_ptr<RateLimiter> rates_;
  std::unique_ptr<StopBoard> stops_;
  std::unique_ptr<Poster> poster_;
  std::unique_ptr<Webhooks> webhooks_;
  std::unique_ptr<const api::Contract> contract_;
  std::unique_ptr<api::Verifier> verifier_;
  std::unique_ptr<api::Service> service_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<Sweeper> sweeper_;
  std::unique_ptr<AuditKeeper> audit_;
  std::unique_ptr<routes::BatchRunner> batches_;
  bool is_local_ = false;
  int64_t notified_seq_ = 0;  // of the event thread
  std::vector<std::unique_ptr<Background>> background_;
  std::atomic<Background*> events_{nullptr};  // of background_
  std::atomic<Background*> delivery_{nullptr};
  std::atomic<Background*> order_{nullptr};
  std::unique_ptr<Rendering> rendering_;
};

}  // namespace aozora::app
