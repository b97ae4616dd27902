// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "base/log.h"
#include "rendering.h"

namespace aozora::app {
namespace {

struct WorkerCommand {
  DataOptions data;
  WorkerOptions workers;
  SafeguardOptions safeguards;
  bool quiet = false;
};

Status Execute(const WorkerCommand& options, const Environment& environment) {
  SetLogLevel(options.quiet ? LogLevel::kWarning : LogLevel::kInfo);
  const std::filesystem::path folder = TRY(options.data.Path());
  QueueHooks hooks;
  hooks.changed = [](const JobRecord& job) {
    Log(LogLevel::kInfo, "job={} request={} state={} attempt={} error={}", job.id, job.request_id,
        NameOf(job.state), job.attempt, job.error_code);
  };
  const std::unique_ptr<Storage> storage =
      TRY(Storage::Open(folder, options.workers.Apply({}), hooks));
  const std::unique_ptr<ModelShelf> shelf = TRY(MakeShelf(environment));
  const Safeguards safeguards =
      TRY(Safeguards::Open(options.safeguards, storage->folder().secrets()));
  Wake work;
  const std::unique_ptr<Rendering> rendering =
      TRY(Rendering::Start(environment, options.workers, *storage, *shelf, safeguards, work));
  fmt::print("rendering for {}\n", folder.string());
  std::fflush(stdout);
  WaitForSignal(environment);
  return Ok();
}

}  // namespace

Command AddWorker(CLI::App& app) {
  const auto options = std::make_shared<WorkerCommand>();
  options->data.AddTo(app);
  options->workers.AddTo(app);
  options->safeguards.AddTo(app);
  app.add_flag("--quiet", options->quiet, "Log warnings and errors alone");
  return [options](const Environment& environment) { return Execute(*options, environment); };
}

}  // namespace aozora::app
