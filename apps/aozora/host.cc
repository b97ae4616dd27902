// SPDX-License-Identifier: Apache-2.0
#include "host.h"

#include "api/endpoint.h"
#include "api/topics.h"
#include "base/log.h"
#include "engine.h"
#include "jobs/changes.h"
#include "routes/admin/routes.h"
#include "routes/batches/routes.h"
#include "routes/files/routes.h"
#include "routes/folders/routes.h"
#include "routes/health/routes.h"
#include "routes/people/routes.h"
#include "routes/programme/routes.h"
#include "routes/studio/routes.h"
#include "routes/verify/routes.h"
#include "routes/videos/routes.h"
#include "routes/webhooks/routes.h"
#include "served.h"

namespace aozora::app {
namespace {

// Between two looks of what runs beside the server; most are woken earlier.
constexpr int64_t kEventsMs = 250;  // changes that other processes make
constexpr int64_t kReapMs = 1'000;
constexpr int64_t kOrderMs = 5'000;
constexpr int64_t kDeliveryMs = 1'000;
constexpr int64_t kBatchMs = 1'000;
constexpr int64_t kAuditMs = 5'000;
constexpr int64_t kSweepMs = 30'000;
constexpr int64_t kEscalateMs = 60'000;  // reviews that are late
constexpr int64_t kEventsOfRound = 1'000;
constexpr std::chrono::milliseconds kDrainMs{10'000};

void LogExchange(const http::Exchange& exchange) {
  Log(LogLevel::kInfo, "request={} peer={} method={} path={} status={} in={} out={} seconds={:.4f}",
      exchange.request_id, exchange.peer_address, exchange.method, exchange.path, exchange.status,
      exchange.bytes_in, exchange.bytes_out, exchange.seconds);
}

void LogJob(const JobRecord& job) {
  Log(LogLevel::kInfo, "job={} request={} person={} model={} state={} attempt={} error={}", job.id,
      job.request_id, job.person_id, job.model, NameOf(job.state), job.attempt, job.error_code);
}

// Something that is tried again at the next round, whatever happened at this one.
bool Survive(std::string_view what, const Result<bool>& result) {
  if (result.ok()) return *result;
  Log(LogLevel::kError, "{}: {}", what, result.error().message());
  return false;
}

bool IsLoopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.");
}

}  // namespace

QueueHooks Host::Hooks() {
  QueueHooks hooks;
  hooks.changed = [this](const JobRecord& job) {
    LogJob(job);
    metrics_.Count(job);
    if (Background* events = events_) events->wake().Call();
  };
  hooks.work_added = [this] { work_.Call(); };
  hooks.webhook_added = [this] {
    if (Background* delivery = delivery_) delivery->wake().Call();
  };
  hooks.order_old = [this] {
    if (Background* order = order_) order->wake().Call();
  };
  return hooks;
}

Status Host::OpenModels(const Environment& environment, const ServerOptions& options) {
  shelf_ = TRY(MakeShelf(environment));
  models_ = std::make_unique<api::ServedModels>(TRY(ServeModels(*shelf_, options)),
                                                options.default_model);
  Engine engine(0, BackendChoice::kFast, environment.cancel);
  Machine machine;
  machine.memory_bytes = TRY(AvailableMemoryBytes());
  machine.flops_per_second = TRY(MeasureFlopsPerSecond(engine.device(), SystemClock()));
  estimator_ = std::make_unique<Estimator>(*shelf_, machine);
  return Ok();
}

Status Host::Listen(const ServerOptions& options) {
  http::ServerSettings settings = TRY(options.Http());
  is_local_ = IsLoopback(settings.address);
  if (!is_local_ && TRY(storage_->keys().Keys()).empty()) {
    return Error::Invalid(
        "--listen {}: others can reach this address, and nobody has a key yet; "
        "start once on 127.0.0.1, or make one with `aozora admin key add`",
        options.listen);
  }
  settings.upload_folder = storage_->folder().uploads();
  http::Router router;
  routes::AddVideoRoutes(router, *service_);
  routes::AddFileRoutes(router, *service_);
  routes::AddBatchRoutes(router, *service_);
  routes::AddWebhookRoutes(router, *service_);
  routes::AddFolderRoutes(router, *service_);
  routes::AddAdminRoutes(router, *service_);
  routes::AddVerifyRoutes(router, *service_);
  routes::AddPeopleRoutes(router, *service_);
  routes::AddProgrammeRoutes(router, *service_);
  routes::AddHealthRoutes(router, *contract_,
                          {[this] { return Ready(); }, [this] { return MetricsText(); }});
  routes::AddStudioRoutes(router, routes::StudioFiles());
  http::Server::Callbacks callbacks;
  callbacks.gate = api::MakeGate(*service_);
  callbacks.observer = [this](const http::Exchange& exchange) {
    metrics_.Count(exchange);
    LogExchange(exchange);
  };
  server_ = TRY(http::Server::Start(std::move(settings), std::move(router), std::move(callbacks)));
  return Ok();
}

// Streams are woken by what stands in the store, so that it makes no difference which process
// changed it.
bool Host::NotifyStreams() {
  const auto events =
      storage_->queue().Events(/*job_id=*/"", /*person_id=*/"", notified_seq_, kEventsOfRound);
  if (!events.ok()) {
    Log(LogLevel::kError, "events: {}", events.error().message());
    return false;
  }
  for (const EventRecord& event : *events) {
    server_->Notify(api::JobTopic(event.job_id));
    server_->Notify(api::PersonTopic(event.person_id));
    notified_seq_ = event.seq;
  }
  return static_cast<int64_t>(events->size()) == kEventsOfRound;
}

void Host::StartBackground() {
  const auto add = [&](int64_t interval_ms, std::function<bool()> round) {
    background_.push_back(std::make_unique<Background>(interval_ms, std::move(round)));
    return background_.back().get();
  };
  events_ = add(kEventsMs, [this] { return NotifyStreams(); });
  delivery_ = add(kDeliveryMs, [this] {
    const Result<int64_t> tries = webhooks_->SendDue();
    return Survive("webhooks", tries.ok() ? Result<bool>(*tries > 0) : tries.error());
  });
  order_ = add(kOrderMs, [this] {
    const Status renewed = storage_->queue().RenewOrder();
    return Survive("order", renewed.ok() ? Result<bool>(false) : renewed.error());
  });
  add(kReapMs, [this] {
    const Result<int64_t> reaped = storage_->queue().ReapExpired();
    return Survive("leases", reaped.ok() ? Result<bool>(false) : reaped.error());
  });
  add(kBatchMs, [this] { return Survive("batches", batches_->Step()); });
  add(kAuditMs, [this] { return Survive("audit", audit_->Step()); });
  add(kEscalateMs, [this] {
    const Result<int64_t> late = storage_->programme().reviews.Escalate();
    return Survive("reviews", late.ok() ? Result<bool>(false) : late.error());
  });
  add(kSweepMs, [this] {
    const Result<Swept> swept = sweeper_->Sweep();
    return Survive("sweeper", swept.ok() ? Result<bool>(swept->more) : swept.error());
  });
}

Result<std::unique_ptr<Host>> Host::Start(const Environment& environment,
                                          const ServerOptions& options) {
  std::unique_ptr<Host> host(new Host);
  const std::filesystem::path folder = TRY(options.data.Path());
  host->storage_ = TRY(Storage::Open(folder, options.workers.Apply(options.limits), host->Hooks()));
  Storage& storage = *host->storage_;
  host->safeguards_ = std::make_unique<const Safeguards>(
      TRY(Safeguards::Open(options.safeguards, storage.folder().secrets())));
  host->sign_key_ =
      std::make_unique<const SignKey>(TRY(SignKey::Open(storage.folder().sign_key())));
  TRY(host->OpenModels(environment, options));
  host->rates_ = std::make_unique<RateLimiter>(options.requests_per_minute, SystemClock());
  host->stops_ = std::make_unique<StopBoard>(storage.store(), SystemClock());
  host->poster_ = MakeCurlPoster({.allow_private_addresses = options.private_webhooks});
  host->webhooks_ =
      std::make_unique<Webhooks>(storage.store(), SystemClock(), SystemRandom(), *host->poster_);
  host->contract_ = TRY(api::Contract::Load());
  host->verifier_ = std::make_unique<api::Verifier>(host->safeguards_->maker, SystemClock());
  const std::filesystem::path audit_copy = options.audit_copy.empty()
                                               ? storage.folder().audit_copy()
                                               : std::filesystem::path(options.audit_copy);
  host->service_ = std::make_unique<api::Service>(api::Service{
      *host->contract_, *host->models_, storage.store(), storage.queue(), storage.keys(),
      *host->webhooks_, *host->estimator_, *host->safeguards_->policy, *host->verifier_,
      storage.programme(), *host->rates_, *host->stops_, storage.folder(), SystemClock(),
      SystemRandom(), !options.certificate.empty(), *host->sign_key_, audit_copy, AOZORA_VERSION});
  host->sweeper_ =
      std::make_unique<Sweeper>(storage.store(), storage.queue(), SystemClock(), storage.folder());
  host->audit_ =
      std::make_unique<AuditKeeper>(storage.store(), SystemClock(), *host->sign_key_, audit_copy);
  host->batches_ = std::make_unique<routes::BatchRunner>(*host->service_);
  host->notified_seq_ = TRY(storage.store().Read(NewestEvent));
  TRY(host->Listen(options));
  host->StartBackground();
  host->rendering_ = TRY(Rendering::Start(environment, options.workers, storage, *host->shelf_,
                                          *host->safeguards_, host->work_));
  return host;
}

Host::~Host() {
  if (server_) server_->Drain(kDrainMs);
  rendering_.reset();
  // From here on only a handler that outlived the draining could call them.
  events_ = nullptr;
  delivery_ = nullptr;
  order_ = nullptr;
  background_.clear();
  server_.reset();
}

std::string Host::MetricsText() {
  api::Metrics::Now now;
  if (const auto counts = storage_->queue().Counts(); counts.ok()) now.queue = *counts;
  if (const auto space = DiskSpaceOf(storage_->folder().root); space.ok()) {
    now.disk_free_bytes = space->free_bytes;
  }
  now.connection_count = server_->connection_count();
  now.stream_count = server_->stream_count();
  return metrics_.Text(now);
}

Status Host::Ready() {
  TRY(storage_->queue().Counts());
  for (const Stop& stop : TRY(storage_->queue().Stops())) {
    const bool open = stop.scope != StopScope::kAll || stop.subject == kStopGeneration;
    if (!open) return Error::Cancelled().Within("stopped: " + stop.reason);
  }
  return Ok();
}

}  // namespace aozora::app
