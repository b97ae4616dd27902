// SPDX-License-Identifier: Apache-2.0
// What the routes work with. Everything is borrowed and outlives the server; all of it may be used
// from any thread.
#pragma once

#include <array>
#include <cstddef>

#include "access/key_ring.h"
#include "access/rate_limiter.h"
#include "api/contract.h"
#include "api/served_models.h"
#include "base/clock.h"
#include "base/random_source.h"
#include "jobs/data_folder.h"
#include "jobs/queue.h"
#include "jobs/webhooks.h"
#include "programme/programme.h"
#include "render/estimator.h"
#include "store/store.h"

namespace aozora::api {

struct Service {
  const Contract& contract;
  const ServedModels& models;
  Store& store;
  JobQueue& queue;
  KeyRing& keys;
  Webhooks& webhooks;
  Estimator& estimator;
  RateLimiter& rates;
  DataFolder folder;
  const Clock& clock;
  RandomSource& random;
  Programme& programme;
  bool tls = false;                                         // what the listener speaks
  std::array<std::byte, kSigningSeedBytes> signing_seed{};  // of what the installation signs
};

}  // namespace aozora::api
