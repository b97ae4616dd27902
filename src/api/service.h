// SPDX-License-Identifier: Apache-2.0
// What the routes work with. Everything is borrowed and outlives the server; all of it may be used
// from any thread.
#pragma once

#include "access/key_ring.h"
#include "access/rate_limiter.h"
#include "access/stop_board.h"
#include "api/contract.h"
#include "api/served_models.h"
#include "base/clock.h"
#include "base/random_source.h"
#include "base/sign_key.h"
#include "jobs/data_folder.h"
#include "jobs/queue.h"
#include "jobs/webhooks.h"
#include "policy/policy_holder.h"
#include "programme/programme.h"
#include "render/estimator.h"
#include "store/store.h"

namespace aozora::api {

class Verifier;

struct Service {
  const Contract& contract;
  const ServedModels& models;
  Store& store;
  JobQueue& queue;
  KeyRing& keys;
  Webhooks& webhooks;
  Estimator& estimator;
  policy::PolicyHolder& policy;
  Verifier& verifier;
  Programme& programme;
  RateLimiter& rates;
  StopBoard& stops;
  DataFolder folder;
  const Clock& clock;
  RandomSource& random;
  bool tls;                          // what the listener speaks
  const SignKey& sign_key;           // of what the installation vouches for
  std::filesystem::path audit_copy;  // of the audit log's checkpoints
  std::string version;               // of the program, for people
};

}  // namespace aozora::api
