// SPDX-License-Identifier: Apache-2.0
#include "engine.h"

#include <array>

#include "models/mini/family.h"
#include "models/wan/family.h"
#include "ops/cpu/backend.h"
#include "ops/reference/backend.h"

namespace aozora::app {

std::span<const Family* const> Families() {
  static const mini::MiniFamily mini;
  static const wan::WanFamily wan;
  // The one that is told by its configuration comes first: its denoiser alone could be another's.
  static const std::array<const Family*, 2> all = {&mini, &wan};
  return all;
}

Engine::Engine(uint32_t thread_count, BackendChoice backend, const CancelToken& cancel)
    : pool_(thread_count > 0 ? thread_count : HardwareThreadCount()) {
  std::vector<std::unique_ptr<op::Backend>> backends;
  if (backend == BackendChoice::kFast) backends.push_back(ops::MakeCpuBackend());
  backends.push_back(ops::MakeReferenceBackend());
  device_ = std::make_unique<op::Device>(std::move(backends), op::MakeHostMemory(), pool_, cancel);
}

}  // namespace aozora::app
