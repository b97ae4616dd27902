// SPDX-License-Identifier: Apache-2.0
// The one place where implementations are chosen: which backends, which families of models.
#pragma once

#include <memory>
#include <span>

#include "base/cancel.h"
#include "base/thread_pool.h"
#include "model/model.h"
#include "op/device.h"

namespace aozora::app {

std::span<const Family* const> Families();

enum class BackendChoice { kFast, kReference };

// A device with its threads.
class Engine {
 public:
  // thread_count 0: as many as this process may use.
  Engine(uint32_t thread_count, BackendChoice backend, const CancelToken& cancel);

  op::Device& device() { return *device_; }
  ThreadPool& pool() { return pool_; }

 private:
  ThreadPool pool_;
  std::unique_ptr<op::Device> device_;
};

}  // namespace aozora::app
