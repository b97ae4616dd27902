// SPDX-License-Identifier: Apache-2.0
// Renders jobs one after the other: the same code in a thread of the server and in a process of its
// own.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "base/cancel.h"
#include "base/wake.h"
#include "jobs/data_folder.h"
#include "jobs/limits.h"
#include "jobs/queue.h"
#include "jobs/renderer.h"

namespace aozora {

class Worker {
 public:
  // `id` must be unlike that of any other worker, now or before: take NewId("worker_"). `wake` is
  // called when there is work (QueueHooks::work_added), or never, where the queue fills from
  // another process; then it looks every poll_ms.
  Worker(JobQueue& queue, Renderer& renderer, const Clock& clock, DataFolder folder, Wake& wake,
         std::string id, WorkerLimits limits = {});

  // Until Stop. Errors of the store are logged and survived.
  void Run();
  // One job, if there is one: whether there was.
  Result<bool> RunOne();
  // From any thread: cancels the render at its next step, and parks it.
  void Stop();

 private:
  class Pulse;

  Result<RenderOutput> Render(const JobRecord& job, const RenderContext& context);
  Result<bool> Finish(const Pulse& pulse, const Result<RenderOutput>& output, int64_t render_ms);

  JobQueue& queue_;
  Renderer& renderer_;
  const Clock& clock_;
  const DataFolder folder_;
  Wake& wake_;
  const std::string id_;
  const WorkerLimits limits_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  CancelToken* running_ = nullptr;  // guarded by mutex_
};

}  // namespace aozora
