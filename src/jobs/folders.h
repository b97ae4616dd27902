// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random_source.h"
#include "store/folder_records.h"
#include "store/store.h"

namespace aozora {

struct Folder {
  FolderRecord record;
  std::vector<std::string> video_ids;  // the first that came first
};

struct FolderLimits {
  int64_t folders_per_person_max = 200;
  int64_t videos_per_folder_max = 5'000;
};

// Where people keep their videos. A video is in one folder at most; a folder that goes leaves its
// videos where they are. Whose folder or video it is not gets kNotFound, as if there were none.
// All threads may call.
class Folders {
 public:
  Folders(Store& store, const Clock& clock, RandomSource& random, FolderLimits limits = {})
      : store_(store), clock_(clock), random_(random), limits_(limits) {}

  // By name.
  Result<std::vector<Folder>> List(const std::string& person_id);
  // kInvalid: the person has one of this name; kExhausted: they have as many as may be.
  Result<Folder> Add(const std::string& person_id, const std::string& name);
  Result<Folder> Rename(const std::string& person_id, const std::string& id,
                        const std::string& name);
  Status Remove(const std::string& person_id, const std::string& id);
  // Out of whichever they were in. All of them or, where one is not the person's, none. kExhausted:
  // the folder would hold more than may be.
  Result<Folder> Put(const std::string& person_id, const std::string& id,
                     const std::vector<std::string>& video_ids);
  // No error where it is not in it.
  Result<Folder> TakeOut(const std::string& person_id, const std::string& id,
                         const std::string& video_id);

 private:
  Store& store_;
  const Clock& clock_;
  RandomSource& random_;
  const FolderLimits limits_;
};

}  // namespace aozora
