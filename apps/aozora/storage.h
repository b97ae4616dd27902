// SPDX-License-Identifier: Apache-2.0
// The data folder, opened: what every command works with that knows of jobs and people.
#pragma once

#include <memory>

#include "access/key_ring.h"
#include "jobs/data_folder.h"
#include "jobs/queue.h"
#include "programme/programme.h"
#include "store/store.h"

namespace aozora::app {

class Storage {
 public:
  // Makes the folder if there is none.
  static Result<std::unique_ptr<Storage>> Open(const std::filesystem::path& folder,
                                               QueueLimits limits, QueueHooks hooks);

  const DataFolder& folder() const { return folder_; }
  Store& store() { return *store_; }
  JobQueue& queue() { return *queue_; }
  KeyRing& keys() { return *keys_; }
  Programme& programme() { return *programme_; }

 private:
  DataFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<JobQueue> queue_;
  std::unique_ptr<KeyRing> keys_;
  std::unique_ptr<Programme> programme_;
};

}  // namespace aozora::app
