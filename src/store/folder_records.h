// SPDX-License-Identifier: Apache-2.0
// Folders: how a person keeps their videos in order. Times are milliseconds since 1970, UTC.
#pragma once

#include <string>

#include "store/record.h"

namespace aozora {

inline constexpr int kFoldersSince = 5;

struct FolderRecord {
  std::string id;  // "folder_..."
  std::string person_id;
  std::string name;  // no two of a person's have the same
  int64_t created_ms = 0;

  static constexpr TableShape kTable{.name = "folders",
                                     .key = "id",
                                     .uniques = {{{"person_id, name"}}},
                                     .references = {{"person_id people"}},
                                     .since = kFoldersSince};
  static constexpr auto Fields() {
    return std::tuple(Field("id", &FolderRecord::id), Field("person_id", &FolderRecord::person_id),
                      Field("name", &FolderRecord::name),
                      Field("created_ms", &FolderRecord::created_ms));
  }
};

// That a video is in a folder: in one at most, by its key.
struct FolderVideoRecord {
  std::string video_id;
  std::string folder_id;
  int64_t added_ms = 0;

  static constexpr TableShape kTable{.name = "folder_videos",
                                     .key = "video_id",
                                     .indexes = {{{"folder_id"}}},
                                     .references = {{"folder_id folders"}},
                                     .since = kFoldersSince};
  static constexpr auto Fields() {
    return std::tuple(Field("video_id", &FolderVideoRecord::video_id),
                      Field("folder_id", &FolderVideoRecord::folder_id),
                      Field("added_ms", &FolderVideoRecord::added_ms));
  }
};

}  // namespace aozora
