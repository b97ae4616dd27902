// SPDX-License-Identifier: Apache-2.0
#include "jobs/worker.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include "base/log.h"

namespace aozora {
namespace {

struct Reason {
  std::string code;
  std::string message;
  bool retryable = false;
};

Reason ReasonOf(const Error& error) {
  const bool may_pass = error.code() == ErrorCode::kIo || error.code() == ErrorCode::kExhausted;
  const bool asked = error.code() == ErrorCode::kInvalid ||
                     error.code() == ErrorCode::kUnsupported ||
                     error.code() == ErrorCode::kNotFound;
  return {asked ? "invalid_request" : "render_failed", error.message(), may_pass};
}

Status MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Error::Io("cannot make folder {}: {}", folder.string(), error.message());
  return Ok();
}

// What an attempt that was killed left half written (AtomicFile, base/file.h, names it so). One
// that lost its lease and still writes finds its file gone, and its result would be dropped anyway.
Status RemoveUnfinished(const std::filesystem::path& folder) {
  constexpr std::string_view kUnfinished = ".part-";
  std::error_code error;
  std::vector<std::filesystem::path> unfinished;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().filename().string().find(kUnfinished) == std::string::npos) continue;
    unfinished.push_back(it->path());
  }
  for (const std::filesystem::path& path : unfinished) std::filesystem::remove(path, error);
  if (error) return Error::Io("cannot clear folder {}: {}", folder.string(), error.message());
  return Ok();
}

}  // namespace

// The heartbeat of one lease, and what it heard. Its thread ends with the object.
class Worker::Pulse {
 public:
  Pulse(JobQueue& queue, const Clock& clock, Holder holder, const WorkerLimits& limits)
      : queue_(queue),
        clock_(clock),
        limits_(limits),
        holder_(std::move(holder)),
        last_beat_s_(clock.Seconds()),
        thread_([this] { Beat(); }) {}
  ~Pulse() { Stop(); }
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  void Stop() {
    ended_ = true;
    wake_.Call();
    if (thread_.joinable()) thread_.join();
  }
  void Report(const RenderProgress& progress) {
    std::lock_guard<std::mutex> lock(mutex_);
    progress_ = progress;
  }

  CancelToken& cancel() { return cancel_; }
  const Holder& holder() const { return holder_; }
  bool lost() const { return lost_; }
  bool cancel_requested() const { return cancel_requested_; }
  bool stopped() const { return stopped_; }

 private:
  // The first beat comes at once, so that a cancel between lease and start is heard.
  void Beat() {
    while (!ended_) {
      BeatOnce();
      Look();
      const int64_t beat_ms = queue_.limits().heartbeat_ms;
      for (int64_t waited_ms = 0; !ended_ && waited_ms < beat_ms;) {
        const int64_t wait_ms = std::min(beat_ms - waited_ms, limits_.look_ms);
        wake_.WaitFor(wait_ms);
        waited_ms += wait_ms;
        if (waited_ms >= limits_.report_ms && HasNews()) break;
        if (!ended_ && waited_ms < beat_ms) Look();
      }
    }
  }

  bool HasNews() {
    std::lock_guard<std::mutex> lock(mutex_);
    return !(progress_ == told_);
  }

  void Look() {
    const Result<Glance> glance = queue_.Look(holder_);
    if (!glance.ok()) return;  // the next heartbeat says what is wrong
    if (glance->cancel_requested) cancel_requested_ = true;
    if (glance->stopped) stopped_ = true;
    if (cancel_requested_ || stopped_) cancel_.Cancel();
  }

  void BeatOnce() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      told_ = progress_;
    }
    const Result<aozora::Beat> beat = queue_.Heartbeat(holder_, told_);
    if (beat.ok()) {
      last_beat_s_ = clock_.Seconds();
      if (beat->lost) lost_ = true;
      if (beat->cancel_requested) cancel_requested_ = true;
    } else {
      Log(LogLevel::kWarning, "{}: no heartbeat: {}", holder_.job_id, beat.error().message());
      const double silent_ms = (clock_.Seconds() - last_beat_s_) * 1000;
      // By now somebody else may have it.
      if (silent_ms >= static_cast<double>(queue_.limits().lease_ms)) lost_ = true;
    }
    if (lost_ || cancel_requested_) cancel_.Cancel();
  }

  JobQueue& queue_;
  const Clock& clock_;
  const WorkerLimits limits_;
  const Holder holder_;
  CancelToken cancel_;
  Wake wake_;
  std::atomic<bool> ended_{false};
  std::atomic<bool> lost_{false};
  std::atomic<bool> cancel_requested_{false};
  std::atomic<bool> stopped_{false};
  double last_beat_s_;   // of the thread alone, like the next
  RenderProgress told_;  // to the queue
  std::mutex mutex_;
  RenderProgress progress_;  // guarded by mutex_
  std::thread thread_;       // last: it uses the others
};

