// SPDX-License-Identifier: Apache-2.0
#include "background_renderer.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "base/log.h"

namespace aozora::app {
namespace {

// The longest that Linux allows (kernel/sched/syscalls.c, __setparam_fair). Niceness is a matter of
// shares: one that wakes still waits for the end of a render's slice, which made each sync of the
// disk take 3.9 ms instead of 0.2 where all cores render. One with shorter slices than who runs
// takes the place at once (Linux 6.12; older ones do not look at this and let wakers in sooner).
constexpr uint64_t kSliceNs = 100'000'000;

// The kernel's sched_attr in its first version; its header cannot be included beside glibc's.
struct SchedulingAttributes {
  uint32_t size = sizeof(SchedulingAttributes), policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0, deadline_ns = 0, period_ns = 0;
};

// Of this thread, and of all that it starts: on Linux each thread has its own.
void StandBack(int nice) {
  SchedulingAttributes attributes;
  bool done = syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) == 0;
  attributes.nice = nice;
  attributes.runtime_ns = kSliceNs;
  done = done && syscall(SYS_sched_setattr, 0, &attributes, 0) == 0;
  if (!done) {
    Log(LogLevel::kWarning, "renders run at the priority of answers: the system allows no other");
  }
}

}  // namespace

Result<RenderOutput> BackgroundRenderer::Render(const JobRecord& job,
                                                const RenderContext& context) {
  std::optional<Result<RenderOutput>> output;
  std::thread([&] {
    StandBack(nice_);
    output = renderer_->Render(job, context);
  }).join();
  return std::move(*output);
}

}  // namespace aozora::app