Worker::Worker(JobQueue& queue, Renderer& renderer, const Clock& clock, DataFolder folder,
               Wake& wake, std::string id, WorkerLimits limits)
    : queue_(queue),
      renderer_(renderer),
      clock_(clock),
      folder_(std::move(folder)),
      wake_(wake),
      id_(std::move(id)),
      limits_(limits) {}

void Worker::Run() {
  while (!stopping_) {
    const Result<bool> worked = RunOne();
    if (!worked.ok()) Log(LogLevel::kError, "worker {}: {}", id_, worked.error().message());
    if (stopping_ || (worked.ok() && *worked)) continue;
    wake_.WaitFor(limits_.poll_ms);
  }
}

void Worker::Stop() {
  stopping_ = true;
  std::lock_guard<std::mutex> lock(mutex_);
  if (running_ != nullptr) running_->Cancel();
  wake_.Call();
}

Result<bool> Worker::RunOne() {
  const std::vector<std::string> models = renderer_.Models();
  const std::optional<Leased> leased = TRY(queue_.Lease(id_, models));
  if (!leased) return false;
  const JobRecord& job = leased->job;
  Pulse pulse(queue_, clock_, {job.id, leased->attempt, id_}, limits_);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    running_ = &pulse.cancel();
    if (stopping_) running_->Cancel();
  }
  const RenderContext context{pulse.cancel(),
                              [&pulse](const RenderProgress& progress) { pulse.Report(progress); },
                              folder_.State(job.id), folder_.Output(job.id)};
  const double begin_s = clock_.Seconds();
  Result<RenderOutput> output = Render(job, context);
  const auto render_ms = static_cast<int64_t>((clock_.Seconds() - begin_s) * 1000);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    running_ = nullptr;
  }
  Result<bool> held = Finish(pulse, output, render_ms);
  // The fence makes a second try harmless: if the first got through, this one is turned away.
  for (int64_t tries = 1; !held.ok() && tries < limits_.finish_tries_max; ++tries) {
    Log(LogLevel::kWarning, "{}: {}; trying again", job.id, held.error().message());
    wake_.WaitFor(limits_.finish_retry_ms);
    held = Finish(pulse, output, render_ms);
  }
  pulse.Stop();
  if (!TRY(held)) Log(LogLevel::kWarning, "{}: the lease was lost, the render is dropped", job.id);
  return true;
}

Result<RenderOutput> Worker::Render(const JobRecord& job, const RenderContext& context) {
  TRY(MakeFolder(context.state_folder));
  TRY(MakeFolder(context.output_folder));
  TRY(RemoveUnfinished(context.output_folder));
  return renderer_.Render(job, context);
}

// Says how it ended, while the heart still beats. False if it is not ours any more.
Result<bool> Worker::Finish(const Pulse& pulse, const Result<RenderOutput>& output,
                            int64_t render_ms) {
  const Holder& holder = pulse.holder();
  if (pulse.lost()) return false;
  if (output.ok()) {
    if (!output->refused_code.empty()) {
      return queue_.Fail(holder, output->refused_code, output->refused_message, false);
    }
    const bool held = TRY(queue_.Complete(holder, output->output_json, render_ms, output->flags));
    std::error_code error;  // what stays, the sweeper finds
    if (held) std::filesystem::remove_all(folder_.State(holder.job_id), error);
    return held;
  }
  if (output.error().code() == ErrorCode::kCancelled) {
    if (pulse.cancel_requested()) return queue_.FinishCancel(holder);
    if (stopping_ || pulse.stopped()) return queue_.Park(holder);
  }
  const Reason reason = ReasonOf(output.error());
  return queue_.Fail(holder, reason.code, reason.message, reason.retryable);
}

}  // namespace aozora
